"""Fresh proof: what can't be taken back asks for a face or a counter check of just now."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from identity import accounts
from identity.accounts import AccountRow
from identity.assurance import require_fresh_proof
from identity.errors import FreshProofRequired
from identity.ids import AccountId, SessionId, new_id
from identity.sessions import Citizen
from tests.sandbox import Sandbox

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def an_account(sandbox: Sandbox, session: Session, subject: str, now: datetime) -> AccountId:
    return accounts.log_in(
        session, sandbox.parts.index, provider="sandbox", subject=subject, now=now
    ).account_id


def is_fresh(session: Session, account_id: AccountId, now: datetime) -> bool:
    citizen = Citizen(account_id, SessionId(new_id()), 3, None, None)
    try:
        require_fresh_proof(session, citizen, now)
    except FreshProofRequired:
        return False
    return True


@pytest.mark.parametrize(
    ("age", "fresh"),
    [
        (timedelta(0), True),
        (10 * MINUTE, True),
        (10 * MINUTE + SECOND, False),
        (timedelta(days=1), False),
        # The clock was put back since.
        (timedelta(days=-1), False),
    ],
)
def test_a_proof_is_fresh_for_ten_minutes(
    sandbox: Sandbox,
    now: datetime,
    *,
    age: timedelta,
    fresh: bool,
) -> None:
    with sandbox.parts.database.write() as session:
        account_id = an_account(sandbox, session, "li-na", now)
        session.get_one(AccountRow, account_id).fresh_proof_at = now - age
        session.flush()

        assert is_fresh(session, account_id, now) is fresh


def test_without_a_proof_or_with_somebody_elses_nothing_is_fresh(sandbox: Sandbox, now: datetime) -> None:
    with sandbox.parts.database.write() as session:
        one, other = (an_account(sandbox, session, subject, now) for subject in ("li-na", "zhang-wei"))
        session.get_one(AccountRow, other).fresh_proof_at = now
        session.flush()

        assert not is_fresh(session, one, now)
