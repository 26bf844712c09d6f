"""Sessions: one row per device, refresh tokens that work once, and an end that is at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from identity import accounts, principals, refreshing, sessions, staff
from identity.accounts import AccountRow, PlatformLogin
from identity.crypto.cipher import CipherError, PiiCipher
from identity.devices import Login, SealedDevice
from identity.errors import SessionEnded
from identity.ids import AccountId, SessionId, StaffId, new_id
from identity.refreshing import Reused, Rotated
from identity.sessions import REFRESH_TOKEN_LIFETIME
from identity.staff import Permission, StaffRow
from tests.sandbox import Sandbox

SECOND = timedelta(seconds=1)


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with sandbox.parts.database.write() as session:
        yield session


@pytest.fixture
def cipher(sandbox: Sandbox) -> PiiCipher:
    return sandbox.parts.cipher


@pytest.fixture
def platform_login(sandbox: Sandbox, session: Session, now: datetime) -> PlatformLogin:
    return accounts.log_in(session, sandbox.parts.index, provider="sandbox", subject="li-na", now=now)


@pytest.fixture
def account(platform_login: PlatformLogin) -> AccountId:
    return platform_login.account_id


@pytest.fixture
def opened(
    sandbox: Sandbox,
    session: Session,
    account: AccountId,
    platform_login: PlatformLogin,
    now: datetime,
) -> SessionId:
    session_id = SessionId(new_id())
    login = Login.sealed(sandbox.parts.cipher, session_id, platform_login.id, "sandbox", "li-na")
    sessions.open_for_account(
        session, account, session_id=session_id, login=login, device=SealedDevice(), now=now
    )
    return session_id


@pytest.fixture
def officer(session: Session) -> StaffId:
    organisation = staff.add_organisation(session, "library", "测试图书馆")
    return staff.add_staff(session, organisation, "L001", "no hash", (Permission.VERIFY,))


def test_a_platform_user_opens_one_account_however_often_they_log_in(
    sandbox: Sandbox,
    session: Session,
    platform_login: PlatformLogin,
    now: datetime,
) -> None:
    index = sandbox.parts.index

    again = accounts.log_in(session, index, provider="sandbox", subject="li-na", now=now)
    elsewhere = accounts.log_in(session, index, provider="wechat", subject="li-na", now=now)

    assert again == platform_login
    assert elsewhere.account_id != platform_login.account_id


def test_a_refresh_token_moves_the_session_on_by_one_generation(
    session: Session,
    opened: SessionId,
    now: datetime,
) -> None:
    outcomes = [refreshing.rotate(session, opened, generation, now) for generation in (1, 2, 3)]

    assert outcomes == [Rotated(2), Rotated(3), Rotated(4)]


@pytest.mark.parametrize("generation", [1, 2, 99])
def test_a_refresh_token_of_another_generation_is_a_copy_somebody_kept(
    session: Session,
    opened: SessionId,
    now: datetime,
    generation: int,
) -> None:
    refreshing.rotate(session, opened, 1, now)
    refreshing.rotate(session, opened, 2, now)

    assert refreshing.rotate(session, opened, generation, now) == Reused()


def test_a_session_ends_with_its_refresh_tokens_lifetime(
    session: Session,
    cipher: PiiCipher,
    opened: SessionId,
    now: datetime,
) -> None:
    end = now + REFRESH_TOKEN_LIFETIME

    caller = principals.citizen(session, cipher, opened, end - SECOND)

    assert caller.session_id == opened
    with pytest.raises(SessionEnded):
        principals.citizen(session, cipher, opened, end)
    with pytest.raises(SessionEnded):
        refreshing.rotate(session, opened, 1, end)


def test_a_revoked_session_ends_at_once_for_calls_and_for_refreshing(
    session: Session,
    cipher: PiiCipher,
    opened: SessionId,
    now: datetime,
) -> None:
    sessions.revoke(session, opened, now)

    with pytest.raises(SessionEnded):
        principals.citizen(session, cipher, opened, now)
    with pytest.raises(SessionEnded):
        refreshing.rotate(session, opened, 1, now)


def test_a_session_that_never_was_is_over(session: Session, cipher: PiiCipher, now: datetime) -> None:
    unknown = SessionId(new_id())

    with pytest.raises(SessionEnded):
        principals.citizen(session, cipher, unknown, now)
    with pytest.raises(SessionEnded):
        principals.staff_member(session, unknown, now)
    with pytest.raises(SessionEnded):
        sessions.login_of(session, unknown)


def test_a_change_of_level_acts_on_running_sessions(
    session: Session,
    cipher: PiiCipher,
    account: AccountId,
    opened: SessionId,
    now: datetime,
) -> None:
    before = principals.citizen(session, cipher, opened, now).assurance_level
    session.get_one(AccountRow, account).assurance_level = 3
    session.flush()

    assert (before, principals.citizen(session, cipher, opened, now).assurance_level) == (1, 3)


def test_the_platforms_id_of_a_user_lies_sealed_for_its_own_session(
    sandbox: Sandbox,
    session: Session,
    opened: SessionId,
) -> None:
    cipher, login = sandbox.parts.cipher, sessions.login_of(session, opened)

    assert login.subject(cipher, opened) == "li-na"
    assert b"li-na" not in login.subject_sealed
    with pytest.raises(CipherError):
        login.subject(cipher, SessionId(new_id()))


def test_a_staff_session_is_no_citizens_and_the_other_way_round(
    session: Session,
    cipher: PiiCipher,
    opened: SessionId,
    officer: StaffId,
    now: datetime,
) -> None:
    of_staff = sessions.open_for_staff(session, officer, now)

    member = principals.staff_member(session, of_staff, now)

    assert (member.staff_number, member.organisation_code) == ("L001", "library")
    assert member.permissions == {"verify"}
    with pytest.raises(SessionEnded):
        principals.citizen(session, cipher, of_staff, now)
    with pytest.raises(SessionEnded):
        principals.staff_member(session, opened, now)


def test_who_left_the_organisation_is_out_at_once(session: Session, officer: StaffId, now: datetime) -> None:
    of_staff = sessions.open_for_staff(session, officer, now)
    session.get_one(StaffRow, officer).active = False
    session.flush()

    with pytest.raises(SessionEnded):
        principals.staff_member(session, of_staff, now)
