"""Webhooks over HTTP: challenged before anything is told, kept by their own enterprise, never pointing inside."""

from collections.abc import Iterator

import pytest

from identity.crypto.keyring import Purpose
from identity.ids import new_id
from tests import webhooks
from tests.clients import Machine, a_client
from tests.organisations import LOGISTICS, add, at_level_3
from tests.platforms.fake_server import Mishap, Reply, replies, said
from tests.receivers import PATH, Receiver, receiving
from tests.sandbox import JSON, Caller, Sandbox
from wallet.webhooks.models import EventType
from wallet.webhooks.registering import MOST

HOOKS = "/v1/webhooks"
ALL = [one.value for one in EventType if one is not EventType.WEBHOOK_TEST]


@pytest.fixture
def receiver(sandbox: Sandbox) -> Iterator[Receiver]:
    with receiving(sandbox.parts.rings[Purpose.WEBHOOKS]) as receiver:
        yield receiver


@pytest.fixture
def machine(sandbox: Sandbox) -> Machine:
    return a_client(sandbox)


def register_hook(caller: Caller, url: str, events: list[str] | None = None) -> JSON:
    return caller.expect(201, "POST", HOOKS, json={"url": url, "events": events or ALL})


def agent(sandbox: Sandbox, machine: Machine, scopes: list[str]) -> Caller:
    """Return a member who acts for the machine's enterprise."""
    organisation = {"id": machine.client["organisation_id"]}
    add(machine.manager, organisation, "zhao-min", scopes=scopes)
    member = at_level_3(sandbox, "zhao-min")
    acting = member.expect(200, "POST", "/v1/sessions/act-as", json={"organisation_id": organisation["id"]})
    return Caller(sandbox.app, acting["access_token"])


def deliveries(caller: Caller, hook: JSON, query: str = "") -> list[JSON]:
    items: list[JSON] = caller.expect(200, "GET", f"{HOOKS}/{hook['id']}/deliveries{query}")["items"]
    return items


def test_from_registration_to_a_signed_event_in_the_receivers_hands(
    sandbox: Sandbox, machine: Machine, receiver: Receiver
) -> None:
    hook = register_hook(machine, receiver.url, ["case.updated"])
    challenged = receiver.asked[0]
    organisation_id = machine.client["organisation_id"]
    unwanted = webhooks.happen(sandbox, EventType.CONSENT_APPROVED, organisation_id)
    event_id = webhooks.happen(sandbox, EventType.CASE_UPDATED, organisation_id)
    webhooks.work(sandbox)
    (delivery,) = deliveries(machine, hook)

    assert (hook["status"], hook["events"], hook["url"]) == ("active", ["case.updated"], receiver.url)
    assert challenged.headers["webhook-challenge"] == receiver.read(challenged.body)["challenge"]
    assert receiver.ids() == [event_id]
    assert unwanted not in receiver.ids()
    assert (delivery["event_id"], delivery["state"]) == (event_id, "delivered")
    assert [(one["status"], one["error"]) for one in delivery["attempts"]] == [(200, None)]
    kids = [key["kid"] for key in sandbox.anybody.expect(200, "GET", "/.well-known/jwks.json")["keys"]]
    assert sandbox.parts.webhooks.signer.kid in kids


def test_a_member_with_the_scope_keeps_webhooks_and_one_without_does_not(
    sandbox: Sandbox, machine: Machine, receiver: Receiver
) -> None:
    keeper = agent(sandbox, machine, ["webhooks:manage"])

    hook = register_hook(keeper, receiver.url)

    assert machine.expect(200, "GET", HOOKS)["items"] == [hook]
    assert keeper.expect(200, "GET", f"{HOOKS}/{hook['id']}") == hook


def test_who_lacks_the_scope_or_acts_for_nobody_keeps_none(sandbox: Sandbox, machine: Machine) -> None:
    body = {"url": "http://127.0.0.1:9/", "events": ALL}
    reader = agent(sandbox, machine, ["licences:read"])

    reader.refused(403, "scope-required", "POST", HOOKS, json=body)
    machine.manager.refused(403, "scope-required", "POST", HOOKS, json=body)
    sandbox.citizen("li-na").refused(403, "scope-required", "GET", HOOKS)
    sandbox.staff().refused(403, "forbidden", "GET", HOOKS)
    sandbox.anybody.refused(401, "unauthenticated", "POST", HOOKS, json=body)


@pytest.mark.parametrize("form", ["text", "text-with-a-newline", "json", "as-it-came"])
def test_a_receiver_answers_the_challenge_in_any_of_three_forms(
    machine: Machine, receiver: Receiver, form: str
) -> None:
    def answer(_fake: object, asked: object, handler: object) -> None:
        value = asked.headers["webhook-challenge"]  # type: ignore[attr-defined]
        forms = {
            "text": Reply(value.encode(), "text/plain"),
            "text-with-a-newline": Reply(f"{value}\n".encode(), "text/plain"),
            "json": said({"challenge": value}),
            "as-it-came": Reply(asked.body, "application/jose", 201),  # type: ignore[attr-defined]
        }
        handler.reply(forms[form])  # type: ignore[attr-defined]

    receiver.next(PATH, answer)

    assert register_hook(machine, receiver.url)["status"] == "active"


@pytest.mark.parametrize(
    "mishap",
    [
        replies(Reply(b"ok", "text/plain")),
        replies(Reply(b"")),
        replies(said({"challenge": "another"})),
        replies(said({"challenge": ["x"]})),
        replies(Reply(b"[" * 4000)),
        replies(Reply(b"\xff" * 100_000)),
        replies(Reply(b"", status=500)),
        replies(Reply(b"", status=302, headers={"Location": "/elsewhere"})),
    ],
)
def test_who_does_not_answer_the_challenge_is_told_nothing(
    sandbox: Sandbox, machine: Machine, receiver: Receiver, mishap: Mishap
) -> None:
    receiver.next(PATH, mishap)
    body = {"url": receiver.url, "events": ALL}

    machine.refused(422, "webhook-challenge-failed", "POST", HOOKS, json=body)
    webhooks.happen(sandbox, organisation_id=machine.client["organisation_id"])
    webhooks.work(sandbox)

    assert machine.expect(200, "GET", HOOKS)["items"] == []
    assert receiver.told == []


def test_a_test_event_is_told_whatever_was_subscribed_to_and_a_delivery_can_be_replayed(
    sandbox: Sandbox, machine: Machine, receiver: Receiver
) -> None:
    hook = register_hook(machine, receiver.url, ["case.updated"])
    path = f"{HOOKS}/{hook['id']}"
    sent = machine.expect(202, "POST", f"{path}/test")
    webhooks.work(sandbox)
    replayed = machine.expect(202, "POST", f"{path}/deliveries/{sent['id']}/replay")
    webhooks.work(sandbox)

    assert (sent["state"], sent["type"], sent["resource_id"]) == ("pending", "webhook.test", hook["id"])
    assert (replayed["replay_of"], replayed["event_id"]) == (sent["id"], sent["event_id"])
    assert receiver.ids() == [sent["event_id"]] * 2
    assert machine.expect(200, "GET", f"{path}/deliveries/{replayed['id']}")["state"] == "delivered"
    assert len(deliveries(machine, hook, "?state=delivered")) == 2
    assert deliveries(machine, hook, "?state=pending") == []


def test_a_replay_of_what_waits_for_its_next_attempt_sends_it_now(
    sandbox: Sandbox, machine: Machine, receiver: Receiver
) -> None:
    hook = register_hook(machine, receiver.url)
    receiver.status = 500
    sent = machine.expect(202, "POST", f"{HOOKS}/{hook['id']}/test")
    webhooks.work(sandbox)
    receiver.status = 200
    again = machine.expect(202, "POST", f"{HOOKS}/{hook['id']}/deliveries/{sent['id']}/replay")
    webhooks.work(sandbox)

    (delivery,) = deliveries(machine, hook)
    assert (again["id"], delivery["state"]) == (sent["id"], "delivered")
    assert [one["error"] for one in delivery["attempts"]] == ["status", None]


def test_a_webhook_is_switched_off_and_on_again_and_deleted(
    sandbox: Sandbox, machine: Machine, receiver: Receiver
) -> None:
    hook = register_hook(machine, receiver.url)
    path, organisation_id = f"{HOOKS}/{hook['id']}", machine.client["organisation_id"]
    webhooks.happen(sandbox, organisation_id=organisation_id)
    off = machine.expect(200, "POST", f"{path}/disable")
    webhooks.happen(sandbox, organisation_id=organisation_id)
    webhooks.work(sandbox)
    (cancelled,) = deliveries(machine, hook)
    machine.refused(409, "webhook-disabled", "POST", f"{path}/test")
    machine.refused(409, "webhook-disabled", "POST", f"{path}/deliveries/{cancelled['id']}/replay")
    on = machine.expect(200, "POST", f"{path}/enable")
    machine.expect(202, "POST", f"{path}/deliveries/{cancelled['id']}/replay")
    webhooks.work(sandbox)
    gone = machine.expect(200, "POST", f"{path}/delete")

    assert (off["status"], off["disabled_because"], cancelled["state"]) == ("disabled", "owner", "cancelled")
    assert (on["status"], on["disabled_because"], gone["status"]) == ("active", None, "deleted")
    assert receiver.ids() == [cancelled["event_id"]]
    machine.refused(404, "webhook-not-found", "GET", path)
    assert machine.expect(200, "GET", HOOKS)["items"] == []


def test_switching_on_again_takes_another_answer_to_the_challenge(
    machine: Machine, receiver: Receiver
) -> None:
    hook = register_hook(machine, receiver.url)
    path = f"{HOOKS}/{hook['id']}"
    machine.expect(200, "POST", f"{path}/disable")
    receiver.next(PATH, replies(Reply(b"no", "text/plain")))

    machine.refused(422, "webhook-challenge-failed", "POST", f"{path}/enable")

    assert machine.expect(200, "GET", path)["status"] == "disabled"


def test_what_a_webhook_is_told_of_can_be_changed(
    sandbox: Sandbox, machine: Machine, receiver: Receiver
) -> None:
    hook = register_hook(machine, receiver.url, ["consent.approved"])
    changed = machine.expect(200, "POST", f"{HOOKS}/{hook['id']}", json={"events": ["case.updated"]})
    event_id = webhooks.happen(sandbox, organisation_id=machine.client["organisation_id"])
    webhooks.work(sandbox)

    assert changed["events"] == ["case.updated"]
    assert receiver.ids() == [event_id]


def test_an_organisation_has_at_most_ten(sandbox: Sandbox, machine: Machine, receiver: Receiver) -> None:
    organisation_id = machine.client["organisation_id"]
    for _ in range(MOST):
        webhooks.a_webhook(sandbox, organisation_id=organisation_id)

    body = {"url": receiver.url, "events": ALL}
    machine.refused(409, "too-many-webhooks", "POST", HOOKS, json=body)

    assert receiver.asked == []


def test_another_enterprises_webhook_is_absent(
    sandbox: Sandbox, machine: Machine, receiver: Receiver
) -> None:
    other = a_client(sandbox, enterprise=LOGISTICS, representative="zhao-min")
    hook = register_hook(machine, receiver.url)
    sent = machine.expect(202, "POST", f"{HOOKS}/{hook['id']}/test")
    path = f"{HOOKS}/{hook['id']}"
    mine = register_hook(other, receiver.url)

    for method, rest, body in [
        ("GET", "", None),
        ("POST", "", {"events": ["case.updated"]}),
        ("POST", "/enable", {}),
        ("POST", "/disable", {}),
        ("POST", "/delete", {}),
        ("POST", "/test", {}),
        ("GET", "/deliveries", None),
        ("GET", f"/deliveries/{sent['id']}", None),
        ("POST", f"/deliveries/{sent['id']}/replay", {}),
    ]:
        theirs = other.refused(404, "webhook-not-found", method, path + rest, json=body)
        absent = other.refused(404, "webhook-not-found", method, f"{HOOKS}/{new_id()}{rest}", json=body)
        assert theirs["detail"] == absent["detail"]
    other.refused(404, "webhook-delivery-not-found", "GET", f"{HOOKS}/{mine['id']}/deliveries/{sent['id']}")
    assert machine.expect(200, "GET", path) == hook


def test_the_same_registration_again_is_done_once(machine: Machine, receiver: Receiver) -> None:
    body, key = {"url": receiver.url, "events": ALL}, {"Idempotency-Key": "once"}

    first = machine.expect(201, "POST", HOOKS, json=body, headers=key)
    again = machine.expect(201, "POST", HOOKS, json=body, headers=key)

    assert first == again
    assert len(receiver.asked) == 1


def test_deliveries_come_in_pages(sandbox: Sandbox, machine: Machine) -> None:
    webhook_id = webhooks.a_webhook(sandbox, organisation_id=machine.client["organisation_id"])
    for _ in range(3):
        webhooks.happen(sandbox, organisation_id=machine.client["organisation_id"])
    path = f"{HOOKS}/{webhook_id}/deliveries?limit=2"
    first = machine.expect(200, "GET", path)
    rest = machine.expect(200, "GET", f"{path}&cursor={first['next_cursor']}")

    ids = [one["id"] for one in [*first["items"], *rest["items"]]]
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    assert ids == sorted(ids, reverse=True)
