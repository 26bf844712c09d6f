"""How often a real name may be tried (DESIGN.md section 4)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity import accounts, real_name_locks
from identity.crypto.cipher import BlindIndex
from identity.errors import RealNameLocked
from identity.ids import AccountId
from identity.real_name_locks import RealNameAttemptRow
from tests.sandbox import Sandbox

NUMBER = "100000199005170119"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with sandbox.parts.database.write() as session:
        yield session


@pytest.fixture
def account(session: Session, index: BlindIndex, now: datetime) -> AccountId:
    return an_account(session, index, "one", now)


def an_account(session: Session, index: BlindIndex, subject: str, now: datetime) -> AccountId:
    return accounts.log_in(session, index, provider="sandbox", subject=subject, now=now).account_id


def attempt(
    session: Session,
    index: BlindIndex,
    account_id: AccountId,
    at: datetime,
    number: str = NUMBER,
) -> str:
    return real_name_locks.reserve(session, index, account_id=account_id, id_number=number, now=at)


def is_locked(session: Session, index: BlindIndex, account_id: AccountId, at: datetime, number: str) -> bool:
    """Tell whether an attempt is refused, and leave no trace of asking."""
    try:
        real_name_locks.strike_out(session, attempt(session, index, account_id, at, number))
    except RealNameLocked:
        return True
    return False


def test_the_fifth_mismatch_locks_the_account_for_an_hour_after_it(
    session: Session,
    index: BlindIndex,
    account: AccountId,
    now: datetime,
) -> None:
    for minute in range(5):
        attempt(session, index, account, now + minute * MINUTE, f"number {minute}")

    last = now + 4 * MINUTE
    locked = [
        is_locked(session, index, account, at, "another number")
        for at in (last, last + 59 * MINUTE, last + 60 * MINUTE - MINUTE / 60, last + 60 * MINUTE)
    ]

    assert locked == [True, True, True, False]


def test_four_mismatches_lock_nothing(
    session: Session,
    index: BlindIndex,
    account: AccountId,
    now: datetime,
) -> None:
    for _ in range(4):
        attempt(session, index, account, now)

    assert not is_locked(session, index, account, now, NUMBER)


def test_the_refusal_says_how_long_the_lock_lasts(
    session: Session,
    index: BlindIndex,
    account: AccountId,
    now: datetime,
) -> None:
    for _ in range(5):
        attempt(session, index, account, now)

    with pytest.raises(RealNameLocked) as refusal:
        attempt(session, index, account, now + 10 * MINUTE)

    assert refusal.value.retry_after == 50 * MINUTE


def test_an_attempt_that_is_refused_is_not_counted_so_that_waiting_always_helps(
    session: Session,
    index: BlindIndex,
    account: AccountId,
    now: datetime,
) -> None:
    for _ in range(5):
        attempt(session, index, account, now)
    for minute in range(60):
        assert is_locked(session, index, account, now + minute * MINUTE, NUMBER)

    assert not is_locked(session, index, account, now + 61 * MINUTE, NUMBER)


def test_five_mismatches_spread_over_more_than_an_hour_lock_nothing(
    session: Session,
    index: BlindIndex,
    account: AccountId,
    now: datetime,
) -> None:
    for place in range(5):
        attempt(session, index, account, now + place * 16 * MINUTE)

    assert not is_locked(session, index, account, now + 65 * MINUTE, NUMBER)


def test_an_attempt_struck_out_counts_for_nothing(
    session: Session,
    index: BlindIndex,
    account: AccountId,
    now: datetime,
) -> None:
    for _ in range(4):
        attempt(session, index, account, now)

    for _ in range(10):
        real_name_locks.strike_out(session, attempt(session, index, account, now))

    assert session.scalar(select(func.count()).select_from(RealNameAttemptRow)) == 4


def test_one_accounts_lock_is_nobody_elses(
    session: Session,
    index: BlindIndex,
    account: AccountId,
    now: datetime,
) -> None:
    for _ in range(5):
        attempt(session, index, account, now)

    other = an_account(session, index, "two", now)

    assert not is_locked(session, index, other, now, NUMBER)


def test_twenty_mismatches_on_a_number_lock_it_for_every_account(
    session: Session,
    index: BlindIndex,
    now: datetime,
) -> None:
    for place in range(5):
        culprit = an_account(session, index, f"culprit {place}", now)
        for _ in range(4):
            attempt(session, index, culprit, now)

    stranger = an_account(session, index, "stranger", now)

    assert is_locked(session, index, stranger, now, NUMBER)
    assert not is_locked(session, index, stranger, now, "another number")
    assert not is_locked(session, index, stranger, now + 60 * MINUTE, NUMBER)


def test_attempts_hold_no_number_in_clear(
    session: Session,
    index: BlindIndex,
    account: AccountId,
    now: datetime,
) -> None:
    attempt(session, index, account, now)

    (stored,) = session.execute(select(RealNameAttemptRow.__table__))

    assert NUMBER not in repr(stored)
