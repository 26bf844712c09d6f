"""A person's own ties, on either side: listed, and ended at once by either."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from identity import dependant_views, dependants, notices
from identity.crypto.cipher import PiiCipher
from identity.dependant_views import Dependant
from identity.dependants import DependantRow, DependantStatus
from identity.errors import DependantNotFound
from identity.family import helpers
from identity.ids import PersonId
from identity.notices import NoticeKind
from identity.numbers.masks import mask_name
from identity.people import PersonRow


@dataclass(frozen=True, slots=True)
class DependantPage:
    """A page of ties, newest first; `next_cursor` is None at its end."""

    items: list[Dependant]
    next_cursor: str | None


def of_person(
    session: Session,
    cipher: PiiCipher,
    person_id: PersonId,
    *,
    limit: int,
    cursor: str | None,
    now: datetime,
) -> DependantPage:
    """Return a person's ties, those with whom they act for and those with who acts for them."""
    person = session.get_one(PersonRow, person_id)
    query = (
        select(DependantRow, PersonRow)
        .join(PersonRow, PersonRow.id == DependantRow.actor_person_id)
        .where(_touching(person))
    )
    if cursor:
        query = query.where(DependantRow.id < cursor)
    rows = session.execute(query.order_by(DependantRow.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    items = [_view(cipher, row, actor, person, now) for row, actor in shown if _sees(cipher, row, person)]
    return DependantPage(items, shown[-1][0].id if len(rows) > limit else None)


def view(
    session: Session, cipher: PiiCipher, row: DependantRow, person_id: PersonId, now: datetime
) -> Dependant:
    """Return one of a person's ties."""
    actor = session.get_one(PersonRow, row.actor_person_id)
    return _view(cipher, row, actor, session.get_one(PersonRow, person_id), now)


def find(session: Session, cipher: PiiCipher, person_id: PersonId, tie_id: str) -> DependantRow:
    """Return one of a person's ties, locked. Raises DependantNotFound."""
    row = session.scalar(select(DependantRow).where(DependantRow.id == tie_id).with_for_update())
    if row is None or not _sees(cipher, row, session.get_one(PersonRow, person_id)):
        raise DependantNotFound
    return row


def revoke(
    session: Session, cipher: PiiCipher, row: DependantRow, person_id: PersonId, now: datetime
) -> None:
    """End a tie at once, and tell the other side; one that is over stays as it ended."""
    if row.status == DependantStatus.REVOKED:
        return
    was_active = row.status == DependantStatus.ACTIVE
    row.status, row.revoked_at, row.code_sealed = DependantStatus.REVOKED, now, None
    session.flush()
    other = row.person_id if row.actor_person_id == person_id else row.actor_person_id
    if other is None or not was_active:
        return
    names = (helpers.name_of_actor(session, cipher, row), dependants.open_name(cipher, row))
    about = {"by": mask_name(names[0 if row.actor_person_id == person_id else 1]), "dependant_id": row.id}
    notices.tell(
        session, cipher, person_id=PersonId(other), kind=NoticeKind.HELPER_REVOKED, about=about, now=now
    )


def _touching(person: PersonRow) -> ColumnElement[bool]:
    return or_(DependantRow.actor_person_id == person.id, DependantRow.number_index == person.number_index)


def _sees(cipher: PiiCipher, row: DependantRow, person: PersonRow) -> bool:
    """Tell whether a tie is a person's own. One that gives their number another name is none of theirs."""
    if person.id in {row.actor_person_id, row.person_id}:
        return True
    pending = row.number_index == person.number_index and row.status == DependantStatus.PENDING
    return pending and helpers.is_named(cipher, row, person)


def _view(
    cipher: PiiCipher, row: DependantRow, actor: PersonRow, person: PersonRow, now: datetime
) -> Dependant:
    if row.actor_person_id == person.id:
        return dependant_views.actors_view(cipher, row, now)
    code = dependants.open_code(cipher, row)
    return dependant_views.principals_view(cipher, row, actor, now, code)
