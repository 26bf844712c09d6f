"""Check codes: eight digits for people who can't show a QR, and few guesses at them."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.sandbox import JSON, Citizen, Sandbox, Staff, at_once
from wallet.showing import check_codes
from wallet.showing.models import CheckCodeMissRow, CheckCodeRow

KIND = "DRIVING_LICENCE"
PATH = "/v1/verifications"


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


@pytest.fixture
def officer(sandbox: Sandbox) -> Staff:
    return sandbox.staff()


def read_out(staff: Staff, code: str) -> JSON:
    return staff.expect(200, "POST", PATH, json={"check_code": code})


def wrong_for(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


def test_a_code_stands_for_its_token_and_waits_for_the_holder(citizen: Citizen, officer: Staff) -> None:
    shown = citizen.show(KIND, check_code=True)

    seen = read_out(officer, shown["check_code"])
    citizen.expect(200, "POST", f"/v1/show-tokens/{shown['id']}/confirm")

    assert (len(shown["check_code"]), shown["check_code"].isdigit(), shown["mode"]) == (8, True, "confirm")
    assert (seen["outcome"], seen["holder"]) == ("pending", None)
    assert officer.expect(200, "GET", f"{PATH}/{seen['id']}")["outcome"] == "accepted"


def test_the_holder_is_told_who_asks_and_for_what(citizen: Citizen, officer: Staff) -> None:
    read_out(officer, citizen.show(KIND, check_code=True)["check_code"])

    (notice,) = citizen.expect(200, "GET", "/v1/notices")["items"]

    assert notice["kind"] == "confirmation_asked"
    assert notice["about"] == {"organisation": "测试市公安局交通管理局", "licence": "机动车驾驶证"}


def test_code_and_qr_are_one_use(citizen: Citizen, officer: Staff) -> None:
    shown = citizen.show(KIND, check_code=True)
    first = read_out(officer, shown["check_code"])

    again = officer.scan(shown["qr_text"])

    assert (again["reason"], again["used_by_you"], again["verification_id"]) == ("used", True, first["id"])


def test_a_code_ends_with_its_token(sandbox: Sandbox, citizen: Citizen, officer: Staff) -> None:
    shown = citizen.show(KIND, check_code=True)
    sandbox.pass_time(timedelta(seconds=60))

    assert read_out(officer, shown["check_code"])["reason"] == "expired"


def test_a_code_is_stored_as_an_hmac_and_kept_taken_for_a_day(
    sandbox: Sandbox, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = iter([7, 7, 8, 7])
    monkeypatch.setattr("wallet.showing.check_codes.secrets.randbelow", lambda _below: next(draws))

    first = citizen.show(KIND, check_code=True)["check_code"]
    second = citizen.show(KIND, check_code=True)["check_code"]
    sandbox.pass_time(timedelta(days=1))
    third = sandbox.log_in("zhang-wei").show(KIND, check_code=True)["check_code"]

    assert (first, second, third) == ("00000007", "00000008", "00000007")
    with sandbox.parts.database.read() as session:
        stored = session.scalars(select(CheckCodeRow.code_hmac)).all()
    assert [len(one) for one in stored] == [32]


@pytest.mark.parametrize("body", [{}, {"qr_text": "x", "check_code": "12345678"}, {"check_code": "1234567"}])
def test_a_scan_is_of_a_qr_or_of_a_code(officer: Staff, body: JSON) -> None:
    officer.refused(422, "validation-failed", "POST", PATH, json=body)


def test_no_code_is_given_out_for_showing_offline(citizen: Citizen) -> None:
    path = f"/v1/licences/{citizen.licence(KIND)['id']}/show-tokens"

    citizen.refused(422, "validation-failed", "POST", path, json={"mode": "offline", "check_code": True})


def test_five_wrong_codes_a_minute_lock_the_verifier_even_for_a_right_one(
    sandbox: Sandbox, citizen: Citizen, officer: Staff
) -> None:
    shown = citizen.show(KIND, check_code=True, lifetime_seconds=300)
    wrong = wrong_for(shown["check_code"])
    assert [read_out(officer, wrong)["reason"] for _ in range(5)] == ["unknown_code"] * 5

    locked = officer.post(PATH, json={"check_code": shown["check_code"]})
    officer.scan(citizen.show(KIND)["qr_text"])
    sandbox.pass_time(timedelta(seconds=61))

    assert (locked.status_code, locked.get_json()["code"]) == (429, "check-code-locked")
    assert 1 <= int(locked.headers["Retry-After"]) <= 61
    assert read_out(officer, shown["check_code"])["outcome"] == "pending"


def missed(sandbox: Sandbox, count: int) -> None:
    """Let a verifier's one miss be many, spread over the hours before."""
    now = sandbox.now()
    with sandbox.parts.database.write() as session:
        one = session.scalars(select(CheckCodeMissRow)).one()
        session.execute(update(CheckCodeMissRow).values(at=now - timedelta(hours=2)))
        for place in range(1, count):
            session.add(
                CheckCodeMissRow(
                    id=f"01970000-0000-7000-8000-{place:012}",
                    staff_id=one.staff_id,
                    organisation_id=one.organisation_id,
                    at=now - timedelta(hours=2, minutes=place),
                )
            )


def test_twenty_wrong_codes_a_day_lock_the_verifier(sandbox: Sandbox, officer: Staff) -> None:
    read_out(officer, "12345678")
    missed(sandbox, 20)

    locked = officer.post(PATH, json={"check_code": "12345678"})

    assert (locked.status_code, locked.get_json()["code"]) == (429, "check-code-locked")
    assert 20 * 3600 < int(locked.headers["Retry-After"]) <= 22 * 3600


def test_a_hundred_wrong_codes_a_day_lock_a_verifiers_colleagues(sandbox: Sandbox, officer: Staff) -> None:
    read_out(officer, "12345678")
    missed(sandbox, 99)
    with sandbox.parts.database.write() as session:
        colleague = session.scalars(select(CheckCodeMissRow)).first()
        assert colleague is not None
    assert len(set(check_codes.OF_ORGANISATION)) == 1

    first = officer.post(PATH, json={"check_code": "12345678"})

    assert first.status_code == 429


def test_nobody_races_past_the_limit(sandbox: Sandbox, officer: Staff) -> None:
    answers = at_once(*[lambda: officer.post(PATH, json={"check_code": "12345678"})] * 12)

    assert Counter(answer.status_code for answer in answers) == {200: 5, 429: 7}
    with sandbox.parts.database.read() as session:
        assert len(session.scalars(select(CheckCodeMissRow)).all()) == 5
