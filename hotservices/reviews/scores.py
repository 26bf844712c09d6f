"""What reviews add up to. Of fewer than ten people nothing is told: it would be their own words again, as a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from hotservices.reviews.aspects import MOST_STARS, NEGATIVE, SATISFIED
from hotservices.reviews.models import ReviewRow
from identity.orm import AnyRow

FEWEST_PEOPLE = 10


class By(StrEnum):
    """What reviews are added up by."""

    DEPARTMENT = "department"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Score:
    """How many reviews there are, how many of each number of stars, and what they come to.

    `average` is of five, to two places; `satisfied_percent` counts three stars and more, `negative` one and two.
    """

    count: int
    average: float
    satisfied_percent: float
    negative: int
    by_stars: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """The score of a department, or of one of its services; None where too few people have said anything."""

    department: str
    service_code: str | None
    service_name: str | None
    score: Score | None


@dataclass(frozen=True, slots=True)
class ScorePage:
    """A page of scores, by name; `next_cursor` is None at its end."""

    items: list[Scored]
    next_cursor: str | None


# A writer who was erased counts as one more person: a review each is all that is left of them.
_PEOPLE = func.count(func.distinct(func.coalesce(ReviewRow.person_id, ReviewRow.id)))
_EACH = [func.sum(case((ReviewRow.stars == n, 1), else_=0)) for n in range(1, MOST_STARS + 1)]


def of_service(session: Session, service_code: str) -> Score | None:
    """Return the score of a service."""
    return _score(_read(session, ReviewRow.service_code == service_code))


def of_everything(session: Session) -> Score | None:
    """Return the score of all services together."""
    return _score(_read(session))


def listed(session: Session, by: By, *, department: str | None, limit: int, cursor: str | None) -> ScorePage:
    """Return the scores of departments, or of services, of one department or all; `cursor` is the last one's key."""
    key: Any = ReviewRow.department if by is By.DEPARTMENT else ReviewRow.service_code
    query = select(
        key.label("key"),
        func.max(ReviewRow.department).label("department"),
        func.max(ReviewRow.service_name).label("service_name"),
        _PEOPLE.label("people"),
        *_EACH,
    ).group_by(key)
    if department:
        query = query.where(ReviewRow.department == department)
    if cursor:
        query = query.where(key > cursor)
    rows = session.execute(query.order_by(key).limit(limit + 1)).all()
    shown = rows[:limit]
    items = [_scored(by, row) for row in shown]
    return ScorePage(items, shown[-1].key if len(rows) > limit else None)


def _scored(by: By, row: AnyRow) -> Scored:
    score = _score(row[3:])
    if by is By.DEPARTMENT:
        return Scored(row.department, None, None, score)
    return Scored(row.department, row.key, row.service_name, score)


def _read(session: Session, *where: ColumnElement[bool]) -> Sequence[Any]:
    return session.execute(select(_PEOPLE, *_EACH).where(*where)).one()


def _score(counted: Sequence[Any]) -> Score | None:
    people, *each = counted
    if people < FEWEST_PEOPLE:
        return None
    count = sum(each)
    satisfied = sum(each[SATISFIED - 1 :])
    return Score(
        count=count,
        average=round(sum(stars * n for stars, n in enumerate(each, start=1)) / count, 2),
        satisfied_percent=round(100 * satisfied / count, 1),
        negative=sum(each[:NEGATIVE]),
        by_stars=tuple(each),
    )
