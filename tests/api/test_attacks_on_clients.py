"""Every route for machine clients under attack: with no token, people's tokens, another scope, another client's ids.

The routes are read from openapi.yaml, so one that is added later is attacked as well. A part of a path that nobody has
an id for fails here by its name.
"""

from dataclasses import dataclass

import pytest

from identity.ids import new_id
from identity.organisations.scopes import Scope
from tests import clients, consents, contract, forging
from tests.clients import Machine, a_client
from tests.organisations import LOGISTICS
from tests.sandbox import JSON, Caller, Citizen, Sandbox, told
from tests.webhooks import a_webhook
from wallet.webhooks import outbox
from wallet.webhooks.models import DeliveryState, WebhookRow

OAUTH2 = "oauth2"


@dataclass(frozen=True)
class Target:
    """An operation that a client may call."""

    method: str
    template: str
    described: JSON

    @property
    def scope(self) -> str:
        """The scope that it needs."""
        scope: str = self.described["x-client-scope"]
        return scope

    @property
    def is_for_people_too(self) -> bool:
        """Tell whether citizens may call it as well."""
        return {"bearer": []} in self.described["security"]

    def send(self, caller: Caller, ids: dict[str, str]) -> tuple[int, JSON]:
        """Send the contract's own example; return status and answer."""
        media = self.described.get("requestBody", {}).get("content", {}).get("application/json", {})
        kwargs = {"json": media.get("example", {})} if self.method == "POST" else {}
        response = caller.send(self.method, self.template.format(**ids), **kwargs)
        return response.status_code, response.get_json(silent=True) or {}

    def attack(self, caller: Caller, ids: dict[str, str]) -> tuple[int, str]:
        """Send, and return status and code."""
        status, answer = self.send(caller, ids)
        return status, answer.get("code", "")


TARGETS = [
    Target(method.upper(), template, described)
    for template, item in contract.contract()["paths"].items()
    for method, described in item.items()
    if "x-client-scope" in described
]


def named(targets: list[Target]) -> pytest.MarkDecorator:
    """Run a test for each target, under its name."""
    return pytest.mark.parametrize("target", targets, ids=[f"{one.method} {one.template}" for one in targets])


@pytest.fixture(scope="module")
def citizen(standing_sandbox: Sandbox) -> Citizen:
    return standing_sandbox.citizen("zhang-wei")


@pytest.fixture(scope="module")
def machine(standing_sandbox: Sandbox) -> Machine:
    return consents.an_asker(standing_sandbox)


@pytest.fixture(scope="module")
def stranger(standing_sandbox: Sandbox) -> Machine:
    """A client of another enterprise that may do whatever a client may."""
    return a_client(
        standing_sandbox, representative="zhao-min", enterprise=LOGISTICS, purposes=consents.PURPOSES
    )


@pytest.fixture
def ids(standing_sandbox: Sandbox, machine: Machine, asked: dict[str, str]) -> dict[str, str]:
    """Ids of what is the client's; its webhook is a new one, since some of the routes end it."""
    webhook_id = a_webhook(standing_sandbox, organisation_id=machine.client["organisation_id"])
    return asked | {"webhook_id": webhook_id, "delivery_id": a_delivery(standing_sandbox, webhook_id)}


@pytest.fixture(scope="module")
def asked(machine: Machine, citizen: Citizen) -> dict[str, str]:
    """Ids of what the client asked for, got and pulled."""
    wanted = [{"kind": consents.DRIVING, "fields": ["name", "photo"]}]
    consent_id = consents.consented(machine, citizen, items=wanted)
    return {
        "request_id": consents.ask(machine, consents.named("zhang-wei"))["id"],
        "consent_id": consent_id,
        "pull_id": consents.pull(machine, consent_id)["id"],
        "place": "0",
    }


def a_delivery(sandbox: Sandbox, webhook_id: str) -> str:
    """Return the id of a delivery to a webhook, which was given up."""
    with sandbox.parts.database.write() as session:
        row = outbox.emit_test(session, session.get_one(WebhookRow, webhook_id), sandbox.now())
        row.state, row.ended_at = DeliveryState.GIVEN_UP, sandbox.now()
        return row.id


def narrowed(sandbox: Sandbox, machine: Machine, scopes: set[str]) -> Caller:
    """Return a client with a token of fewer scopes."""
    secret = machine.client["client_secret"]
    answer = clients.token_by_secret(sandbox, machine.client_id, secret, scope=" ".join(sorted(scopes)))
    return Caller(sandbox.app, answer.get_json()["access_token"])


@named(TARGETS)
def test_without_an_access_token_of_ours_nobody_gets_in(
    machine: Machine, citizen: Citizen, ids: dict[str, str], target: Target
) -> None:
    unsigned = (machine.token or "").split(".")[1]
    forged = f"{forging.segment({'alg': 'none', 'typ': 'JWT'})}.{unsigned}."
    for token in (None, "nonsense", citizen.refresh_token, machine.client["client_secret"], forged):
        assert target.attack(Caller(machine.app, token), ids) == (401, "unauthenticated")


@named(TARGETS)
def test_people_do_not_get_in_but_citizens_where_they_are_meant_too(
    standing_sandbox: Sandbox, machine: Machine, citizen: Citizen, ids: dict[str, str], target: Target
) -> None:
    officer, manager = standing_sandbox.staff(), machine.manager

    assert target.attack(officer, ids) == (403, "forbidden")
    for person in (citizen, manager):
        assert (target.attack(person, ids) == (403, "forbidden")) != target.is_for_people_too


@named(TARGETS)
def test_a_client_without_the_scope_does_not_get_in(
    standing_sandbox: Sandbox, machine: Machine, ids: dict[str, str], target: Target
) -> None:
    others = set(clients.MACHINE_SCOPES) - {target.scope}

    assert target.attack(narrowed(standing_sandbox, machine, others), ids) == (403, "scope-required")


@named([one for one in TARGETS if "{" in one.template])
def test_another_clients_id_is_answered_as_if_it_were_not(
    machine: Machine, stranger: Machine, ids: dict[str, str], target: Target
) -> None:
    own = target.send(machine, ids)
    anothers = target.send(stranger, ids)
    nobodys = target.send(
        stranger, {name: value if name == "place" else new_id() for name, value in ids.items()}
    )

    # Who is asked to enable a webhook challenges its receiver first, and here there is none.
    assert own[0] in {200, 202} or own[1]["code"] == "webhook-challenge-failed"
    assert anothers[0] == 404
    assert told(anothers[1]) == told(nobodys[1])


def test_the_walk_meets_what_it_is_for() -> None:
    assert {Scope.CONSENTS_REQUEST, Scope.PULLS_CREATE} <= {one.scope for one in TARGETS}
    assert all({OAUTH2: [one.scope]} in one.described["security"] for one in TARGETS)
