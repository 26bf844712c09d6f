"""Writing a review: once for a case, when it is finished and a department (or a rule) has handled it.

A case that was withdrawn before anybody touched it has nothing to review: it would be a free vote on any department.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotservices.cases.errors import CaseNotFound
from hotservices.cases.models import CaseRow
from hotservices.cases.working import of_person
from hotservices.reviews.aspects import Aspect
from hotservices.reviews.cleaning import cleaned
from hotservices.reviews.errors import CaseNotReviewable, ReviewExists
from hotservices.reviews.models import ReviewRow
from hotservices.reviews.reading import Review, place, view
from identity import people
from identity.crypto.cipher import PiiCipher
from identity.ids import AccountId, PersonId, new_id
from identity.orm import insert_or_skip


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody says of how a case was handled: 1 to 5 stars, what they speak of, and words."""

    stars: int
    aspects: Iterable[Aspect] = ()
    comment: str | None = None


def write(
    session: Session,
    cipher: PiiCipher,
    case_id: str,
    opinion: Opinion,
    *,
    account_id: AccountId,
    person_id: PersonId,
    now: datetime,
) -> Review:
    """Review one's own case. Raises CaseNotFound, CaseNotReviewable, ReviewExists."""
    case = session.scalar(select(CaseRow).where(*of_person(person_id, case_id)).with_for_update(read=True))
    if case is None:
        raise CaseNotFound
    if case.finished_at is None or not case.handled:
        raise CaseNotReviewable
    review_id = new_id()
    name = people.name_of(session, cipher, person_id)
    comment = cleaned(opinion.comment, name) if opinion.comment else None
    values = {
        "id": review_id,
        "case_id": case.id,
        "account_id": account_id,
        "person_id": person_id,
        "service_code": case.service_code,
        "service_name": case.service_name,
        "department": case.department,
        "stars": opinion.stars,
        "aspects": " ".join(dict.fromkeys(opinion.aspects)),
        "comment_sealed": cipher.seal(comment, place(review_id)) if comment else None,
        "at": now,
    }
    if not insert_or_skip(session, ReviewRow, values):
        raise ReviewExists
    return view(cipher, session.get_one(ReviewRow, review_id), name)
