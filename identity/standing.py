"""Standing: a caller is looked at again inside the transaction that writes, and stays who they are until it ends.

The guard of a route reads the caller before that transaction begins. Until it has its turn a proof may put their
login out, the account may be closed or let its person go, a tie may end; what they asked for would then be done
after its end was answered. Proofs, unbinding and closing lock the person first, and so does this; what only
ends a session or a tie locks that row. This waits for them, or they for it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from identity import people, ties
from identity.accounts import AccountRow
from identity.acting import Tie
from identity.crypto.cipher import PiiCipher
from identity.errors import SessionEnded
from identity.people import PersonRow
from identity.prepared import Prepared
from identity.principals import Citizen
from identity.sessions import SessionRow

_ALIVE: Select[str] = (
    select(SessionRow.id)
    .join(AccountRow, AccountRow.id == SessionRow.account_id)
    .where(
        SessionRow.id == bindparam("session_id"),
        AccountRow.id == bindparam("account_id"),
        SessionRow.revoked_at.is_(None),
        SessionRow.expires_at > bindparam("now"),
    )
)
_OF_PERSON = _ALIVE.join(PersonRow, PersonRow.id == AccountRow.person_id).where(
    PersonRow.id == bindparam("person_id")
)
# Each row is locked, in this order, and read as it is once it is. On SQLite the whole transaction has its turn.
_PERSON_FIRST: tuple[Any, ...] = (PersonRow, AccountRow, SessionRow)
_HELD = Prepared(_OF_PERSON.with_for_update(of=_PERSON_FIRST, read=True))
_HELD_ALONE = Prepared(_OF_PERSON.with_for_update(of=_PERSON_FIRST, key_share=True))
_HELD_WITHOUT_A_PERSON = Prepared(_ALIVE.with_for_update(of=_PERSON_FIRST[1:], read=True))


def hold(
    session: Session, cipher: PiiCipher, citizen: Citizen, now: datetime, *, alone: bool = False
) -> None:
    """Let a citizen go on who still is whom the guard let in, and let nothing change that before the end.

    `alone` also lets what one person does so come one after the other: for whoever goes on to change the rows of
    their person, account or session. To be called before anything else is locked, but for an Idempotency-Key that is
    claimed with it. Raises SessionEnded.
    """
    if citizen.acting_for is not None:
        _hold_both(session, citizen, alone=alone)
    whose = {"session_id": citizen.session_id, "account_id": citizen.account_id, "now": now}
    if citizen.actor_person_id is None:
        held = _HELD_WITHOUT_A_PERSON.first(session, **whose)
    else:
        held = (_HELD_ALONE if alone else _HELD).first(session, **whose, person_id=citizen.actor_person_id)
    if held is None:
        raise SessionEnded
    if citizen.acting_for is not None:
        _hold_tie(session, cipher, citizen, now)


def _hold_both(session: Session, citizen: Citizen, *, alone: bool) -> None:
    # In one order for whoever acts: two people may act for one another.
    if citizen.acting_for is None or citizen.actor_person_id is None:
        raise SessionEnded
    both = {citizen.acting_for.person_id, citizen.actor_person_id}
    if people.hold_living(session, both, alone=alone) != both:
        raise SessionEnded


def _hold_tie(session: Session, cipher: PiiCipher, citizen: Citizen, now: datetime) -> None:
    acting, actor_id = citizen.acting_for, citizen.actor_person_id
    if acting is None or actor_id is None:
        raise SessionEnded
    tie = Tie(acting.type, acting.id)
    ties.hold(session, tie, actor_id)
    try:
        still = ties.acting_for(session, cipher, tie, actor_id, now)
    except ties.NOT_FOUND as error:
        raise SessionEnded from error
    if still != acting:
        raise SessionEnded
