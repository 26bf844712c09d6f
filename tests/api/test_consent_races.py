"""Consent and pulls when many come at the same moment: in one process, and on two that share only the database."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import httpx
import pytest

from api.config import Config
from api.upkeep import purging
from tests import live, outside
from tests.clients import Machine
from tests.clients import request as registration
from tests.consents import an_asker, ask, asked, consented, named, withdraw
from tests.interleaving import after_first
from tests.organisations import RESTAURANT
from tests.sandbox import JSON, Citizen, Sandbox, at_once, words

PULLERS, USES = 16, 5
EXPORT = "/v1/account/export"


@pytest.fixture
def client(sandbox: Sandbox) -> Machine:
    return an_asker(sandbox)


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


def sending(
    caller: Citizen | Machine, path: str, body: JSON, **headers: str
) -> Callable[[], tuple[int, str]]:
    """Return a call that sends, and tells status and code."""

    def send() -> tuple[int, str]:
        response = caller.post(path, body, headers={name.replace("_", "-"): v for name, v in headers.items()})
        answer: JSON = response.get_json()
        return response.status_code, answer.get("code") or answer["id"]

    return send


def purge_consents(sandbox: Sandbox) -> None:
    (rule,) = [rule for rule in purging.RULES if rule.name == "consents"]
    assert list(purging.batches(sandbox.parts, rule, sandbox.now()))


def test_of_many_pulls_at_once_as_many_succeed_as_there_are_uses(client: Machine, citizen: Citizen) -> None:
    consent_id = consented(client, citizen, uses=USES)
    pull = sending(client, "/v1/pulls", {"consent_id": consent_id})

    answers = at_once(*[pull] * PULLERS)

    assert Counter(status for status, _ in answers) == {200: USES, 403: PULLERS - USES}
    assert {code for status, code in answers if status == 403} == {"consent-used-up"}
    pulled = {code for status, code in answers if status == 200}
    assert set(words(citizen.access_records(), "id")) == pulled
    assert len(pulled) == citizen.expect(200, "GET", f"/v1/consents/{consent_id}")["used"] == USES


def test_of_the_same_pull_at_once_with_one_key_there_is_one(client: Machine, citizen: Citizen) -> None:
    consent_id = consented(client, citizen, uses=USES)
    pull = sending(client, "/v1/pulls", {"consent_id": consent_id}, Idempotency_Key="once")

    answers = at_once(*[pull] * 6)

    assert len(set(answers)) == 1
    assert citizen.expect(200, "GET", f"/v1/consents/{consent_id}")["used"] == 1


def test_after_a_withdrawal_was_answered_nothing_is_pulled(client: Machine, citizen: Citizen) -> None:
    consent_id = consented(client, citizen, uses=1000)
    pull = sending(client, "/v1/pulls", {"consent_id": consent_id})

    def take_back() -> tuple[int, str]:
        return 200, str(withdraw(citizen, consent_id)["used"])

    *pulls, (_, used) = at_once(*[pull] * 7, take_back)

    assert Counter(status for status, _ in pulls)[200] == int(used)
    assert pull() == (403, "consent-withdrawn")


def test_of_two_who_scan_an_open_request_at_once_one_has_it(sandbox: Sandbox, client: Machine) -> None:
    people = [sandbox.citizen("zhang-wei"), sandbox.citizen("li-na")]
    for _ in range(3):
        scan = {"qr_text": ask(client, None)["qr_text"]}

        answers = at_once(*[sending(one, "/v1/consent-requests/resolve", scan) for one in people])

        assert sorted(status for status, _ in answers) == [200, 404]


def test_of_two_answers_at_once_one_counts(client: Machine, citizen: Citizen) -> None:
    for _ in range(3):
        path = f"/v1/consent-requests/{ask(client, named(citizen.code))['id']}"

        answers = at_once(*[sending(citizen, f"{path}/{verb}", {}) for verb in ("approve", "decline")])

        assert sorted(status for status, _ in answers) == [200, 409]


def test_of_many_requests_to_one_person_at_once_three_wait(client: Machine) -> None:
    request = sending(client, "/v1/consent-requests", asked(named("zhang-wei")))

    answers = at_once(*[request] * 8)

    assert Counter(status for status, _ in answers) == {201: 3, 409: 5}


def test_uses_are_counted_across_two_servers(config: Config) -> None:
    with live.pair(config) as servers:
        one, other = (server.address for server in servers)
        token, consent_id, citizen = _consented_over_http(one)
        start = Barrier(PULLERS)

        def pull(address: str) -> int:
            with outside.client(address, token) as via:
                via.get("/healthz")
                start.wait()
                return via.post("/v1/pulls", json={"consent_id": consent_id}).status_code

        with ThreadPoolExecutor(PULLERS) as threads:
            statuses = Counter(threads.map(pull, [one, other] * (PULLERS // 2)))

        assert statuses == {200: USES, 403: PULLERS - USES}
        assert len(citizen.get("/v1/access-records").json()["items"]) == USES
        citizen.close()


def _consented_over_http(address: str) -> tuple[str, str, httpx.Client]:
    citizen, manager = outside.citizen(address, "zhang-wei"), outside.at_level_3(address, "wang-qiang")
    organisation = outside.post(manager, "/v1/organisations", RESTAURANT)
    client = outside.post(manager, f"/v1/organisations/{organisation['id']}/clients", registration())
    with outside.client(address) as anybody:
        secret = (client["client_id"], client["client_secret"])
        form = {"grant_type": "client_credentials"}
        token: str = anybody.post("/v1/oauth/token", data=form, auth=secret).json()["access_token"]
    with outside.client(address, token) as machine:
        request = outside.post(machine, "/v1/consent-requests", asked(named("zhang-wei"), uses=USES))
    approved = outside.post(citizen, f"/v1/consent-requests/{request['id']}/approve")
    manager.close()
    return token, approved["consent_id"], citizen


def test_a_copy_of_everything_is_made_while_a_consent_that_is_over_is_purged(
    sandbox: Sandbox, client: Machine, citizen: Citizen
) -> None:
    consent_id = consented(client, citizen)
    sandbox.pass_time(timedelta(days=30) + sandbox.parts.config.retention.consents + timedelta(days=1))
    citizen = sandbox.log_in("zhang-wei")
    citizen.prove()

    with after_first(sandbox, "FROM consents", partial(purge_consents, sandbox)):
        copied = citizen.expect(200, "GET", EXPORT)

    (kept,) = copied["consents"]
    assert (kept["id"], kept["record"].count(".")) == (consent_id, 2)
    assert citizen.expect(200, "GET", EXPORT)["consents"] == []
