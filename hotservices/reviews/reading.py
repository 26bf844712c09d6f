"""Reviews as anybody reads them: public, with the name masked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotservices.reviews.aspects import Aspect
from hotservices.reviews.models import ReviewRow
from identity import people
from identity.crypto.cipher import PiiCipher
from identity.numbers.masks import mask_name
from identity.people import PersonRow


@dataclass(frozen=True, slots=True)
class Review:
    """A review. `name_masked` is None once its writer has been erased."""

    id: str
    service_code: str
    service_name: str
    department: str
    stars: int
    aspects: tuple[Aspect, ...]
    comment: str | None
    name_masked: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """That a case was reviewed, and how."""

    id: str
    stars: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A page of reviews, newest first; `next_cursor` is None at its end."""

    items: list[Review]
    next_cursor: str | None


def of_service(
    session: Session, cipher: PiiCipher, service_code: str, *, limit: int, cursor: str | None
) -> ReviewPage:
    """Return what was said of a service."""
    query = (
        select(ReviewRow, PersonRow.id, PersonRow.name_sealed)
        .outerjoin(PersonRow, PersonRow.id == ReviewRow.person_id)
        .where(ReviewRow.service_code == service_code)
    )
    if cursor:
        query = query.where(ReviewRow.id < cursor)
    rows = session.execute(query.order_by(ReviewRow.id.desc()).limit(limit + 1)).all()
    items = [
        view(cipher, row, people.open_name(cipher, person_id, name_sealed) if person_id else None)
        for row, person_id, name_sealed in rows[:limit]
    ]
    return ReviewPage(items, items[-1].id if len(rows) > limit else None)


def of_case(session: Session, case_id: str) -> Given | None:
    """Return a case's review, if it has one."""
    row = session.scalar(select(ReviewRow).where(ReviewRow.case_id == case_id))
    return None if row is None else Given(row.id, row.stars, row.at)


def view(cipher: PiiCipher, row: ReviewRow, name: str | None) -> Review:
    """Return a review of a row and of its writer's name."""
    return Review(
        id=row.id,
        service_code=row.service_code,
        service_name=row.service_name,
        department=row.department,
        stars=row.stars,
        aspects=tuple(Aspect(word) for word in row.aspects.split()),
        comment=open_comment(cipher, row),
        name_masked=mask_name(name) if name else None,
        at=row.at,
    )


def open_comment(cipher: PiiCipher, row: ReviewRow) -> str | None:
    """Return a review's words."""
    return cipher.open_text(row.comment_sealed, place(row.id)) if row.comment_sealed else None


def place(review_id: str) -> str:
    """Return where a review's comment lies sealed."""
    return f"reviews.comment:{review_id}"
