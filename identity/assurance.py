"""Fresh proof (DESIGN.md section 4): what can't be taken back asks for a face or a counter check of just now."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.accounts import AccountRow
from identity.errors import FreshProofRequired
from identity.sessions import Citizen

FRESH_PROOF_LIFETIME = timedelta(minutes=10)


def require_fresh_proof(session: Session, citizen: Citizen, now: datetime) -> None:
    """Raise FreshProofRequired unless the caller's account proved level 3 within the last ten minutes."""
    proved_at = session.scalar(select(AccountRow.fresh_proof_at).where(AccountRow.id == citizen.account_id))
    # A proof from ahead of now is no fresher: clocks are put back, too.
    if proved_at is None or abs(now - proved_at) > FRESH_PROOF_LIFETIME:
        raise FreshProofRequired
