"""Staff change their own password; who was given one by somebody else changes it first."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from identity.staff import StaffRow
from identity.staffing.lockout import StaffLoginFailureRow
from tests.sandbox import JSON, Caller, Sandbox, Staff

LOGIN = {"organisation_code": "traffic-police", "staff_number": "V001", "password": "sandbox-V001"}
NEW = "three blue cats on a sill"
LOGINS, PASSWORD = "/v1/staff/sessions", "/v1/staff/password"


def change(officer: Caller, old: str = "sandbox-V001", new: str = NEW) -> JSON:
    return officer.expect(200, "POST", PASSWORD, json={"old_password": old, "new_password": new})


def fail(sandbox: Sandbox, times: int, login: JSON = LOGIN) -> None:
    for _ in range(times):
        sandbox.anybody.refused(
            401, "invalid-credentials", "POST", LOGINS, json=login | {"password": "wrong"}
        )


@pytest.fixture
def officer(sandbox: Sandbox) -> Staff:
    return sandbox.staff()


def test_the_new_password_opens_and_the_old_one_no_longer_does(sandbox: Sandbox, officer: Staff) -> None:
    change(officer)

    sandbox.anybody.refused(401, "invalid-credentials", "POST", LOGINS, json=LOGIN)
    sandbox.anybody.expect(201, "POST", LOGINS, json=LOGIN | {"password": NEW})


def test_changing_it_ends_every_other_session(sandbox: Sandbox, officer: Staff) -> None:
    elsewhere = sandbox.staff()
    somebody_else = sandbox.staff("hotel", "H001")

    change(officer)

    elsewhere.refused(401, "unauthenticated", "GET", "/v1/verifications")
    Caller(sandbox.app, elsewhere.refresh_token).refused(
        401, "unauthenticated", "POST", "/v1/sessions/refresh"
    )
    officer.expect(200, "GET", "/v1/verifications")
    somebody_else.expect(200, "GET", "/v1/verifications")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"old_password": "sandbox-V002", "new_password": NEW}, "old_password"),
        ({"old_password": "sandbox-V001", "new_password": "short"}, "new_password"),
        ({"old_password": "sandbox-V001", "new_password": "traffic-police1"}, "new_password"),
        ({"old_password": "sandbox-V001", "new_password": "password123456"}, "new_password"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_changes(
    sandbox: Sandbox, officer: Staff, body: JSON, field: str
) -> None:
    problem = officer.refused(422, "validation-failed", "POST", PASSWORD, json=body)

    assert list(problem["errors"]) == [field]
    sandbox.anybody.expect(201, "POST", LOGINS, json=LOGIN)


def test_the_password_must_become_another(officer: Staff) -> None:
    change(officer)

    problem = officer.refused(
        422, "validation-failed", "POST", PASSWORD, json={"old_password": NEW, "new_password": NEW}
    )

    assert list(problem["errors"]) == ["new_password"]


def test_an_initial_password_is_good_for_nothing_but_to_be_changed(sandbox: Sandbox) -> None:
    with sandbox.parts.database.write() as session:
        session.execute(update(StaffRow).values(password_is_initial=True))
    answer = sandbox.anybody.expect(201, "POST", LOGINS, json=LOGIN)
    newcomer = Caller(sandbox.app, answer["access_token"])

    newcomer.refused(403, "password-change-required", "GET", "/v1/verifications")
    newcomer.refused(403, "password-change-required", "POST", "/v1/verifications", json={"qr_text": "x"})
    changed = change(newcomer)

    assert answer["staff"]["required_action"] == "password-change"
    assert changed["required_action"] is None
    newcomer.expect(200, "GET", "/v1/verifications")


def test_a_citizen_has_no_staff_settings(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")

    citizen.refused(403, "forbidden", "GET", "/v1/staff/account")
    body = {"old_password": "x", "new_password": NEW}
    citizen.refused(403, "forbidden", "POST", PASSWORD, json=body)
    sandbox.anybody.refused(401, "unauthenticated", "POST", PASSWORD, json=body)


def test_five_failures_lock_for_a_minute_and_each_further_one_for_twice_as_long(sandbox: Sandbox) -> None:
    fail(sandbox, 5)

    locked = sandbox.anybody.post(LOGINS, LOGIN)
    sandbox.pass_time(timedelta(seconds=60))
    fail(sandbox, 1)
    longer = sandbox.anybody.post(LOGINS, LOGIN)

    for answer, seconds in ((locked, 60), (longer, 120)):
        assert (answer.status_code, answer.get_json()["code"]) == (429, "staff-locked")
        assert seconds - 5 <= int(answer.headers["Retry-After"]) <= seconds + 1
    sandbox.pass_time(timedelta(seconds=120))
    sandbox.anybody.expect(201, "POST", LOGINS, json=LOGIN)


def test_logging_in_forgets_the_failures_before_it(sandbox: Sandbox) -> None:
    fail(sandbox, 4)
    sandbox.anybody.expect(201, "POST", LOGINS, json=LOGIN)

    fail(sandbox, 4)

    sandbox.anybody.expect(201, "POST", LOGINS, json=LOGIN)


def test_a_stranger_elsewhere_locks_nobody_out(sandbox: Sandbox) -> None:
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    wrong = LOGIN | {"password": "wrong"}

    answers = [sandbox.anybody.post(LOGINS, wrong, environ_overrides=elsewhere).status_code for _ in range(7)]

    assert answers == [401] * 5 + [429] * 2
    sandbox.anybody.expect(201, "POST", LOGINS, json=LOGIN)


def test_an_account_that_does_not_exist_is_locked_alike(sandbox: Sandbox) -> None:
    nobody = LOGIN | {"staff_number": "X999"}
    fail(sandbox, 5, nobody)
    fail(sandbox, 5)

    unknown = sandbox.anybody.post(LOGINS, nobody)
    known = sandbox.anybody.post(LOGINS, LOGIN | {"password": "wrong"})

    assert unknown.status_code == known.status_code == 429
    assert unknown.get_json()["code"] == known.get_json()["code"] == "staff-locked"


def test_guessing_the_old_password_in_a_stolen_session_is_locked_too(
    sandbox: Sandbox, officer: Staff
) -> None:
    body = {"old_password": "wrong", "new_password": NEW}
    for _ in range(5):
        officer.refused(422, "validation-failed", "POST", PASSWORD, json=body)

    officer.refused(429, "staff-locked", "POST", PASSWORD, json=body)

    sandbox.anybody.refused(429, "staff-locked", "POST", LOGINS, json=LOGIN)


def test_failures_lie_without_account_or_address_and_are_forgotten_in_a_day(sandbox: Sandbox) -> None:
    fail(sandbox, 1)
    sandbox.pass_time(timedelta(days=1, seconds=1))
    fail(sandbox, 1, LOGIN | {"staff_number": "X999"})

    with sandbox.parts.database.read() as session:
        rows = session.scalars(select(StaffLoginFailureRow)).all()

    assert [(row.failures, len(row.id)) for row in rows] == [(1, 32)]
