"""What a machine client's token opens, and that it opens nothing from the moment on in which something behind it ends."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Response
from sqlalchemy import update

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.callers import caller_and_principal_of
from api.config import Config
from api.guards import LEVEL_2, ClientOr, ClientWith
from identity.organisations.models import EnterpriseRow
from identity.organisations.scopes import Scope
from tests import clients
from tests.clients import Machine, SigningKey, a_client, claims, register_client, token_by_assertion
from tests.family import acting
from tests.organisations import RESTAURANT
from tests.sandbox import Sandbox, running

CLIENTS, EITHER = "/probe/clients", "/probe/either"
PULLS = ClientWith(Scope.PULLS_CREATE)

# Routes of the tests' own: the guards are what is tested, whatever they guard.
probe = Blueprint("probe", __name__)
TEXT = Answer(200, content_type="text/plain")
PROBED = Summary("探测", "Probe")


@probe.get(CLIENTS, guard=PULLS, summary=PROBED, answer=TEXT)
def probe_clients(call: Call) -> Response:
    client = call.client
    said = [client.client_id, client.organisation_id, client.organisation_name, client.name]
    return Response(
        "|".join([*said, " ".join(sorted(client.scopes)), *(one.code for one in client.purposes)])
    )


@probe.get(EITHER, guard=ClientOr(PULLS, LEVEL_2), summary=PROBED, answer=TEXT)
def probe_either(call: Call) -> Response:
    return Response(caller_and_principal_of(call))


@pytest.fixture
def probed(config: Config) -> Iterator[Sandbox]:
    """A sandbox with the tests' own routes."""
    with running(config) as sandbox:
        sandbox.app.register_blueprint(probe)
        yield sandbox


@pytest.fixture
def machine(probed: Sandbox) -> Machine:
    return a_client(probed)


def opened(sandbox: Sandbox, token: str | None, path: str = CLIENTS) -> tuple[int, str]:
    """Return how a route answers to a token: status, and code or text."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = sandbox.app.test_client().get(path, headers=headers)
    problem = response.get_json(silent=True)
    return response.status_code, problem["code"] if problem else response.text


def test_a_token_with_the_scope_gets_in_and_the_route_knows_the_client(
    probed: Sandbox, machine: Machine
) -> None:
    status, said = opened(probed, machine.token)

    assert status == 200
    assert said.split("|") == [
        machine.client_id,
        machine.client["organisation_id"],
        RESTAURANT["name"],
        machine.client["name"],
        "consents:request pulls:create webhooks:manage",
        "driver-hiring",
        "onboarding",
    ]


def test_a_token_that_was_narrowed_reaches_no_further(probed: Sandbox, machine: Machine) -> None:
    answer = clients.token_by_secret(
        probed, machine.client_id, machine.client["client_secret"], scope="consents:request"
    )

    assert opened(probed, answer.get_json()["access_token"]) == (403, "scope-required")


def test_people_do_not_get_in_where_clients_are_meant(probed: Sandbox, machine: Machine) -> None:
    officer = probed.staff()
    company = acting(machine.manager, organisation_id=machine.client["organisation_id"])

    for caller in (machine.manager, company, officer):
        assert opened(probed, caller.token) == (403, "forbidden")
        assert opened(probed, caller.refresh_token or None) == (401, "unauthenticated")
    assert opened(probed, None) == (401, "unauthenticated")
    assert opened(probed, machine.client["client_secret"]) == (401, "unauthenticated")


def test_where_both_are_meant_each_gets_in_as_who_they_are(probed: Sandbox, machine: Machine) -> None:
    citizen = probed.citizen("zhang-wei")

    assert opened(probed, machine.token, EITHER) == (200, f"client:{machine.client_id}")
    assert opened(probed, citizen.token, EITHER)[1].startswith("account:")
    assert opened(probed, probed.staff().token, EITHER) == (403, "forbidden")
    assert opened(probed, probed.log_in("wu-fang").token, EITHER) == (403, "assurance-level-required")


def test_a_client_that_is_revoked_is_out_with_its_next_call_on_every_worker(
    config: Config, probed: Sandbox, machine: Machine
) -> None:
    with running(config) as other:
        other.app.register_blueprint(probe)
        before = [opened(sandbox, machine.token)[0] for sandbox in (probed, other)]

        machine.manager.expect(200, "POST", f"{machine.path}/revoke")

        assert before == [200, 200]
        assert {opened(sandbox, machine.token) for sandbox in (probed, other)} == {(401, "unauthenticated")}


def test_a_token_ends_with_the_secret_that_it_was_got_with_and_not_with_another(
    probed: Sandbox, machine: Machine
) -> None:
    newer = machine.manager.expect(201, "POST", f"{machine.path}/secrets")
    answer = clients.token_by_secret(probed, machine.client_id, newer["client_secret"])
    older_id = machine.client["secrets"][0]["id"]

    machine.manager.expect(200, "POST", f"{machine.path}/secrets/{older_id}/revoke")

    assert opened(probed, machine.token) == (401, "unauthenticated")
    assert opened(probed, answer.get_json()["access_token"])[0] == 200


def test_a_token_ends_with_the_key_that_signed_for_it(probed: Sandbox, machine: Machine) -> None:
    manager, key, newer = machine.manager, SigningKey(), SigningKey(kid="k2")
    organisation = {"id": machine.client["organisation_id"]}
    client = register_client(manager, organisation, auth="private_key_jwt", jwks=key.jwks)
    token = token_by_assertion(probed, key.sign(claims(probed, client["client_id"]))).get_json()[
        "access_token"
    ]
    path = f"{clients.clients_path(organisation['id'])}/{client['client_id']}/jwks"
    both = {"keys": key.jwks["keys"] + newer.jwks["keys"]}

    manager.expect(200, "POST", path, json={"jwks": both})
    during = opened(probed, token)[0]
    manager.expect(200, "POST", path, json={"jwks": newer.jwks})

    assert during == 200
    assert opened(probed, token) == (401, "unauthenticated")


def test_a_token_ends_with_the_enterprise(probed: Sandbox, machine: Machine) -> None:
    with probed.parts.database.write() as session:
        session.execute(update(EnterpriseRow).values(status="cancelled"))

    assert opened(probed, machine.token) == (401, "unauthenticated")
    answer = clients.token_by_secret(probed, machine.client_id, machine.client["client_secret"])
    assert answer.status_code == 401


def test_a_token_ends_after_ten_minutes(probed: Sandbox, machine: Machine) -> None:
    probed.pass_time(timedelta(minutes=9, seconds=30))
    before = opened(probed, machine.token)[0]

    probed.pass_time(timedelta(seconds=31))

    assert (before, opened(probed, machine.token)) == (200, (401, "unauthenticated"))


def test_who_registered_a_client_may_leave_and_it_works_on(probed: Sandbox, machine: Machine) -> None:
    machine.manager.expect(200, "POST", "/v1/account/close")

    assert opened(probed, machine.token)[0] == 200


def test_calls_are_counted_by_client(config: Config) -> None:
    with running(clients.limited(config, account="2/minute")) as sandbox:
        sandbox.app.register_blueprint(probe)
        machine = a_client(sandbox)
        other = register_client(machine.manager, {"id": machine.client["organisation_id"]})
        token = clients.token_by_secret(sandbox, other["client_id"], other["client_secret"]).get_json()

        statuses = [opened(sandbox, machine.token)[0] for _ in range(3)]

        assert statuses == [200, 200, 429]
        assert opened(sandbox, token["access_token"])[0] == 200
