"""What consent leaves behind, and what it tells strangers: nothing of anybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select

from api.config import Config
from tests import at_rest
from tests.clients import Machine
from tests.consents import an_asker, answer, ask, consented, named, pull, withdraw
from tests.sandbox import Citizen, Sandbox, words
from wallet.enterprise import expiring
from wallet.webhooks.models import WebhookEventRow

REQUESTS = "/v1/consent-requests"


@pytest.fixture
def client(sandbox: Sandbox) -> Machine:
    return an_asker(sandbox)


@contextmanager
def statements(sandbox: Sandbox) -> Iterator[list[str]]:
    """Note every statement that reaches the database through SQLAlchemy."""
    noted: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: Any) -> None:
        noted.append(" ".join(statement.split()))

    engine = sandbox.parts.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_asking_somebody_runs_the_same_statements_as_asking_nobody(sandbox: Sandbox, client: Machine) -> None:
    sandbox.citizen("zhang-wei")
    ran = []
    ask(client, named("chen-guihua"))

    for holder in (named("zhang-wei"), named("li-na"), named("zhang-wei") | {"name": "张三"}):
        with statements(sandbox) as noted:
            ask(client, holder)
        ran.append(noted)

    assert len(ran[0]) > 4
    assert ran[0] == ran[1] == ran[2]


def test_no_name_number_or_value_lies_in_the_open(sandbox: Sandbox, config: Config, client: Machine) -> None:
    ask(client, named("li-na"))
    citizen = sandbox.citizen("zhang-wei")
    qr_text = ask(client, None)["qr_text"]
    pull(client, consented(client, citizen))

    content = at_rest.everything_in_the_database(config)

    somebody, other = named("zhang-wei"), named("li-na")
    secrets = [somebody["id_number"], other["id_number"], somebody["name"], other["name"], qr_text[-22:]]
    assert at_rest.found(secrets, content) == []


def test_another_persons_requests_and_consents_are_as_absent_as_none(
    sandbox: Sandbox, client: Machine
) -> None:
    citizen, stranger = sandbox.citizen("zhang-wei"), sandbox.citizen("li-na")
    waiting, consent_id = ask(client, named("zhang-wei")), consented(client, citizen)

    stranger.refused(404, "consent-request-not-found", "GET", f"{REQUESTS}/{waiting['id']}")
    for path in (f"/v1/consents/{consent_id}", f"/v1/consents/{consent_id}/record"):
        stranger.refused(404, "consent-not-found", "GET", path)
    stranger.refused(404, "consent-not-found", "POST", f"/v1/consents/{consent_id}/withdraw")
    assert stranger.expect(200, "GET", REQUESTS)["items"] == []
    assert stranger.expect(200, "GET", "/v1/consents")["items"] == []
    pull(client, consent_id)


def test_a_client_without_the_scope_neither_asks_nor_pulls(sandbox: Sandbox, client: Machine) -> None:
    organisation = {"id": client.client["organisation_id"]}
    mute = an_asker(sandbox, manager=client.manager, organisation=organisation, scopes=["webhooks:manage"])

    mute.refused(403, "scope-required", "POST", REQUESTS, json={})
    mute.refused(403, "scope-required", "POST", "/v1/pulls", json={})
    mute.refused(403, "scope-required", "POST", "/v1/pulls/batch", json={})


def test_citizens_and_staff_do_not_pull_and_clients_have_no_wallet(sandbox: Sandbox, client: Machine) -> None:
    for caller in (sandbox.citizen("zhang-wei"), sandbox.staff()):
        caller.refused(403, "forbidden", "POST", "/v1/pulls", json={})
        caller.refused(403, "forbidden", "POST", REQUESTS, json={})
    client.refused(403, "forbidden", "GET", REQUESTS)
    client.refused(403, "forbidden", "GET", "/v1/consents")


def test_a_revoked_client_pulls_nothing(sandbox: Sandbox, client: Machine) -> None:
    consent_id = consented(client, sandbox.citizen("zhang-wei"))

    client.manager.expect(200, "POST", f"{client.path}/revoke")

    client.refused(401, "unauthenticated", "POST", "/v1/pulls", json={"consent_id": consent_id})


def test_the_organisation_is_told_by_ids_what_became_of_its_requests(
    sandbox: Sandbox, client: Machine
) -> None:
    citizen: Citizen = sandbox.citizen("zhang-wei")
    approved, declined, unanswered = [ask(client, named("zhang-wei")) for _ in range(3)]
    consent_id = answer(citizen, approved)["consent_id"]
    answer(citizen, declined, "decline")
    withdraw(citizen, consent_id)
    sandbox.pass_time(sandbox.parts.config.consent_request_lifetime)

    for told in (1, 0):
        with sandbox.parts.database.write() as session:
            assert expiring.expire(session, sandbox.now()) == told

    with sandbox.parts.database.read() as session:
        rows = session.scalars(select(WebhookEventRow).order_by(WebhookEventRow.id)).all()
    assert [(row.type, row.resource_id) for row in rows] == [
        ("consent.approved", approved["id"]),
        ("consent.declined", declined["id"]),
        ("consent.withdrawn", consent_id),
        ("consent.expired", unanswered["id"]),
    ]
    assert words([{"o": row.organisation_id} for row in rows], "o") == [client.client["organisation_id"]] * 4
