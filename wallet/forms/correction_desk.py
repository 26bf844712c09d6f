"""The issuing department's side of corrections: its list, and its answers.

A report goes to the agency whose code is the registry's, and to agencies that look after its reports.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from identity import notices, people
from identity.crypto.cipher import PiiCipher
from identity.ids import OrganisationId, PersonId
from identity.notices import NoticeKind
from identity.numbers.masks import mask_name, mask_number
from identity.orm import AnySelect
from identity.people import PersonRow
from identity.principals import StaffMember
from wallet.forms.corrections import Correction, open_told, seal_told, view
from wallet.forms.errors import CorrectionClosed, CorrectionNotFound
from wallet.forms.models import CorrectionDeskRow, CorrectionRow, CorrectionStatus
from wallet.kinds import all_kinds
from wallet.models import LicenceRow


@dataclass(frozen=True, slots=True)
class Received:
    """A report as the department reads it: with the licence it is about, and whose it is."""

    correction: Correction
    identifier: str
    holder_name_masked: str
    holder_number_masked: str


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """A page of a department's reports, the oldest first; `next_cursor` is None at its end."""

    items: list[Received]
    next_cursor: str | None


def received(
    session: Session,
    cipher: PiiCipher,
    staff: StaffMember,
    *,
    status: CorrectionStatus | None,
    limit: int,
    cursor: str | None,
) -> ReceivedPage:
    """Return the reports that a member of staff may answer, the oldest first."""
    query = _readable().where(_answered_by(staff))
    if status:
        query = query.where(CorrectionRow.status == status)
    if cursor:
        query = query.where(CorrectionRow.id > cursor)
    rows = session.execute(query.order_by(CorrectionRow.id).limit(limit + 1)).all()
    items = [_received(cipher, *row) for row in rows[:limit]]
    return ReceivedPage(items, items[-1].correction.id if len(rows) > limit else None)


def answer(
    session: Session,
    cipher: PiiCipher,
    staff: StaffMember,
    correction_id: str,
    *,
    outcome: CorrectionStatus,
    words: str,
    now: datetime,
) -> Received:
    """Close a report, once, and tell who made it. Raises CorrectionNotFound, CorrectionClosed."""
    mine = (CorrectionRow.id == correction_id, _answered_by(staff))
    closed = session.scalar(
        update(CorrectionRow)
        .where(*mine, CorrectionRow.status == CorrectionStatus.OPEN)
        .values(status=outcome, closed_at=now, staff_id=staff.staff_id)
        .returning(CorrectionRow.id)
        .execution_options(synchronize_session=False),
    )
    found = session.execute(_readable().where(*mine)).first()
    if found is None:
        raise CorrectionNotFound
    row = found[0]
    if closed is None:
        raise CorrectionClosed
    row.content_sealed = seal_told(cipher, row.id, replace(open_told(cipher, row), answer=words))
    session.flush()
    notices.tell(
        session,
        cipher,
        person_id=PersonId(row.actor_person_id),
        kind=_NOTICES[outcome],
        about={"organisation": staff.organisation_name, "licence": all_kinds()[row.kind].title},
        now=now,
    )
    return _received(cipher, *found)


def looked_after(session: Session, organisation_id: OrganisationId) -> list[str]:
    """Return whose registries' reports an agency answers beside those of its own code."""
    query = select(CorrectionDeskRow.registry_code).where(
        CorrectionDeskRow.organisation_id == organisation_id
    )
    return list(session.scalars(query.order_by(CorrectionDeskRow.registry_code)))


def look_after(session: Session, organisation_id: OrganisationId, registries: Iterable[str]) -> list[str]:
    """Say whose registries' reports an agency answers; the caller holds its row."""
    session.execute(delete(CorrectionDeskRow).where(CorrectionDeskRow.organisation_id == organisation_id))
    session.add_all(
        CorrectionDeskRow(organisation_id=organisation_id, registry_code=code)
        for code in dict.fromkeys(registries)
    )
    session.flush()
    return looked_after(session, organisation_id)


_NOTICES = {
    CorrectionStatus.ACCEPTED: NoticeKind.CORRECTION_ACCEPTED,
    CorrectionStatus.REJECTED: NoticeKind.CORRECTION_REJECTED,
}


def _answered_by(staff: StaffMember) -> ColumnElement[bool]:
    looked_after = select(CorrectionDeskRow.registry_code).where(
        CorrectionDeskRow.organisation_id == staff.organisation_id
    )
    return or_(
        CorrectionRow.registry_code == staff.organisation_code, CorrectionRow.registry_code.in_(looked_after)
    )


def _readable() -> AnySelect:
    return (
        select(CorrectionRow, LicenceRow.identifier, PersonRow)
        .join(LicenceRow, LicenceRow.id == CorrectionRow.licence_id)
        .join(PersonRow, PersonRow.id == CorrectionRow.person_id)
    )


def _received(cipher: PiiCipher, row: CorrectionRow, identifier: str, person_row: PersonRow) -> Received:
    person = people.open_person(person_row, cipher)
    return Received(view(cipher, row), identifier, mask_name(person.name), mask_number(person.id_number))
