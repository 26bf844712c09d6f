"""Fresh proof: what can't be taken back asks for a face or a counter check of just now."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from identity import accounts, people, principals, sessions
from identity.accounts import AccountRow
from identity.assurance import require_fresh_proof
from identity.devices import Login, SealedDevice
from identity.errors import FreshProofRequired
from identity.ids import SessionId, new_id
from identity.numbers.resident_id import IdType
from identity.principals import Citizen
from tests.sandbox import Sandbox

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def a_citizen(sandbox: Sandbox, session: Session, subject: str, now: datetime) -> Citizen:
    parts, session_id = sandbox.parts, SessionId(new_id())
    opened = accounts.log_in(session, parts.index, provider="sandbox", subject=subject, now=now)
    login = Login.sealed(parts.cipher, session_id, opened.id, "sandbox", subject)
    sessions.open_for_account(
        session, opened.account_id, session_id=session_id, login=login, device=SealedDevice(), now=now
    )
    person = people.add(
        session,
        parts.cipher,
        parts.index,
        name=subject,
        id_type=IdType.RESIDENT_ID,
        id_number=subject,
        now=now,
    )
    session.get_one(AccountRow, opened.account_id).person_id = person.id
    session.flush()
    return principals.citizen(session, parts.cipher, session_id, now)


def prove(session: Session, citizen: Citizen, at: datetime) -> None:
    session.get_one(AccountRow, citizen.account_id).fresh_proof_at = at
    session.flush()


def is_fresh(session: Session, citizen: Citizen, now: datetime) -> bool:
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
        citizen = a_citizen(sandbox, session, "li-na", now)
        prove(session, citizen, now - age)

        assert is_fresh(session, citizen, now) is fresh


def test_without_a_proof_or_with_somebody_elses_nothing_is_fresh(sandbox: Sandbox, now: datetime) -> None:
    with sandbox.parts.database.write() as session:
        one, other = (a_citizen(sandbox, session, subject, now) for subject in ("li-na", "zhang-wei"))
        prove(session, other, now)

        assert not is_fresh(session, one, now)


def test_a_proof_counts_for_no_session_that_has_ended_or_is_of_another_account_or_person(
    sandbox: Sandbox, now: datetime
) -> None:
    with sandbox.parts.database.write() as session:
        citizen, other = (a_citizen(sandbox, session, subject, now) for subject in ("li-na", "zhang-wei"))
        prove(session, citizen, now)

        assert not is_fresh(session, replace(citizen, session_id=other.session_id), now)
        assert not is_fresh(session, replace(citizen, actor_person_id=other.actor_person_id), now)
        sessions.revoke(session, citizen.session_id, now)
        assert not is_fresh(session, citizen, now)
