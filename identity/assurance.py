"""Fresh proof (DESIGN.md section 4): what can't be taken back asks for a face or a counter check of just now."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.accounts import AccountRow
from identity.errors import FreshProofRequired
from identity.principals import Citizen
from identity.sessions import SessionRow

FRESH_PROOF_LIFETIME = timedelta(minutes=10)


def require_fresh_proof(session: Session, citizen: Citizen, now: datetime) -> None:
    """Raise FreshProofRequired unless the caller's account proved level 3 within the last ten minutes.

    The proof counts for a session that is of this account and this person at the same moment: a proof puts out of
    the account whoever never gave one.
    """
    proved_at = session.scalar(
        select(AccountRow.fresh_proof_at)
        .join(SessionRow, SessionRow.account_id == AccountRow.id)
        .where(
            AccountRow.id == citizen.account_id,
            AccountRow.person_id == citizen.actor_person_id,
            SessionRow.id == citizen.session_id,
            SessionRow.revoked_at.is_(None),
        ),
    )
    # A proof from ahead of now is no fresher: clocks are put back, too.
    if proved_at is None or abs(now - proved_at) > FRESH_PROOF_LIFETIME:
        raise FreshProofRequired
