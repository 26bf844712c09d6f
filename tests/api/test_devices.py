"""Devices logged in: listed, logged out one by one or all at once; and how long a login lasts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select

from api.config import Config
from identity.ids import new_id
from identity.sessions import Lifetimes, SessionRow
from tests.sandbox import JSON, Caller, Citizen, Sandbox, Staff, running, words

SESSIONS = "/v1/sessions"
Somebody = TypeVar("Somebody", Citizen, Staff)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.log_in("zhang-wei")


@pytest.fixture
def short_lived(config: Config) -> Iterator[Sandbox]:
    """A sandbox whose citizens are logged out after two idle days and after five in any case; staff sooner."""
    citizens, staff = Lifetimes(2 * DAY, 5 * DAY), Lifetimes(HOUR, 3 * HOUR)
    with running(replace(config, citizen_sessions=citizens, staff_sessions=staff)) as sandbox:
        yield sandbox


def sessions_of(caller: Caller) -> list[JSON]:
    items: list[JSON] = caller.expect(200, "GET", SESSIONS)["items"]
    return items


def current_id(caller: Caller) -> str:
    (current,) = [one["id"] for one in sessions_of(caller) if one["current"]]
    return str(current)


def is_logged_in(caller: Caller) -> bool:
    return caller.get(SESSIONS).status_code == 200


def refreshed(caller: Somebody) -> Somebody:
    bearer = Caller(caller.app, caller.refresh_token)
    answer = bearer.expect(200, "POST", "/v1/sessions/refresh")
    return replace(caller, token=answer["access_token"], refresh_token=answer["refresh_token"])


def refuses_refresh(caller: Citizen | Staff) -> bool:
    return Caller(caller.app, caller.refresh_token).post("/v1/sessions/refresh").status_code == 401


def test_a_person_sees_each_device_with_its_name_and_which_one_this_is(sandbox: Sandbox) -> None:
    body = {"provider": "sandbox", "code": "zhang-wei"}
    device = {"name": "张伟的手机", "platform": "wechat"}
    sandbox.anybody.expect(201, "POST", SESSIONS, json=body | {"device": device})

    newest, oldest = sessions_of(sandbox.log_in("zhang-wei"))

    assert (newest["device"], newest["current"]) == ({"name": None, "platform": None}, True)
    assert (oldest["device"], oldest["current"]) == (device, False)
    assert {newest["provider"], oldest["provider"]} == {"sandbox"}
    assert oldest["created_at"] == oldest["last_used_at"]
    assert (oldest["created_at"][:16], oldest["expires_at"][:16]) == ("2026-11-22T02:00", "2026-12-22T02:00")


def test_a_devices_name_lies_sealed(sandbox: Sandbox) -> None:
    body = {"provider": "sandbox", "code": "zhang-wei", "device": {"name": "张伟的手机"}}
    sandbox.anybody.expect(201, "POST", SESSIONS, json=body)

    with sandbox.parts.database.read() as session:
        sealed = session.scalars(select(SessionRow.device_name_sealed)).all()

    assert len(sealed) == 1
    assert sealed[0]
    assert "张伟".encode() not in sealed[0]


def test_devices_come_in_pages(sandbox: Sandbox) -> None:
    *_, newest = [sandbox.log_in("zhang-wei") for _ in range(3)]

    first = newest.expect(200, "GET", f"{SESSIONS}?limit=2")
    second = newest.expect(200, "GET", f"{SESSIONS}?limit=2&cursor={first['next_cursor']}")

    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (2, 1, None)
    assert words(first["items"] + second["items"], "id") == words(sessions_of(newest), "id")


def test_a_refresh_is_the_last_use(sandbox: Sandbox, citizen: Citizen) -> None:
    sandbox.pass_time(HOUR)

    (seen,) = sessions_of(refreshed(citizen))

    assert (seen["created_at"][:16], seen["last_used_at"][:16]) == ("2026-11-22T02:00", "2026-11-22T03:00")


def test_asking_for_something_writes_nothing(sandbox: Sandbox, citizen: Citizen) -> None:
    before = sessions_of(citizen)
    sandbox.pass_time(timedelta(minutes=20))

    citizen.expect(200, "GET", "/v1/account")

    assert sessions_of(citizen) == before


def test_a_revoked_device_is_out_at_once_and_gone_from_the_list(sandbox: Sandbox, citizen: Citizen) -> None:
    lost = sandbox.log_in("zhang-wei")

    ended = citizen.expect(200, "POST", f"{SESSIONS}/{current_id(lost)}/revoke")

    assert ended["revoked_at"]
    assert not is_logged_in(lost)
    assert refuses_refresh(lost)
    assert words(sessions_of(citizen), "id") == [current_id(citizen)]


def test_a_device_can_be_revoked_again_without_a_change(sandbox: Sandbox, citizen: Citizen) -> None:
    path = f"{SESSIONS}/{current_id(sandbox.log_in('zhang-wei'))}/revoke"
    first = citizen.expect(200, "POST", path)
    sandbox.pass_time(timedelta(minutes=1))

    assert citizen.expect(200, "POST", path) == first


def test_logging_out_is_revoking_ones_own_session(citizen: Citizen) -> None:
    citizen.expect(200, "POST", f"{SESSIONS}/{current_id(citizen)}/revoke")

    assert not is_logged_in(citizen)


def test_all_are_revoked_with_this_one_unless_it_is_to_be_kept(sandbox: Sandbox, citizen: Citizen) -> None:
    others = [sandbox.log_in("zhang-wei") for _ in range(2)]

    kept = citizen.expect(200, "POST", f"{SESSIONS}/revoke-all", json={"keep_current": True})
    after_kept = [is_logged_in(one) for one in (*others, citizen)]
    all_of_them = citizen.expect(200, "POST", f"{SESSIONS}/revoke-all")

    assert (kept, after_kept) == ({"revoked": 2}, [False, False, True])
    assert all_of_them == {"revoked": 1}
    assert not is_logged_in(citizen)
    assert is_logged_in(sandbox.log_in("zhang-wei"))


def test_another_persons_device_is_as_if_it_were_not(sandbox: Sandbox, citizen: Citizen) -> None:
    other = sandbox.log_in("li-na")

    for session_id in (current_id(other), new_id()):
        citizen.refused(404, "session-not-found", "POST", f"{SESSIONS}/{session_id}/revoke")
    citizen.expect(200, "POST", f"{SESSIONS}/revoke-all")

    assert is_logged_in(other)


def test_staff_see_and_revoke_their_own_devices(sandbox: Sandbox, citizen: Citizen) -> None:
    terminal, tablet, colleague = sandbox.staff(), sandbox.staff(), sandbox.staff("hotel", "H001")

    tablet.expect(200, "POST", f"{SESSIONS}/{current_id(terminal)}/revoke")

    tablet.refused(404, "session-not-found", "POST", f"{SESSIONS}/{current_id(colleague)}/revoke")
    tablet.refused(404, "session-not-found", "POST", f"{SESSIONS}/{current_id(citizen)}/revoke")
    assert [is_logged_in(one) for one in (terminal, tablet, colleague, citizen)] == [False, True, True, True]
    assert words(sessions_of(tablet), "provider") == [None]


def test_a_login_that_is_not_used_ends_and_one_that_is_used_goes_on(short_lived: Sandbox) -> None:
    idle, used = short_lived.log_in("zhang-wei"), short_lived.log_in("zhang-wei")
    short_lived.pass_time(2 * DAY - HOUR)
    used = refreshed(used)
    short_lived.pass_time(HOUR)

    assert refuses_refresh(idle)
    assert is_logged_in(refreshed(used))


def test_however_much_it_is_used_a_login_ends_some_day(short_lived: Sandbox) -> None:
    citizen = short_lived.log_in("zhang-wei")
    for _ in range(4):
        short_lived.pass_time(DAY)
        citizen = refreshed(citizen)
    (seen,) = sessions_of(citizen)
    short_lived.pass_time(DAY)

    assert seen["expires_at"][:16] == "2026-11-27T02:00"
    assert refuses_refresh(citizen)


def test_staff_have_limits_of_their_own(short_lived: Sandbox) -> None:
    idle, officer = short_lived.staff(), refreshed(short_lived.staff())
    for _ in range(3):
        short_lived.pass_time(timedelta(minutes=59))
        officer = refreshed(officer)
    idle_ended = refuses_refresh(idle)
    short_lived.pass_time(timedelta(minutes=3))

    assert idle_ended
    assert refuses_refresh(officer)


def test_by_default_a_refresh_token_lives_for_thirty_days(sandbox: Sandbox) -> None:
    config = sandbox.parts.config

    assert config.citizen_sessions.idle == config.staff_sessions.idle == 30 * DAY


@pytest.mark.parametrize("date", ["Sun, 22 Nov 2026 01:00:00 GMT", "Sun, 22 Nov 2026 03:00:00 GMT"])
def test_a_phone_whose_clock_is_an_hour_off_stays_logged_in(citizen: Citizen, date: str) -> None:
    headers = {"Date": date, "If-Modified-Since": date}

    assert citizen.get("/v1/account", headers=headers).status_code == 200
    bearer = Caller(citizen.app, citizen.refresh_token)
    assert bearer.post("/v1/sessions/refresh", headers=headers).get_json()["expires_in"] == 1800
