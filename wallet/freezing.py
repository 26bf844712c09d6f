"""Freezing a wallet (冻结): a lost phone, or a doubt, stops everything at once; unfreezing asks for fresh proof.

What "frozen" means is asked where it counts, of the holder's own row: showing is refused, every code that
runs is verified as `wallet_frozen`, and the bits of status lists say suspended. Tokens are not withdrawn, so
that those still running count again when the wallet is unfrozen.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from identity import logged_in, notices, people
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.ids import PersonId, SessionId, new_id
from identity.notices import NoticeKind
from identity.numbers.resident_id import IdType, normalise
from identity.people import PersonRow
from identity.principals import StaffMember
from wallet.errors import FreezeSubjectUnknown
from wallet.models import StaffFreezeRow, reason_place
from wallet.status_lists import entries


def is_frozen(session: Session, person_id: PersonId) -> bool:
    """Tell whether a wallet is frozen."""
    at = session.scalar(select(PersonRow.wallet_frozen_at).where(PersonRow.id == person_id))
    return at is not None


def freeze(session: Session, person_id: PersonId, *, keep: SessionId | None, now: datetime) -> None:
    """Stop a person's wallet, and end every session of theirs but `keep`. A frozen one stays frozen."""
    _set(session, person_id, now, frozen=True)
    logged_in.revoke_all_of(session, person_id, keep=keep, now=now)


def unfreeze(session: Session, person_id: PersonId, now: datetime) -> None:
    """Let a wallet go on. Its sessions stay ended; the caller has asked for fresh proof."""
    _set(session, person_id, now, frozen=False)


def freeze_for(
    session: Session,
    cipher: PiiCipher,
    index: BlindIndex,
    staff: StaffMember,
    *,
    name: str,
    id_type: IdType,
    id_number: str,
    reason: str,
    now: datetime,
) -> str:
    """Freeze the wallet of somebody who lost their phone; it is recorded, and they are told.

    Returns the record's id. Raises FreezeSubjectUnknown when no person has that document.
    """
    person = people.find_by_number(session, index, normalise(id_number))
    if person is None:
        raise FreezeSubjectUnknown
    known = people.open_person(person, cipher)
    if (known.name, known.id_type) != (people.normalise_name(name), id_type):
        raise FreezeSubjectUnknown
    person_id = PersonId(person.id)
    freeze(session, person_id, keep=None, now=now)
    record_id = new_id()
    session.add(
        StaffFreezeRow(
            id=record_id,
            person_id=person_id,
            staff_id=staff.staff_id,
            reason_sealed=cipher.seal(reason, reason_place(record_id)),
            at=now,
        ),
    )
    session.flush()
    notices.tell(
        session,
        cipher,
        person_id=person_id,
        kind=NoticeKind.WALLET_FROZEN,
        about={"organisation": staff.organisation_name},
        now=now,
    )
    return record_id


def _set(session: Session, person_id: PersonId, now: datetime, *, frozen: bool) -> None:
    changed = session.scalar(
        update(PersonRow)
        .where(
            PersonRow.id == person_id,
            PersonRow.wallet_frozen_at.is_(None) if frozen else PersonRow.wallet_frozen_at.is_not(None),
        )
        .values(wallet_frozen_at=now if frozen else None)
        .returning(PersonRow.id)
        .execution_options(synchronize_session=False),
    )
    if changed is not None:
        entries.set_frozen(session, person_id, now, frozen=frozen)
