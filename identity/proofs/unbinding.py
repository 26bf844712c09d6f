"""Unbinding (解除实名): an account lets its person go, and is of level 1 again.

The person's row stays with the licences and the records of who looked: nobody reads them through this account any
more, and whoever binds the person again finds them.
"""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from identity.accounts import AccountRow, LoginRow
from identity.assurance import require_fresh_proof
from identity.errors import AssuranceLevelRequired
from identity.ids import LoginId
from identity.people import PersonRow
from identity.principals import Citizen
from identity.proofs import proving
from identity.proofs.counter_rows import CounterCodeRow
from identity.proofs.face_check_rows import FaceCheckRow, FaceCheckState
from identity.proofs.proving import Aftermath

# What a real name needs at least, and what an account without one is told.
REAL_NAME_LEVEL = 2


def unbind(
    session: Session,
    aftermath: Aftermath,
    citizen: Citizen,
    login_id: LoginId,
    now: datetime,
) -> None:
    """Release the caller's person: their codes stop, and every session of the account is of level 1 at once.

    Each other login goes on in an account of its own: who binds this one next must not share it with them. Raises
    FreshProofRequired, AssuranceLevelRequired (somebody else unbound it at this moment).
    """
    person_id = citizen.actor_person_id
    # The same order as proofs keep: person, logins, account.
    session.execute(select(PersonRow.id).where(PersonRow.id == person_id).with_for_update(key_share=True))
    logins = session.scalars(
        select(LoginRow.id)
        .where(LoginRow.account_id == citizen.account_id)
        .order_by(LoginRow.id)
        .with_for_update(key_share=True),
    ).all()
    require_fresh_proof(session, citizen, now)
    for other_id in logins:
        _forget_what_is_under_way(session, LoginId(other_id))
        if other_id != login_id:
            proving.part(session, citizen.account_id, LoginId(other_id), now)
    session.execute(update(LoginRow).where(LoginRow.id == login_id).values(proved_at=None))
    released = session.scalar(
        update(AccountRow)
        .where(AccountRow.id == citizen.account_id, AccountRow.person_id == person_id)
        .values(person_id=None, assurance_level=1, fresh_proof_at=None)
        .returning(AccountRow.id),
    )
    if released is None or person_id is None:
        raise AssuranceLevelRequired(REAL_NAME_LEVEL)
    aftermath.release(session, person_id, now)


def _forget_what_is_under_way(session: Session, login_id: LoginId) -> None:
    pending = FaceCheckRow.state == FaceCheckState.PENDING
    session.execute(delete(FaceCheckRow).where(FaceCheckRow.login_id == login_id, pending))
    session.execute(delete(CounterCodeRow).where(CounterCodeRow.login_id == login_id))
