"""The second factor of staff: TOTP (RFC 6238), each code once."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import update

from identity.staff import OrganisationRow, StaffRow
from identity.staffing import totp
from tests.sandbox import JSON, Caller, Sandbox, Staff, at_once

LOGIN = {"organisation_code": "traffic-police", "staff_number": "V001", "password": "sandbox-V001"}
LOGINS, TOTP = "/v1/staff/sessions", "/v1/staff/totp"
STEP = timedelta(seconds=30)


@pytest.fixture
def officer(sandbox: Sandbox) -> Staff:
    return sandbox.staff()


def code(sandbox: Sandbox, secret: str, steps: int = 0) -> str:
    """Return what an authenticator app shows now, or some steps away."""
    return pyotp.TOTP(secret).at(sandbox.now() + steps * STEP)


def enrolled(sandbox: Sandbox, officer: Caller) -> str:
    """Enrol, confirm, and go on to a step whose code is unused; return the secret."""
    secret: str = officer.expect(201, "POST", TOTP)["secret"]
    officer.expect(200, "POST", f"{TOTP}/confirm", json={"code": code(sandbox, secret)})
    sandbox.pass_time(2 * STEP)
    return secret


def log_in(sandbox: Sandbox, secret: str, steps: int = 0) -> JSON:
    return sandbox.anybody.expect(201, "POST", LOGINS, json=LOGIN | {"totp": code(sandbox, secret, steps)})


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ],
)
def test_codes_are_those_of_the_rfc(sandbox: Sandbox, officer: Staff, at: int, shown: str) -> None:
    cipher, now = sandbox.parts.cipher, datetime.fromtimestamp(at, UTC)
    staff_id = officer.expect(200, "GET", "/v1/staff/account")["id"]
    sealed = totp.seal(cipher, staff_id, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")

    with sandbox.parts.database.write() as session:
        row = session.get_one(StaffRow, staff_id)
        row.totp_sealed = sealed
        session.flush()
        accepted = [totp.accept(session, cipher, row, shown, now) for _ in range(2)]

    assert accepted == [True, False]


def test_a_second_factor_counts_from_its_confirmation(sandbox: Sandbox, officer: Staff) -> None:
    enrolment = officer.expect(201, "POST", TOTP)
    sandbox.anybody.expect(201, "POST", LOGINS, json=LOGIN)

    confirmed = officer.expect(
        200, "POST", f"{TOTP}/confirm", json={"code": code(sandbox, enrolment["secret"])}
    )

    assert confirmed["totp_enrolled"] is True
    assert enrolment["otpauth_uri"].startswith("otpauth://totp/")
    assert enrolment["secret"] in enrolment["otpauth_uri"]
    sandbox.anybody.refused(401, "totp-required", "POST", LOGINS, json=LOGIN)


def test_with_it_staff_log_in_and_without_it_they_are_told_only_after_the_right_password(
    sandbox: Sandbox, officer: Staff
) -> None:
    secret = enrolled(sandbox, officer)

    sandbox.anybody.refused(401, "totp-required", "POST", LOGINS, json=LOGIN)
    wrong = LOGIN | {"password": "wrong", "totp": code(sandbox, secret)}
    sandbox.anybody.refused(401, "invalid-credentials", "POST", LOGINS, json=wrong)
    sandbox.anybody.refused(401, "invalid-credentials", "POST", LOGINS, json=LOGIN | {"password": "wrong"})

    assert log_in(sandbox, secret)["staff"]["totp_enrolled"] is True


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_one_step_off(sandbox: Sandbox, officer: Staff, steps: int) -> None:
    secret = enrolled(sandbox, officer)

    log_in(sandbox, secret, steps)


@pytest.mark.parametrize("steps", [-3, 3, 120])
def test_but_no_more(sandbox: Sandbox, officer: Staff, steps: int) -> None:
    secret = enrolled(sandbox, officer)

    body = LOGIN | {"totp": code(sandbox, secret, steps)}
    sandbox.anybody.refused(401, "totp-refused", "POST", LOGINS, json=body)


def test_a_code_is_accepted_once(sandbox: Sandbox, officer: Staff) -> None:
    secret = enrolled(sandbox, officer)
    body = LOGIN | {"totp": code(sandbox, secret)}
    sandbox.anybody.expect(201, "POST", LOGINS, json=body)

    sandbox.anybody.refused(401, "totp-refused", "POST", LOGINS, json=body)


def test_a_code_sent_four_times_at_once_is_accepted_once(sandbox: Sandbox, officer: Staff) -> None:
    secret = enrolled(sandbox, officer)
    body = LOGIN | {"totp": code(sandbox, secret)}

    answers = at_once(*[lambda: sandbox.anybody.post(LOGINS, body).status_code] * 4)

    assert sorted(answers) == [201, 401, 401, 401]


def test_an_older_code_is_not_accepted_after_a_newer_one(sandbox: Sandbox, officer: Staff) -> None:
    secret = enrolled(sandbox, officer)
    log_in(sandbox, secret, 1)

    body = LOGIN | {"totp": code(sandbox, secret)}
    sandbox.anybody.refused(401, "totp-refused", "POST", LOGINS, json=body)


@pytest.mark.parametrize("junk", ["000000", "12345", "1234567", "abcdef", "１２３４５６", "-12345"])
def test_wrong_codes_lock_like_wrong_passwords(sandbox: Sandbox, officer: Staff, junk: str) -> None:
    enrolled(sandbox, officer)
    body = LOGIN | {"totp": junk}
    for _ in range(5):
        sandbox.anybody.refused(401, "totp-refused", "POST", LOGINS, json=body)

    sandbox.anybody.refused(429, "staff-locked", "POST", LOGINS, json=body)


def test_confirming_needs_a_code_of_the_newest_secret(sandbox: Sandbox, officer: Staff) -> None:
    confirm = f"{TOTP}/confirm"
    officer.refused(409, "totp-not-enrolled", "POST", confirm, json={"code": "123456"})
    former = officer.expect(201, "POST", TOTP)["secret"]
    newest = officer.expect(201, "POST", TOTP)["secret"]

    officer.refused(401, "totp-refused", "POST", confirm, json={"code": code(sandbox, former)})
    officer.expect(200, "POST", confirm, json={"code": code(sandbox, newest)})

    officer.refused(409, "totp-already-enrolled", "POST", TOTP)
    officer.refused(409, "totp-already-enrolled", "POST", confirm, json={"code": code(sandbox, newest)})


def test_taking_it_away_needs_password_and_code(sandbox: Sandbox, officer: Staff) -> None:
    disable = f"{TOTP}/disable"
    officer.refused(409, "totp-not-enrolled", "POST", disable, json={"password": "sandbox-V001", "code": "1"})
    secret = enrolled(sandbox, officer)
    right = {"password": "sandbox-V001", "code": code(sandbox, secret)}

    officer.refused(422, "validation-failed", "POST", disable, json=right | {"password": "wrong"})
    officer.refused(401, "totp-refused", "POST", disable, json=right | {"code": "000000"})
    answer = officer.expect(200, "POST", disable, json=right)

    assert answer["totp_enrolled"] is False
    sandbox.anybody.expect(201, "POST", LOGINS, json=LOGIN)


def test_where_the_organisation_asks_for_it_nothing_goes_without(sandbox: Sandbox, officer: Staff) -> None:
    with sandbox.parts.database.write() as session:
        session.execute(
            update(OrganisationRow).where(OrganisationRow.code == "traffic-police").values(totp_required=True)
        )

    officer.refused(403, "totp-enrolment-required", "GET", "/v1/verifications")
    sandbox.staff("hotel", "H001").expect(200, "GET", "/v1/verifications")
    enrolled(sandbox, officer)

    officer.expect(200, "GET", "/v1/verifications")


def test_enrolling_ends_the_sessions_that_were_opened_without_it(sandbox: Sandbox, officer: Staff) -> None:
    elsewhere = sandbox.staff()

    enrolled(sandbox, officer)

    elsewhere.refused(401, "unauthenticated", "GET", "/v1/verifications")


def test_the_secret_lies_sealed(sandbox: Sandbox, officer: Staff) -> None:
    secret = enrolled(sandbox, officer)
    staff_id = officer.expect(200, "GET", "/v1/staff/account")["id"]

    with sandbox.parts.database.read() as session:
        sealed = session.get_one(StaffRow, staff_id).totp_sealed or b""

    assert sealed
    assert secret.encode() not in sealed
