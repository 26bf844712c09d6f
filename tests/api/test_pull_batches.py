"""Batches of pulls: each is made or refused by itself, in a transaction of its own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.clients import Machine
from tests.consents import DRIVING, again, an_asker, ask, consented, named, payload_of, withdraw
from tests.sandbox import JSON, Citizen, Sandbox, words
from wallet.enterprise.current import Refresher
from wallet.registries.asking import RegistryDesk

BATCH = "/v1/pulls/batch"
NOBODYS = "0197a1b2-6c1e-7a40-9b7e-2f5d0c3e8a11"


@pytest.fixture
def client(sandbox: Sandbox) -> Machine:
    return an_asker(sandbox)


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


def batch(client: Machine, *pulls: JSON, key: str | None = None) -> list[JSON]:
    """Pull many; return the outcomes."""
    headers = {"Idempotency-Key": key} if key else {}
    answered = client.expect(200, "POST", BATCH, json={"pulls": list(pulls)}, headers=headers)
    items: list[JSON] = answered["items"]
    return items


def codes(outcomes: list[JSON]) -> list[str | None]:
    """Return why each was refused; None for what was pulled."""
    return [one["problem"] and one["problem"]["code"] for one in outcomes]


def test_every_pull_of_a_batch_has_an_outcome_of_its_own(client: Machine, citizen: Citizen) -> None:
    once = consented(client, citizen, uses=1)
    taken_back = consented(client, citizen)
    withdraw(citizen, taken_back)
    waiting = ask(client, named(citizen.code))["id"]
    beyond = [{"kind": DRIVING, "fields": ["address"]}]
    unknown = [{"kind": "NO_SUCH_KIND", "fields": ["name"]}]

    outcomes = batch(
        client,
        {"consent_id": once},
        {"consent_id": once},
        {"consent_id": taken_back},
        {"consent_id": waiting},
        {"consent_id": NOBODYS},
        {"consent_id": once, "items": beyond},
        {"consent_id": once, "items": unknown},
    )

    assert codes(outcomes) == [
        None,
        "consent-used-up",
        "consent-withdrawn",
        "consent-required",
        "consent-required",
        "consent-used-up",
        "validation-failed",
    ]
    assert words(outcomes, "outcome") == ["pulled", *["refused"] * 6]
    assert payload_of(outcomes[0]["pull"]["jws"]) == outcomes[0]["pull"]["data"]
    assert list(outcomes[-1]["problem"]["errors"]) == ["items.0.kind"]
    assert words(citizen.access_records(), "id") == [outcomes[0]["pull"]["id"]]


def before_the_third(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Let something happen between the second pull of the next batch and the third."""
    asking, asked = Refresher.bring_up_to_date, iter(range(100))

    def ask_and_look(self: Refresher, *args: Any) -> None:
        if next(asked) == 2:
            happens()
        asking(self, *args)

    monkeypatch.setattr(Refresher, "bring_up_to_date", ask_and_look)


def test_a_consent_withdrawn_between_two_pulls_of_a_batch_refuses_the_rest(
    monkeypatch: pytest.MonkeyPatch, client: Machine, citizen: Citizen
) -> None:
    consent_id = consented(client, citizen)
    before_the_third(monkeypatch, lambda: withdraw(citizen, consent_id))

    outcomes = batch(client, *[{"consent_id": consent_id}] * 4)

    assert codes(outcomes) == [None, None, "consent-withdrawn", "consent-withdrawn"]
    assert len(citizen.access_records()) == 2


def test_a_wallet_frozen_between_two_pulls_of_a_batch_refuses_the_rest(
    monkeypatch: pytest.MonkeyPatch, client: Machine, citizen: Citizen
) -> None:
    consent_id = consented(client, citizen)
    before_the_third(monkeypatch, lambda: citizen.expect(200, "POST", "/v1/wallet/freeze"))

    outcomes = batch(client, *[{"consent_id": consent_id}] * 3)

    assert codes(outcomes) == [None, None, "wallet-frozen"]


def test_a_repeated_batch_is_the_same_batch(client: Machine, citizen: Citizen) -> None:
    pulls = [{"consent_id": consented(client, citizen, uses=3)}] * 2

    first = batch(client, *pulls, key="b-1")

    assert batch(client, *pulls, key="b-1") == first
    assert len(citizen.access_records()) == 2


def test_a_batch_that_was_cut_short_is_finished_and_nothing_of_it_done_twice(
    monkeypatch: pytest.MonkeyPatch, client: Machine, citizen: Citizen
) -> None:
    consent_id = consented(client, citizen, uses=4)
    body, headers = {"pulls": [{"consent_id": consent_id}] * 4}, {"Idempotency-Key": "b-2"}
    bearer = {"Authorization": f"Bearer {client.token}"}
    with monkeypatch.context() as patched:
        before_the_third(patched, lambda: 1 / 0)
        cut = client.app.test_client().post(BATCH, json=body, headers=headers | bearer)
    done = words(citizen.access_records(), "id")[::-1]

    outcomes = batch(client, *body["pulls"], key="b-2")

    assert cut.status_code == 500
    assert len(done) == 2
    ids = [one["pull"]["id"] for one in outcomes]
    assert ids[:2] == done
    assert words(citizen.access_records(), "id")[::-1] == ids
    assert citizen.expect(200, "GET", f"/v1/consents/{consent_id}")["used"] == 4


def test_in_a_batch_a_registry_that_is_down_is_asked_once(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, client: Machine, citizen: Citizen
) -> None:
    consent_id = consented(client, citizen, uses=50)
    sandbox.pass_time(timedelta(days=2))
    client = again(sandbox, client)
    sandbox.break_registry("traffic-police")
    asking, asked = RegistryDesk.ask_one, []

    def ask_and_count(self: RegistryDesk, *args: Any, **kwargs: Any) -> Any:
        asked.append(args)
        return asking(self, *args, **kwargs)

    monkeypatch.setattr(RegistryDesk, "ask_one", ask_and_count)
    outcomes = batch(client, *[{"consent_id": consent_id}] * 10)

    assert {one["pull"]["data"]["licences"][0]["registry"] for one in outcomes} == {"unavailable"}
    assert len(asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"pulls": []},
        {"pulls": [{"consent_id": NOBODYS}] * 101},
        {"pulls": [{"consent_id": "x"}]},
        {"pulls": [{}]},
        {"pulls": {"consent_id": NOBODYS}},
        {"pulls": [{"consent_id": NOBODYS, "surplus": 1}]},
        {"pulls": [{"consent_id": NOBODYS, "encrypt": "yes"}]},
        {},
    ],
)
def test_a_batch_that_is_none_is_refused_as_a_whole(standing_client: Machine, body: JSON) -> None:
    standing_client.refused(422, "validation-failed", "POST", BATCH, json=body)


@pytest.fixture(scope="module")
def standing_client(standing_sandbox: Sandbox) -> Machine:
    return an_asker(standing_sandbox)
