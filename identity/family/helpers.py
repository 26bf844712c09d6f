"""Helpers (帮办人): an adult lets somebody act for them, by their own word.

Whoever asks learns nothing of whom they name: not whether such a person exists, nor whether they are known here.
The principal decides in their own login; or, with no phone at hand, reads eight digits aloud to the helper. They
have those from their own login on another device, or from a counter, where they showed their document.
"""

import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from identity import dependants, notices, people
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.dependants import DependantKind, DependantRow, DependantStatus
from identity.errors import (
    InvalidField,
)
from identity.family.children import Named, lock_person
from identity.family.errors import (
    DependantNotPending,
    HelperCodeLocked,
    HelperCodeWrong,
    TooManyDependantsAsked,
)
from identity.ids import PersonId, new_id
from identity.notices import NoticeKind
from identity.people import NUMBER_LABEL, PersonRow

TIME_TO_APPROVE = timedelta(days=7)
# In how long, and how often, somebody may ask: no stream of notices to strangers, few guesses at codes.
ASKING_WINDOW = timedelta(days=1)
MAX_ASKED = 10
MAX_WRONG_CODES = 5
CODE_DIGITS = 8


def ask(
    session: Session,
    cipher: PiiCipher,
    index: BlindIndex,
    actor_id: PersonId,
    named: Named,
    *,
    now: datetime,
) -> str:
    """Ask an adult to let one act for them; return the tie's id. A request of before gives way to this one.

    Raises InvalidField (oneself), TooManyDependantsAsked.
    """
    number_index = index.of(NUMBER_LABEL, named.id_number)
    lock_person(session, actor_id)
    actor = session.get_one(PersonRow, actor_id)
    if actor.number_index == number_index:
        raise InvalidField(
            field="id_number", message_zh="这是您本人的号码", message_en="This is your own number."
        )
    mine = (
        DependantRow.actor_person_id == actor_id,
        DependantRow.kind == DependantKind.ADULT,
    )
    of_number = (*mine, DependantRow.number_index == number_index)
    active = session.scalar(
        select(DependantRow.id).where(*of_number, DependantRow.status == DependantStatus.ACTIVE)
    )
    if active:
        return active
    since = DependantRow.asked_at > now - ASKING_WINDOW
    if (session.scalar(select(func.count()).where(*mine, since)) or 0) >= MAX_ASKED:
        raise TooManyDependantsAsked
    session.execute(
        update(DependantRow)
        .where(*of_number, DependantRow.status == DependantStatus.PENDING)
        .values(status=DependantStatus.REVOKED, revoked_at=now, code_sealed=None),
    )
    row = _pending(cipher, actor_id, named, number_index, now)
    session.add(row)
    session.flush()
    principal = people.find_by_number(session, index, named.id_number)
    if principal is not None and is_named(cipher, row, principal):
        about = {"helper": people.open_name(cipher, actor.id, actor.name_sealed), "dependant_id": row.id}
        _tell(session, cipher, principal, NoticeKind.HELPER_ASKS, about, now=now)
    return row.id


def _pending(
    cipher: PiiCipher, actor_id: PersonId, named: Named, number_index: bytes, now: datetime
) -> DependantRow:
    tie_id = new_id()
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    return DependantRow(
        id=tie_id,
        actor_person_id=actor_id,
        number_index=number_index,
        number_sealed=dependants.seal_number(cipher, tie_id, named.id_number),
        name_sealed=dependants.seal_name(cipher, tie_id, named.name),
        kind=DependantKind.ADULT,
        relation=named.relation,
        status=DependantStatus.PENDING,
        code_sealed=dependants.seal_code(cipher, tie_id, code),
        asked_at=now,
        approve_by=now + TIME_TO_APPROVE,
    )


def reserve_try(session: Session, tie_id: str) -> None:
    """Write a try at a code down before it is looked at, so that tries side by side are counted too.

    To be committed whatever becomes of the try. Raises HelperCodeLocked.
    """
    counted = session.scalar(
        update(DependantRow)
        .where(DependantRow.id == tie_id, DependantRow.wrong_codes < MAX_WRONG_CODES)
        .values(wrong_codes=DependantRow.wrong_codes + 1)
        .returning(DependantRow.id),
    )
    if counted is None:
        raise HelperCodeLocked


def approve_by_code(
    session: Session,
    cipher: PiiCipher,
    index: BlindIndex,
    row: DependantRow,
    unverified_code: str,
    *,
    now: datetime,
) -> None:
    """Let a helper act who says the principal's code. Raises DependantNotPending, HelperCodeWrong."""
    code = dependants.open_code(cipher, row)
    if code is None or dependants.status_of(cipher, row, now) is not DependantStatus.PENDING:
        raise DependantNotPending
    principal = people.find_by_number(session, index, dependants.open_number(cipher, row))
    right = hmac.compare_digest(code.encode(), unverified_code.encode())
    if not right or principal is None or not is_named(cipher, row, principal):
        raise HelperCodeWrong
    approve(session, cipher, row, PersonId(principal.id), now)
    about = {"helper": name_of_actor(session, cipher, row), "dependant_id": row.id}
    _tell(session, cipher, principal, NoticeKind.HELPER_APPROVED_BY_CODE, about, now=now)


def approve(
    session: Session, cipher: PiiCipher, row: DependantRow, principal_id: PersonId, now: datetime
) -> None:
    """Let a helper act from now on, once. Raises DependantNotPending."""
    approved = session.scalar(
        update(DependantRow)
        .where(
            DependantRow.id == row.id,
            DependantRow.status == DependantStatus.PENDING,
            DependantRow.approve_by > now,
        )
        .values(status=DependantStatus.ACTIVE, person_id=principal_id, approved_at=now, code_sealed=None)
        .returning(DependantRow.id)
        .execution_options(synchronize_session=False),
    )
    if approved is None:
        raise DependantNotPending
    session.refresh(row)
    about = {"dependant": dependants.masked_name(cipher, row), "dependant_id": row.id}
    actor = session.get_one(PersonRow, row.actor_person_id)
    _tell(session, cipher, actor, NoticeKind.HELPER_APPROVED, about, now=now)


def is_named(cipher: PiiCipher, row: DependantRow, person: PersonRow) -> bool:
    """Tell whether a tie names this person by their name, too."""
    return dependants.open_name(cipher, row) == people.open_name(cipher, person.id, person.name_sealed)


def name_of_actor(session: Session, cipher: PiiCipher, row: DependantRow) -> str:
    """Return the name of whoever acts by a tie."""
    return people.name_of(session, cipher, PersonId(row.actor_person_id))


def _tell(
    session: Session,
    cipher: PiiCipher,
    person: PersonRow,
    kind: NoticeKind,
    about: dict[str, str],
    *,
    now: datetime,
) -> None:
    notices.tell(session, cipher, person_id=PersonId(person.id), kind=kind, about=about, now=now)
