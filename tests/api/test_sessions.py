"""Logging in as a citizen, and staying logged in: refresh tokens rotate, and a reused one ends the session."""

from datetime import timedelta

import pytest

from tests.sandbox import JSON, Caller, Citizen, Sandbox, told

KEY = {"Idempotency-Key": "refresh-1"}


def refresh(bearer: Caller, token: str, **kwargs: JSON) -> JSON:
    return Caller(bearer.app, token).expect(200, "POST", "/v1/sessions/refresh", **kwargs)


def refuse_refresh(bearer: Caller, token: str, code: str) -> JSON:
    return Caller(bearer.app, token).refused(401, code, "POST", "/v1/sessions/refresh")


def is_logged_in(app_of: Caller, access_token: str) -> bool:
    response = Caller(app_of.app, access_token).get("/v1/account")
    assert response.status_code in {200, 401}
    return response.status_code == 200


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.log_in("zhang-wei")


def test_a_first_login_opens_an_account_of_level_1_without_a_real_name(citizen: Citizen) -> None:
    account = citizen.expect(200, "GET", "/v1/account")

    assert account == citizen.account
    assert (account["assurance_level"], account["real_name"]) == (1, None)
    assert (account["acting_for"], account["memberships"], account["dependants"]) == (None, [], [])


def test_a_login_hands_out_bearer_tokens_for_thirty_minutes(sandbox: Sandbox) -> None:
    body = {"provider": "sandbox", "code": "li-na", "device": {"name": "华为 Mate 70", "platform": "wechat"}}

    answer = sandbox.anybody.expect(201, "POST", "/v1/sessions", json=body)

    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 1800)


def test_the_same_login_comes_back_to_its_account(sandbox: Sandbox, citizen: Citizen) -> None:
    again = sandbox.log_in("zhang-wei")

    assert again.account == citizen.account


def test_a_second_login_of_a_person_is_another_account(sandbox: Sandbox, citizen: Citizen) -> None:
    second = sandbox.log_in("zhang-wei#2")

    assert second.account is not None
    assert citizen.account is not None
    assert second.account["id"] != citizen.account["id"]


@pytest.mark.parametrize("code", ["nobody", "zhang-wei#zwei", "#2", "ZHANG-WEI", "张伟", "zhang-wei "])
def test_an_unknown_login_code_is_refused(sandbox: Sandbox, code: str) -> None:
    body = {"provider": "sandbox", "code": code}

    sandbox.anybody.refused(401, "login-refused", "POST", "/v1/sessions", json=body)


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
def test_a_platform_that_is_not_set_up_here_is_refused_as_such(sandbox: Sandbox, provider: str) -> None:
    body = {"provider": provider, "code": "021abc"}

    sandbox.anybody.refused(422, "provider-not-configured", "POST", "/v1/sessions", json=body)


def test_a_platform_that_does_not_exist_is_a_wrong_field(sandbox: Sandbox) -> None:
    body = {"provider": "myspace", "code": "021abc"}

    problem = sandbox.anybody.refused(422, "validation-failed", "POST", "/v1/sessions", json=body)

    assert list(problem["errors"]) == ["provider"]


def test_a_refresh_hands_out_new_tokens_and_the_account(citizen: Citizen) -> None:
    answer = refresh(citizen, citizen.refresh_token)

    assert answer["refresh_token"] != citizen.refresh_token
    assert answer["account"] == citizen.account
    assert is_logged_in(citizen, answer["access_token"])


def test_each_new_refresh_token_works_in_its_turn(citizen: Citizen) -> None:
    token = citizen.refresh_token

    for _ in range(3):
        token = refresh(citizen, token)["refresh_token"]

    assert is_logged_in(citizen, refresh(citizen, token)["access_token"])


def test_a_refresh_token_used_twice_ends_the_session_with_every_token_of_it(citizen: Citizen) -> None:
    newest = refresh(citizen, citizen.refresh_token)

    refuse_refresh(citizen, citizen.refresh_token, "refresh-token-reused")

    assert not is_logged_in(citizen, newest["access_token"])
    assert not is_logged_in(citizen, citizen.token or "")
    refuse_refresh(citizen, newest["refresh_token"], "unauthenticated")


def test_a_reused_refresh_token_leaves_the_persons_other_devices_alone(
    sandbox: Sandbox,
    citizen: Citizen,
) -> None:
    other_device = sandbox.log_in("zhang-wei")
    refresh(citizen, citizen.refresh_token)

    refuse_refresh(citizen, citizen.refresh_token, "refresh-token-reused")

    assert is_logged_in(citizen, other_device.token or "")


def test_a_refresh_retried_with_its_key_within_a_minute_gets_the_same_tokens(
    sandbox: Sandbox,
    citizen: Citizen,
) -> None:
    first = refresh(citizen, citizen.refresh_token, headers=KEY)
    sandbox.pass_time(timedelta(seconds=50))

    again = refresh(citizen, citizen.refresh_token, headers=KEY)

    assert again == first
    assert is_logged_in(citizen, again["access_token"])


def test_a_refresh_retried_with_its_key_after_a_minute_ends_the_session(
    sandbox: Sandbox,
    citizen: Citizen,
) -> None:
    first = refresh(citizen, citizen.refresh_token, headers=KEY)
    sandbox.pass_time(timedelta(seconds=61))

    bearer = Caller(citizen.app, citizen.refresh_token)
    bearer.refused(401, "refresh-token-reused", "POST", "/v1/sessions/refresh", headers=KEY)

    assert not is_logged_in(citizen, first["access_token"])


def test_an_access_token_works_for_thirty_minutes_and_not_longer(sandbox: Sandbox, citizen: Citizen) -> None:
    sandbox.pass_time(timedelta(minutes=29))
    before = is_logged_in(citizen, citizen.token or "")
    sandbox.pass_time(timedelta(minutes=1))

    after = is_logged_in(citizen, citizen.token or "")

    assert (before, after) == (True, False)


def test_a_refresh_token_outlives_its_access_token_by_days(sandbox: Sandbox, citizen: Citizen) -> None:
    sandbox.pass_time(timedelta(days=29))

    answer = refresh(citizen, citizen.refresh_token)

    assert is_logged_in(citizen, answer["access_token"])


def test_a_refresh_token_ends_after_thirty_days(sandbox: Sandbox, citizen: Citizen) -> None:
    sandbox.pass_time(timedelta(days=30, seconds=1))

    refuse_refresh(citizen, citizen.refresh_token, "unauthenticated")


def test_a_refresh_token_does_not_open_a_route_and_an_access_token_does_not_refresh(
    citizen: Citizen,
) -> None:
    as_access = Caller(citizen.app, citizen.refresh_token)

    as_access.refused(401, "unauthenticated", "GET", "/v1/account")

    refuse_refresh(citizen, citizen.token or "", "unauthenticated")


def test_a_change_of_level_acts_on_running_tokens(citizen: Citizen) -> None:
    citizen.refused(403, "assurance-level-required", "GET", "/v1/licences")

    citizen.bind()

    assert citizen.licences() == []


def test_an_expired_session_and_a_missing_token_are_told_alike(sandbox: Sandbox, citizen: Citizen) -> None:
    sandbox.pass_time(timedelta(hours=1))

    expired = citizen.refused(401, "unauthenticated", "GET", "/v1/account")
    missing = sandbox.anybody.refused(401, "unauthenticated", "GET", "/v1/account")

    assert told(expired) == told(missing)
