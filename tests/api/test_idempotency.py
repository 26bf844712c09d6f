"""The same request under the same Idempotency-Key does its work once and gets the first answer again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from api import idempotency as api_idempotency
from identity import idempotency
from tests.sandbox import JSON, Caller, Citizen, Sandbox, Staff, at_once, claim_of
from wallet.showing.models import AccessRecordRow, ShowTokenRow

KIND = "DRIVING_LICENCE"
KEY = {"Idempotency-Key": "8f1c2f0e-once"}


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


@pytest.fixture
def officer(sandbox: Sandbox) -> Staff:
    return sandbox.staff()


def show_path(citizen: Citizen, kind: str = KIND) -> str:
    return f"/v1/licences/{citizen.licence(kind)['id']}/show-tokens"


def rows(sandbox: Sandbox, table: type[ShowTokenRow | AccessRecordRow]) -> int:
    with sandbox.parts.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def assert_replayed(first: TestResponse, again: TestResponse) -> None:
    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_a_licence_is_shown_once(sandbox: Sandbox, citizen: Citizen) -> None:
    path = show_path(citizen)

    first = citizen.post(path, json={"lifetime_seconds": 90}, headers=KEY)
    again = citizen.post(path, json={"lifetime_seconds": 90}, headers=KEY)

    assert_replayed(first, again)
    assert rows(sandbox, ShowTokenRow) == 1


def test_a_code_is_scanned_once(sandbox: Sandbox, citizen: Citizen, officer: Staff) -> None:
    body = {"qr_text": citizen.show(KIND)["qr_text"]}

    first = officer.post("/v1/verifications", json=body, headers=KEY)
    again = officer.post("/v1/verifications", json=body, headers=KEY)

    assert first.get_json()["outcome"] == "accepted"
    assert_replayed(first, again)
    assert rows(sandbox, AccessRecordRow) == 1


def test_a_real_name_is_bound_once(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")

    first = citizen.post("/v1/real-name", json=claim_of("zhang-wei"), headers=KEY)
    again = citizen.post("/v1/real-name", json=claim_of("zhang-wei"), headers=KEY)

    assert first.status_code == 201
    assert_replayed(first, again)


def test_a_wallet_is_synced_once(sandbox: Sandbox, citizen: Citizen) -> None:
    first = citizen.post("/v1/wallet/sync", headers=KEY)
    sandbox.break_registry("traffic-police")

    again = citizen.post("/v1/wallet/sync", headers=KEY)

    assert_replayed(first, again)


@pytest.mark.parametrize("action", ["confirm", "decline", "withdraw"])
def test_the_holders_word_is_taken_once(citizen: Citizen, officer: Staff, action: str) -> None:
    shown = citizen.show(KIND, mode="confirm")
    officer.scan(shown["qr_text"])
    path = f"/v1/show-tokens/{shown['id']}/{action}"

    first = citizen.post(path, headers=KEY)
    again = citizen.post(path, headers=KEY)

    assert first.status_code == 200
    assert_replayed(first, again)


def test_a_key_with_another_body_is_refused(citizen: Citizen) -> None:
    path = show_path(citizen)
    citizen.expect(201, "POST", path, json={"disclose": "basic"}, headers=KEY)

    citizen.refused(409, "idempotency-key-reused", "POST", path, json={"disclose": "standard"}, headers=KEY)


def test_a_key_counts_on_its_own_route_only(sandbox: Sandbox, citizen: Citizen) -> None:
    licence, card = show_path(citizen), show_path(citizen, "ID_CARD")

    first = citizen.expect(201, "POST", licence, headers=KEY)
    second = citizen.expect(201, "POST", card, headers=KEY)

    assert first["id"] != second["id"]
    assert rows(sandbox, ShowTokenRow) == 2


def test_another_callers_same_key_is_another_key(sandbox: Sandbox, citizen: Citizen) -> None:
    wife = sandbox.citizen("li-na")
    shared = show_path(citizen, "MARRIAGE_CERT")

    his = citizen.expect(201, "POST", shared, headers=KEY)
    hers = wife.expect(201, "POST", shared, headers=KEY)

    assert his["id"] != hers["id"]
    wife.refused(404, "show-token-not-found", "GET", f"/v1/show-tokens/{his['id']}")


def test_a_colleagues_same_key_is_another_key(sandbox: Sandbox, citizen: Citizen, officer: Staff) -> None:
    colleague = sandbox.staff("service-hall", "S001")
    body = {"qr_text": citizen.show(KIND)["qr_text"]}

    first = officer.expect(200, "POST", "/v1/verifications", json=body, headers=KEY)
    second = colleague.expect(200, "POST", "/v1/verifications", json=body, headers=KEY)

    assert (first["outcome"], second["reason"]) == ("accepted", "used")


def test_a_key_is_remembered_for_a_day(sandbox: Sandbox, citizen: Citizen) -> None:
    path = show_path(citizen)
    first = citizen.expect(201, "POST", path, headers=KEY)
    sandbox.pass_time(timedelta(hours=23, minutes=59))
    within = sandbox.log_in("zhang-wei").expect(201, "POST", path, headers=KEY)
    sandbox.pass_time(timedelta(minutes=2))

    after = sandbox.log_in("zhang-wei").expect(201, "POST", path, headers=KEY)

    assert within == first
    assert after["id"] != first["id"]


def test_a_refused_request_leaves_its_key_free(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("sun-lei")
    path, identifier = show_path(citizen), citizen.licence(KIND)["identifier"]
    citizen.refused(409, "licence-not-showable", "POST", path, headers=KEY)
    sandbox.decide(identifier, "valid")

    shown = citizen.expect(201, "POST", path, headers=KEY)

    assert shown["mode"] == "online"


def test_a_refusal_of_the_body_leaves_its_key_free(citizen: Citizen) -> None:
    path = show_path(citizen)
    citizen.refused(422, "validation-failed", "POST", path, json={"disclose": "all"}, headers=KEY)

    citizen.expect(201, "POST", path, json={"disclose": "full"}, headers=KEY)


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\x00b", "钥匙", "a\tb"])
def test_a_key_that_is_none_is_refused_by_name(citizen: Citizen, key: str) -> None:
    headers = {"Idempotency-Key": key.encode().decode("latin-1")}

    problem = citizen.refused(422, "validation-failed", "POST", show_path(citizen), headers=headers)

    assert list(problem["errors"]) == ["Idempotency-Key"]


def test_two_shows_under_one_key_at_once_do_the_work_once(sandbox: Sandbox, citizen: Citizen) -> None:
    path = show_path(citizen)

    answers = together(8, lambda: citizen.post(path, headers=KEY))

    assert {answer["id"] for answer in answers} == {answers[0]["id"]}
    assert rows(sandbox, ShowTokenRow) == 1


def test_two_scans_under_one_key_at_once_do_the_work_once(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    body = {"qr_text": citizen.show(KIND)["qr_text"]}

    answers = together(8, lambda: officer.post("/v1/verifications", json=body, headers=KEY))

    assert {answer["outcome"] for answer in answers} == {"accepted"}
    assert {answer["id"] for answer in answers} == {answers[0]["id"]}
    assert rows(sandbox, AccessRecordRow) == 1


def test_two_refreshes_under_one_key_at_once_rotate_once(citizen: Citizen) -> None:
    bearer = Caller(citizen.app, citizen.refresh_token)

    answers = together(4, lambda: bearer.post("/v1/sessions/refresh", headers=KEY))

    assert {answer["refresh_token"] for answer in answers} == {answers[0]["refresh_token"]}
    assert Caller(citizen.app, answers[0]["access_token"]).get("/v1/account").status_code == 200


def test_two_syncs_under_one_key_at_once_answer_alike(citizen: Citizen) -> None:
    answers = together(2, lambda: citizen.post("/v1/wallet/sync", headers=KEY))

    assert answers[0] == answers[1]


def test_two_bindings_under_one_key_at_once_bind_once_and_answer_alike(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    claim = claim_of("zhang-wei")

    answers = together(4, lambda: citizen.post("/v1/real-name", json=claim, headers=KEY))

    assert answers == [answers[0]] * 4
    assert answers[0]["assurance_level"] == 2


def test_a_request_that_is_being_worked_on_elsewhere_is_answered_with_a_conflict(
    citizen: Citizen,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api_idempotency, "PAUSES", ())
    under_way(citizen)

    response = citizen.post("/v1/wallet/sync", headers=KEY)

    assert (response.status_code, response.get_json()["code"]) == (409, "idempotency-key-in-use")
    assert response.headers["Retry-After"] == "1"


def test_work_whose_worker_died_is_done_by_a_later_retry(sandbox: Sandbox, citizen: Citizen) -> None:
    under_way(citizen)
    sandbox.pass_time(idempotency.LEASE)

    first = citizen.post("/v1/wallet/sync", headers=KEY)
    again = citizen.post("/v1/wallet/sync", headers=KEY)

    assert first.status_code == 200
    assert_replayed(first, again)


def test_a_refused_binding_leaves_its_key_free(sandbox: Sandbox) -> None:
    citizen, claim = sandbox.log_in("zhang-wei"), claim_of("zhang-wei")
    sandbox.break_registry("population")
    citizen.refused(503, "registry-unavailable", "POST", "/v1/real-name", json=claim, headers=KEY)
    sandbox.break_registry("population", "ok")

    bound = citizen.expect(201, "POST", "/v1/real-name", json=claim, headers=KEY)

    assert bound["assurance_level"] == 2


def under_way(citizen: Citizen) -> None:
    """Leave a sync as a worker leaves it that dies in its middle: the key leased, no answer."""
    sandbox = Sandbox(citizen.app)
    assert citizen.account is not None
    keyed = idempotency.KeyedRequest.of(
        caller=f"account:{citizen.account['id']}",
        route="/v1/wallet/sync",
        key=KEY["Idempotency-Key"],
        body=b"",
    )
    with sandbox.parts.database.write() as session:
        idempotency.claim_ahead(
            session, sandbox.parts.cipher, keyed, lifetime=timedelta(days=1), now=sandbox.now()
        )


def together(times: int, action: Callable[[], TestResponse]) -> list[JSON]:
    """Do the same at the same moment; every answer must be a good one."""
    answers = at_once(*[action] * times)
    assert {answer.status_code for answer in answers} <= {200, 201}, [a.text[:200] for a in answers]
    return [answer.get_json() for answer in answers]
