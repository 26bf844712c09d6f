"""Access records as their holder reads them: who looked, and who showed it to them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case
from sqlalchemy.orm import Session, aliased

from identity import people
from identity.acting import ActorWord
from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId
from identity.numbers.masks import mask_name, mask_staff_number
from identity.orm import AnyRow, AnySelect
from identity.people import PersonRow
from identity.staff import OrganisationRow, StaffRow
from wallet.disclosure import field_keys
from wallet.kinds import all_kinds
from wallet.showing.models import AccessRecordRow, OutcomeWord
from wallet.showing.reasons import Reason
from wallet.showing.records import access_records, chain
from wallet.showing.records.access_records import Organisation, Page, Settlement

Acting = aliased(PersonRow, name="acting")

# Who acted for the holder in a scan and what settled it: the last who was not the holder.
_SETTLED_FOR_HOLDER = Settlement.actor != ActorWord.SELF.value
ACTOR_WORD = case((_SETTLED_FOR_HOLDER, Settlement.actor), else_=AccessRecordRow.actor)
ACTOR_ID = case((_SETTLED_FOR_HOLDER, Settlement.actor_person_id), else_=AccessRecordRow.actor_person_id)


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """An access record as the holder sees it. `fields` are the keys that were shown.

    `actor` is as what somebody showed it or let it be seen. `actor_name_masked` is who that was; None where it
    was the holder, or who has no account any more.
    """

    id: str
    kind: str
    licence_id: str
    licence_title: str
    organisation: Organisation
    staff_masked: str
    actor: ActorWord
    actor_name_masked: str | None
    purpose: str | None
    fields: list[str]
    outcome: OutcomeWord
    reason: Reason | None
    at: datetime


def of_holder(
    session: Session,
    cipher: PiiCipher,
    person_id: PersonId,
    *,
    limit: int,
    cursor: str | None,
    now: datetime,
) -> Page[AccessRecord]:
    """Return who looked at a person's licences: accepted and rejected scans alike."""
    query = select_all(person_id)
    rows, next_cursor = access_records.page_of(session, query, limit=limit, cursor=cursor)
    return Page([view(row, cipher, now) for row in rows], next_cursor)


def select_all(person_id: PersonId) -> AnySelect:
    """Select a holder's records with what `view` needs."""
    return (
        access_records.with_settlement()
        .add_columns(
            OrganisationRow,
            StaffRow.staff_number,
            ACTOR_WORD.label("actor_word"),
            Acting.id.label("acting_id"),
            Acting.name_sealed.label("acting_name_sealed"),
        )
        .join(OrganisationRow, OrganisationRow.id == AccessRecordRow.organisation_id)
        .join(StaffRow, StaffRow.id == AccessRecordRow.staff_id)
        .outerjoin(
            Acting,
            and_(Acting.id == ACTOR_ID, Acting.id != AccessRecordRow.person_id, Acting.erased_at.is_(None)),
        )
        .where(AccessRecordRow.person_id == person_id)
    )


def view(row: AnyRow, cipher: PiiCipher, now: datetime) -> AccessRecord:
    """Return a record as its holder sees it."""
    scan = row.AccessRecordRow
    kind = all_kinds()[row.licence_kind]
    outcome, reason, at = access_records.settled(row, now)
    profile = access_records.shown_profile(row)
    return AccessRecord(
        id=scan.id,
        kind=scan.kind,
        licence_id=scan.licence_id,
        licence_title=kind.title,
        organisation=Organisation(row.OrganisationRow.code, row.OrganisationRow.name),
        staff_masked=mask_staff_number(row.staff_number),
        actor=ActorWord(row.actor_word),
        actor_name_masked=_actor_masked(cipher, row),
        purpose=chain.open_purpose(cipher, scan),
        fields=field_keys(kind, profile) if profile else [],
        outcome=outcome,
        reason=reason,
        at=at,
    )


def _actor_masked(cipher: PiiCipher, row: AnyRow) -> str | None:
    if row.acting_id is None:
        return None
    return mask_name(people.open_name(cipher, row.acting_id, row.acting_name_sealed))
