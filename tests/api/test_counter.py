"""A visit to a counter: level 3 without a face, by staff who have seen the person and the document."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from identity.proofs.counter_rows import CounterCheckRow, CounterCodeRow
from tests.sandbox import JSON, Citizen, Sandbox, Staff, at_once, claim_of

CODES, RAISE = "/v1/real-name/counter-codes", "/v1/staff/raise-assurance"
CONSENT = {"consent_version": "1"}


@pytest.fixture
def clerk(sandbox: Sandbox) -> Staff:
    return sandbox.staff_who_may("raise-assurance")


def document_of(code: str) -> JSON:
    return {key: value for key, value in claim_of(code).items() if key != "consent_version"}


def ask(citizen: Citizen, stated: JSON | None = None) -> str:
    code: str = citizen.expect(201, "POST", CODES, json=stated or {})["code"]
    return code


def entry(code: str, persona: str = "zhang-wei", **wrong: str) -> JSON:
    return {"code": code} | document_of(persona) | wrong


def raised(clerk: Staff, code: str, persona: str = "zhang-wei") -> JSON:
    return clerk.expect(200, "POST", RAISE, json=entry(code, persona))


def level(citizen: Citizen) -> int:
    found: int = citizen.expect(200, "GET", "/v1/account")["assurance_level"]
    return found


def test_a_bound_citizen_is_raised_with_a_running_token_and_told_by_whom(
    sandbox: Sandbox,
    clerk: Staff,
) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()

    answer = raised(clerk, ask(citizen))

    assert answer["assurance_level"] == level(citizen) == 3
    assert (answer["name_masked"], answer["id_number_masked"]) == ("*伟", "1000**********0119")
    (notice,) = citizen.expect(200, "GET", "/v1/notices")["items"]
    assert (notice["kind"], notice["about"]) == ("assurance_raised", {"organisation": "测试市政务服务大厅"})


def test_who_raised_whom_and_when_is_on_record(sandbox: Sandbox, clerk: Staff) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()

    answer = raised(clerk, ask(citizen))

    with sandbox.parts.database.read() as session:
        (record,) = session.scalars(select(CounterCheckRow)).all()
    assert citizen.account is not None
    assert (record.id, record.account_id) == (answer["id"], citizen.account["id"])
    assert record.staff_id
    export = citizen.expect(200, "GET", "/v1/account/export")
    assert [one["organisation"] for one in export["counter_checks"]] == ["测试市政务服务大厅"]


def test_a_login_without_a_real_name_is_bound_at_level_3(sandbox: Sandbox, clerk: Staff) -> None:
    citizen = sandbox.log_in("zhang-wei")
    problem = citizen.refused(422, "validation-failed", "POST", CODES)
    assert list(problem["errors"]) == ["consent_version"]

    raised(clerk, ask(citizen, CONSENT))

    account = citizen.expect(200, "GET", "/v1/account")
    assert (account["assurance_level"], account["real_name"]["name_masked"]) == (3, "*伟")
    citizen.sync()


def test_a_second_login_joins_and_one_without_proof_is_put_out(sandbox: Sandbox, clerk: Staff) -> None:
    unproved = sandbox.log_in("zhang-wei")
    home = unproved.bind()["id"]
    visitor = sandbox.log_in("zhang-wei#2")

    raised(clerk, ask(visitor, CONSENT))

    account = visitor.expect(200, "GET", "/v1/account")
    assert (account["id"], account["assurance_level"]) == (home, 3)
    assert unproved.get("/v1/account").status_code == 401


def test_a_visit_is_a_fresh_proof(sandbox: Sandbox, clerk: Staff) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    raised(clerk, ask(citizen))

    account = citizen.expect(200, "POST", "/v1/real-name/unbind")

    assert account["assurance_level"] == 1


def test_a_code_is_used_once(sandbox: Sandbox, clerk: Staff) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    code = ask(citizen)
    raised(clerk, code)

    clerk.refused(422, "counter-code-unknown", "POST", RAISE, json=entry(code))


def test_of_two_counters_at_once_one_uses_the_code(sandbox: Sandbox, clerk: Staff) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    code = ask(citizen)

    answers = at_once(*[lambda: clerk.post(RAISE, json=entry(code))] * 4)

    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    with sandbox.parts.database.read() as session:
        assert len(session.scalars(select(CounterCheckRow)).all()) == 1


def test_a_code_lives_ten_minutes(sandbox: Sandbox, clerk: Staff) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    code = ask(citizen)
    sandbox.pass_time(timedelta(minutes=11))

    clerk.refused(422, "counter-code-unknown", "POST", RAISE, json=entry(code))

    assert level(citizen) == 2


def test_a_new_code_ends_the_one_before(sandbox: Sandbox, clerk: Staff) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    first, second = ask(citizen), ask(citizen)

    clerk.refused(422, "counter-code-unknown", "POST", RAISE, json=entry(first))

    raised(clerk, second)


def test_a_code_is_read_however_it_is_typed_and_lies_as_an_index(sandbox: Sandbox, clerk: Staff) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    code = ask(citizen)
    with sandbox.parts.database.read() as session:
        (row,) = session.scalars(select(CounterCodeRow)).all()
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in code)

    raised(clerk, f"{full_width[:4]} {full_width[4:]}")

    assert code.encode() not in row.code_index
    assert level(citizen) == 3


@pytest.mark.parametrize("wrong", [document_of("li-na"), {"name": "张维"}, {"id_type": "passport"}])
def test_a_document_of_somebody_else_is_refused_and_the_code_lives_on(
    sandbox: Sandbox,
    clerk: Staff,
    wrong: JSON,
) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    code = ask(citizen)

    clerk.refused(422, "real-name-mismatch", "POST", RAISE, json=entry(code) | wrong)

    assert level(citizen) == 2
    raised(clerk, code)


def test_an_unbound_login_is_held_against_the_population_registry(sandbox: Sandbox, clerk: Staff) -> None:
    citizen = sandbox.log_in("zhang-wei")
    code = ask(citizen, CONSENT)
    clerk.refused(422, "real-name-mismatch", "POST", RAISE, json=entry(code, name="张维"))
    sandbox.break_registry("population")
    clerk.refused(503, "registry-unavailable", "POST", RAISE, json=entry(code))
    sandbox.break_registry("population", "ok")

    raised(clerk, code)

    assert level(citizen) == 3


def test_a_child_under_14_needs_a_guardian_at_the_counter_too(sandbox: Sandbox, clerk: Staff) -> None:
    child = sandbox.log_in("zhang-zimo")
    code = ask(child, CONSENT)

    clerk.refused(403, "guardian-consent-required", "POST", RAISE, json=entry(code, "zhang-zimo"))


def test_five_wrong_codes_a_minute_and_twenty_a_day_lock_the_counter(sandbox: Sandbox, clerk: Staff) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    for _ in range(4):
        for _ in range(5):
            clerk.refused(422, "counter-code-unknown", "POST", RAISE, json=entry("00000000"))
        locked = clerk.post(RAISE, json=entry(ask(citizen)))
        assert (locked.status_code, locked.get_json()["code"]) == (429, "counter-code-locked")
        assert int(locked.headers["Retry-After"]) > 0
        sandbox.pass_time(timedelta(seconds=61))

    code = ask(citizen)
    clerk.refused(429, "counter-code-locked", "POST", RAISE, json=entry(code))

    sandbox.pass_time(timedelta(days=1))
    citizen = sandbox.log_in("zhang-wei")
    raised(sandbox.staff_who_may("raise-assurance"), ask(citizen))


def test_wrong_codes_at_the_same_moment_do_not_slip_past_the_limit(clerk: Staff) -> None:
    answers = at_once(*[lambda: clerk.post(RAISE, json=entry("00000000"))] * 8)

    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 3


@pytest.mark.parametrize(("organisation", "number"), [("traffic-police", "V001"), ("service-hall", "S001")])
def test_only_staff_with_the_permission_raise(sandbox: Sandbox, organisation: str, number: str) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    code = ask(citizen)

    sandbox.staff(organisation, number).refused(403, "forbidden", "POST", RAISE, json=entry(code))
    citizen.refused(403, "forbidden", "POST", RAISE, json=entry(code))

    assert level(citizen) == 2
