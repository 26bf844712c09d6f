"""What the ranking knows of a candidate: the columns, and the signal that each belongs to."""

from enum import StrEnum

SPEEDS = 7
NOW_SPEEDS = 3
MINUTE = 60.0


class Column:
    """One number about a candidate; SHARE stands for SPEEDS columns in a row.

    Plain numbers, because numpy takes twice as long to find a row by the member of an enumeration.
    """

    OWN_COUNT = 0
    OWN_SHARE = 1
    OWN_WEIGHT = 2
    OWN_RECENCY = 3
    OWN_IDLE = 4
    REPEAT = 5
    RHYTHM = 6
    RETURN = 7
    SHARE = 8
    BLEND = SHARE + SPEEDS
    ITEM_REPEATS = BLEND + 1
    ITEM_AGE = BLEND + 2
    ITEM_IDLE = BLEND + 3
    CO_BEST = BLEND + 4
    CO_SUM = BLEND + 5
    CO_LIFT = BLEND + 6
    TRAITS = BLEND + 7
    PERSON_VISITS = BLEND + 8
    PERSON_VARIETY = BLEND + 9
    PERSON_IDLE = BLEND + 10


COLUMNS = Column.PERSON_IDLE + 1


class ReasonCode(StrEnum):
    """Why a service stands where it stands."""

    OWN_USE = "own-use"
    RHYTHM = "rhythm"
    CO_USE = "co-use"
    POPULAR_NOW = "popular-now"
    POPULAR = "popular"
    ATTRIBUTES = "attributes"
    NEW = "new"


SIGNALS: dict[ReasonCode, tuple[int, ...]] = {
    ReasonCode.OWN_USE: tuple(range(Column.OWN_COUNT, Column.REPEAT)),
    ReasonCode.RHYTHM: (Column.REPEAT, Column.RHYTHM, Column.RETURN),
    ReasonCode.CO_USE: (Column.CO_BEST, Column.CO_SUM, Column.CO_LIFT),
    ReasonCode.POPULAR_NOW: (*range(Column.SHARE, Column.SHARE + NOW_SPEEDS), Column.ITEM_IDLE),
    ReasonCode.POPULAR: (
        *range(Column.SHARE + NOW_SPEEDS, Column.SHARE + SPEEDS),
        Column.BLEND,
        Column.ITEM_AGE,
    ),
    ReasonCode.ATTRIBUTES: (Column.TRAITS,),
}
