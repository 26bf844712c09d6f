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
from wallet.showing.models import AccessRecordRow, OutcomeWord, RecordKind
from wallet.showing.reasons import Reason
from wallet.showing.records import access_records, chain, pulled
from wallet.showing.records.access_records import Organisation, Page, Settlement

Acting = aliased(PersonRow, name="acting")

# Who acted for the holder in a scan and what settled it: the last who was not the holder.
_SETTLED_FOR_HOLDER = Settlement.actor != ActorWord.SELF.value
ACTOR_WORD = case((_SETTLED_FOR_HOLDER, Settlement.actor), else_=AccessRecordRow.actor)
ACTOR_ID = case((_SETTLED_FOR_HOLDER, Settlement.actor_person_id), else_=AccessRecordRow.actor_person_id)


@dataclass(frozen=True, slots=True)
class SeenInPart:
    """What was seen of one licence."""

    licence_id: str
    kind: str
    title: str
    fields: list[str]


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """An access record as the holder sees it. `fields` are the keys that were shown.

    `actor` is as what somebody showed it or let it be seen. `actor_name_masked` is who that was; None where it
    was the holder, or who has no account any more. A pull was made by no member of staff, and may have been of
    several licences, or of none that the holder had: `licences` tells which, with the fields of each.
    """

    id: str
    kind: str
    licence_id: str | None
    licence_title: str
    organisation: Organisation
    staff_masked: str | None
    actor: ActorWord
    actor_name_masked: str | None
    purpose: str | None
    fields: list[str]
    outcome: OutcomeWord
    reason: Reason | None
    at: datetime
    consent_id: str | None
    licences: list[SeenInPart]


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
        access_records.with_settlement(RecordKind.VERIFICATION, RecordKind.PULL)
        .add_columns(
            OrganisationRow,
            StaffRow.staff_number,
            ACTOR_WORD.label("actor_word"),
            Acting.id.label("acting_id"),
            Acting.name_sealed.label("acting_name_sealed"),
        )
        .join(OrganisationRow, OrganisationRow.id == AccessRecordRow.organisation_id)
        .outerjoin(StaffRow, StaffRow.id == AccessRecordRow.staff_id)
        .outerjoin(
            Acting,
            and_(Acting.id == ACTOR_ID, Acting.id != AccessRecordRow.person_id, Acting.erased_at.is_(None)),
        )
        .where(AccessRecordRow.person_id == person_id)
    )


def view(row: AnyRow, cipher: PiiCipher, now: datetime) -> AccessRecord:
    """Return a record as its holder sees it."""
    scan = row.AccessRecordRow
    outcome, reason, at = access_records.settled(row, now)
    licences = _licences(row)
    return AccessRecord(
        id=scan.id,
        kind=scan.kind,
        licence_id=scan.licence_id,
        # What the holder did not have is told by no name.
        licence_title="、".join(dict.fromkeys(one.title for one in licences)) or "—",
        organisation=Organisation(row.OrganisationRow.code, row.OrganisationRow.name),
        staff_masked=mask_staff_number(row.staff_number) if row.staff_number else None,
        actor=ActorWord(row.actor_word),
        actor_name_masked=_actor_masked(cipher, row),
        purpose=chain.open_purpose(cipher, scan),
        fields=list(dict.fromkeys(key for one in licences for key in one.fields)),
        outcome=outcome,
        reason=reason,
        at=at,
        consent_id=scan.consent_id,
        licences=licences,
    )


def _licences(row: AnyRow) -> list[SeenInPart]:
    scan = row.AccessRecordRow
    if scan.kind == RecordKind.PULL:
        return [
            SeenInPart(one.licence_id, one.kind, all_kinds()[one.kind].title, list(one.fields))
            for one in pulled.disclosed_in(scan)
        ]
    kind, profile = all_kinds()[row.licence_kind], access_records.shown_profile(row)
    fields = field_keys(kind, profile) if profile else []
    return [SeenInPart(scan.licence_id, kind.code, kind.title, fields)]


def _actor_masked(cipher: PiiCipher, row: AnyRow) -> str | None:
    if row.acting_id is None:
        return None
    return mask_name(people.open_name(cipher, row.acting_id, row.acting_name_sealed))
