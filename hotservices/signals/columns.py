"""What the ranking knows of a candidate: the columns, and the signal that each belongs to."""

from enum import IntEnum, StrEnum, auto

SPEEDS = 7
NOW_SPEEDS = 3


class Column(IntEnum):
    """One number about a candidate; SHARE stands for SPEEDS columns in a row."""

    OWN_COUNT = 0
    OWN_SHARE = auto()
    OWN_WEIGHT = auto()
    OWN_RECENCY = auto()
    OWN_IDLE = auto()
    REPEAT = auto()
    RHYTHM = auto()
    RETURN = auto()
    SHARE = 8
    BLEND = 8 + SPEEDS
    ITEM_REPEATS = auto()
    ITEM_AGE = auto()
    ITEM_IDLE = auto()
    CO_BEST = auto()
    CO_SUM = auto()
    CO_LIFT = auto()
    TRAITS = auto()
    PERSON_VISITS = auto()
    PERSON_VARIETY = auto()
    PERSON_IDLE = auto()


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
