"""Logging in as staff."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest

from identity.staffing.passwords import Passwords
from tests.interleaving import after_first_call
from tests.sandbox import Caller, Sandbox, Staff, told

LOGIN = {"organisation_code": "traffic-police", "staff_number": "V001", "password": "sandbox-V001"}


def test_staff_log_in_with_number_and_password_and_learn_what_they_may_do(sandbox: Sandbox) -> None:
    answer = sandbox.anybody.expect(201, "POST", "/v1/staff/sessions", json=LOGIN)

    assert answer["account"] is None
    assert answer["staff"]["organisation"] == {"code": "traffic-police", "name": "测试市公安局交通管理局"}
    assert (answer["staff"]["staff_number"], answer["staff"]["permissions"]) == ("V001", ["verify"])


def test_everybody_on_the_list_of_staff_can_log_in(sandbox: Sandbox) -> None:
    listed = sandbox.anybody.expect(200, "GET", "/v1/sandbox/personas")["staff"]

    for member in listed:
        body = {name: member[name] for name in LOGIN}
        answer = sandbox.anybody.expect(201, "POST", "/v1/staff/sessions", json=body)

        assert answer["staff"]["permissions"] == member["permissions"]


def changes_the_password(_sandbox: Sandbox, officer: Staff) -> None:
    body = {"old_password": "sandbox-S001", "new_password": "three blue cats on a sill"}
    officer.expect(200, "POST", "/v1/staff/password", json=body)


def confirms_a_second_factor(sandbox: Sandbox, officer: Staff) -> None:
    secret = officer.expect(201, "POST", "/v1/staff/totp")["secret"]
    body = {"code": pyotp.TOTP(secret).at(sandbox.now())}
    officer.expect(200, "POST", "/v1/staff/totp/confirm", json=body)


def leaves(sandbox: Sandbox, officer: Staff) -> None:
    member = officer.expect(200, "GET", "/v1/staff/account")["id"]
    sandbox.staff("service-hall", "S006").expect(
        200, "POST", f"/v1/staff/members/{member}/deactivate", json={}
    )


@pytest.mark.parametrize("acts", [changes_the_password, confirms_a_second_factor, leaves])
def test_what_ends_sessions_while_a_password_is_compared_lets_none_begin(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, acts: Callable[[Sandbox, Staff], None]
) -> None:
    login = LOGIN | {"organisation_code": "service-hall", "staff_number": "S001", "password": "sandbox-S001"}
    officer = sandbox.staff("service-hall", "S001")
    after_first_call(monkeypatch, Passwords, "matches", lambda: acts(sandbox, officer))

    sandbox.anybody.refused(401, "invalid-credentials", "POST", "/v1/staff/sessions", json=login)


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "sandbox-V002"},
        {"password": "SANDBOX-V001"},
        {"password": "sandbox-V001 "},
        {"staff_number": "V999"},
        {"staff_number": "H001"},
        {"organisation_code": "hotel"},
        {"organisation_code": "nowhere"},
    ],
)
def test_a_wrong_password_number_or_organisation_is_refused_without_saying_which(
    sandbox: Sandbox,
    wrong: dict[str, str],
) -> None:
    somebody_unknown = LOGIN | {"staff_number": "X000", "password": "x"}

    problem = sandbox.anybody.refused(
        401, "invalid-credentials", "POST", "/v1/staff/sessions", json=LOGIN | wrong
    )
    other = sandbox.anybody.refused(
        401, "invalid-credentials", "POST", "/v1/staff/sessions", json=somebody_unknown
    )

    assert told(problem) == told(other)


def test_a_staff_refresh_token_rotates_and_its_reuse_ends_the_session(sandbox: Sandbox) -> None:
    officer = sandbox.staff()
    bearer = Caller(officer.app, officer.refresh_token)
    renewed = bearer.expect(200, "POST", "/v1/sessions/refresh")

    bearer.refused(401, "refresh-token-reused", "POST", "/v1/sessions/refresh")

    assert renewed["staff"]["staff_number"] == "V001"
    ended = Caller(officer.app, renewed["access_token"])
    ended.refused(401, "unauthenticated", "GET", "/v1/verifications")


def test_a_staff_access_token_ends_after_thirty_minutes(sandbox: Sandbox) -> None:
    officer = sandbox.staff()
    sandbox.pass_time(timedelta(minutes=30))

    officer.refused(401, "unauthenticated", "GET", "/v1/verifications")


def test_a_citizens_token_opens_no_staff_route(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")

    citizen.refused(403, "forbidden", "POST", "/v1/verifications", json={"qr_text": "x"})

    citizen.refused(403, "forbidden", "GET", "/v1/verifications")


@pytest.mark.parametrize("path", ["/v1/account", "/v1/licences", "/v1/access-records", "/v1/hot-services"])
def test_a_staff_token_opens_no_citizens_route(sandbox: Sandbox, path: str) -> None:
    officer = sandbox.staff()

    officer.refused(403, "forbidden", "GET", path)


def test_staff_without_the_permission_to_verify_cannot(sandbox: Sandbox) -> None:
    clerk = sandbox.staff("service-hall", "S002")

    clerk.refused(403, "forbidden", "POST", "/v1/verifications", json={"qr_text": "x"})
