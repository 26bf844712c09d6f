"""Telling webhooks: signed, in order, at least once, for a day, and to nobody whom another's trouble holds up."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from identity.clock import SystemClock
from identity.crypto.keyring import Purpose
from tests import webhooks
from tests.platforms.fake_server import Reply, hangs_up, late, replies
from tests.receivers import PATH, Receiver, receiving
from tests.sandbox import JSON, Sandbox, at_once
from tests.webhooks import NOWHERE
from wallet.webhooks import delivering
from wallet.webhooks.delivering import Turn
from wallet.webhooks.models import DeliveryState, DisabledBecause, EventType, WebhookStatus
from wallet.webhooks.schedule import DISABLE_AFTER, GIVE_UP_AFTER
from wallet.webhooks.sending import Patience

SECOND = timedelta(seconds=1)
MINUTES = timedelta(minutes=6)
HURRY = Patience(connect=0.5, whole=0.5)


@pytest.fixture
def receiver(sandbox: Sandbox) -> Iterator[Receiver]:
    with receiving(sandbox.parts.rings[Purpose.WEBHOOKS]) as receiver:
        yield receiver


def log_of(sandbox: Sandbox, webhook_id: str) -> list[JSON]:
    (delivery,) = webhooks.deliveries(sandbox, webhook_id)
    return delivery.attempts


def test_what_happened_is_told_in_its_order_and_says_nothing_of_anybody(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    webhook_id = webhooks.a_webhook(sandbox, receiver.url)
    events = [webhooks.happen(sandbox) for _ in range(5)]

    webhooks.work(sandbox)

    assert receiver.ids() == events
    assert set(receiver.told[0]) == {"id", "type", "at", "resource_id"}
    assert receiver.told[0]["type"] == EventType.CASE_UPDATED
    assert receiver.told[0]["at"].endswith("Z")
    done = webhooks.deliveries(sandbox, webhook_id)
    assert {delivery.state for delivery in done} == {DeliveryState.DELIVERED}
    assert [(one["status"], one["error"]) for one in done[0].attempts] == [(200, None)]
    assert webhooks.row(sandbox, webhook_id).lease_id is None


def test_the_log_keeps_nothing_of_an_answer(sandbox: Sandbox, receiver: Receiver) -> None:
    webhook_id = webhooks.a_webhook(sandbox, receiver.url)
    receiver.next(PATH, replies(Reply(b"a secret of theirs", status=418)))
    webhooks.happen(sandbox)

    webhooks.work(sandbox)

    (entry,) = log_of(sandbox, webhook_id)
    assert set(entry) == {"at", "status", "latency_ms", "error"}
    assert (entry["status"], entry["error"]) == (418, "status")
    assert "secret" not in json.dumps(entry)


def test_who_answers_500_for_an_hour_is_told_everything_afterwards_once(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    webhooks.a_webhook(sandbox, receiver.url)
    receiver.status = 500
    events = [webhooks.happen(sandbox) for _ in range(3)]
    for _ in range(10):
        webhooks.work(sandbox)
        sandbox.pass_time(MINUTES)
    failed = len(receiver.told)
    receiver.status = 200
    for _ in range(11):
        webhooks.work(sandbox)
        sandbox.pass_time(MINUTES)

    # A hail of retries would be hundreds.
    assert 3 <= failed <= 30
    assert sorted(receiver.ids()[failed:]) == sorted(events)


def test_a_delivery_is_tried_ever_later_for_24_hours_and_then_given_up(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    webhook_id = webhooks.a_webhook(sandbox, receiver.url)
    receiver.status = 503
    webhooks.happen(sandbox)
    begun = sandbox.now()

    (delivery,) = webhooks.deliveries(sandbox, webhook_id)
    while delivery.state == DeliveryState.PENDING:
        sandbox.set_clock(max(sandbox.now(), delivery.next_at + SECOND))
        webhooks.work(sandbox)
        (delivery,) = webhooks.deliveries(sandbox, webhook_id)

    assert delivery.state == DeliveryState.GIVEN_UP
    assert delivery.tries == len(delivery.attempts) == len(receiver.told)
    assert 20 <= delivery.tries <= 50
    assert GIVE_UP_AFTER <= sandbox.now() - begun < GIVE_UP_AFTER + timedelta(minutes=5)


def test_what_was_due_while_no_worker_ran_for_days_is_still_told(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    webhooks.a_webhook(sandbox, receiver.url)
    event_id = webhooks.happen(sandbox)
    sandbox.pass_time(3 * GIVE_UP_AFTER)

    webhooks.work(sandbox)

    assert receiver.ids() == [event_id]


def test_a_slow_receiver_and_a_dead_one_hold_up_nobody_else(sandbox: Sandbox, receiver: Receiver) -> None:
    parts = webhooks.parts_with(sandbox, patience=HURRY)
    with receiving(sandbox.parts.rings[Purpose.WEBHOOKS]) as slow:
        slow.next(PATH, late)
        slow_id = webhooks.a_webhook(sandbox, slow.url)
        dead_id = webhooks.a_webhook(sandbox, NOWHERE)
        webhooks.a_webhook(sandbox, receiver.url)
        events = [webhooks.happen(sandbox) for _ in range(3)]

        webhooks.work(sandbox, parts)

        # Each of the others was tried once, and rests.
        assert receiver.ids() == events
        for webhook_id, error in ((slow_id, "timeout"), (dead_id, "connect")):
            tried = [one for one in webhooks.deliveries(sandbox, webhook_id) if one.tries]
            assert [entry["error"] for entry in tried[0].attempts] == [error]
            assert (len(tried), webhooks.row(sandbox, webhook_id).failures) == (1, 1)


def test_a_redirect_and_a_name_that_points_inside_lead_nowhere(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.next(PATH, replies(Reply(b"", status=302, headers={"Location": f"{receiver.address}/inside"})))
    redirects = webhooks.a_webhook(sandbox, receiver.url)
    rebound = webhooks.a_webhook(sandbox, "http://hook.test:80/hook")
    webhooks.happen(sandbox)

    webhooks.work(sandbox, webhooks.parts_with(sandbox, resolve=lambda _host, _port: ["10.0.0.7"]))

    assert [entry["error"] for entry in log_of(sandbox, redirects)] == ["redirect"]
    assert [entry["error"] for entry in log_of(sandbox, rebound)] == ["address-refused"]
    assert receiver.calls("/inside") == []


def test_who_has_failed_for_three_days_is_switched_off_and_the_admins_are_told(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    webhook_id = webhooks.a_webhook(sandbox, receiver.url)
    receiver.status = 500
    webhooks.happen(sandbox)
    webhooks.work(sandbox)
    sandbox.pass_time(DISABLE_AFTER)
    webhooks.happen(sandbox)

    webhooks.work(sandbox)

    row = webhooks.row(sandbox, webhook_id)
    assert (row.status, row.disabled_because) == (WebhookStatus.DISABLED, DisabledBecause.FAILING)
    assert {one.state for one in webhooks.deliveries(sandbox, webhook_id)} == {DeliveryState.GIVEN_UP}
    representative = sandbox.log_in("wang-qiang")
    notices = representative.expect(200, "GET", "/v1/notices")["items"]
    (notice,) = [one for one in notices if one["kind"] == "webhook_disabled"]
    assert notice["about"]["host"] == "127.0.0.1"
    assert "127.0.0.1" in notice["text"]


def test_one_success_ends_a_row_of_failures(sandbox: Sandbox, receiver: Receiver) -> None:
    webhook_id = webhooks.a_webhook(sandbox, receiver.url)
    receiver.next(PATH, hangs_up, hangs_up)
    webhooks.happen(sandbox)
    for _ in range(3):
        webhooks.work(sandbox)
        sandbox.pass_time(MINUTES)

    row = webhooks.row(sandbox, webhook_id)
    assert (row.failures, row.failing_since, row.rests_until) == (0, None, None)
    assert [entry["error"] for entry in log_of(sandbox, webhook_id)] == ["cut", "cut", None]


def test_of_many_workers_at_the_same_moment_one_has_the_turn(sandbox: Sandbox) -> None:
    webhook_id = webhooks.a_webhook(sandbox)
    webhooks.happen(sandbox)
    now, real_now, lease = sandbox.now(), SystemClock().now(), timedelta(seconds=30)

    def take() -> Turn | None:
        with sandbox.parts.database.write() as session:
            return delivering.take_turn(session, now, real_now, lease)

    turns = [turn for turn in at_once(*[take] * 6) if turn is not None]

    assert [turn.webhook_id for turn in turns] == [webhook_id]


def test_a_lease_that_ran_out_goes_to_another_and_the_former_holder_sends_nothing_more(
    sandbox: Sandbox,
) -> None:
    webhooks.a_webhook(sandbox)
    webhooks.happen(sandbox)
    now, real_now, lease = sandbox.now(), SystemClock().now(), timedelta(seconds=30)

    with sandbox.parts.database.write() as session:
        former = delivering.take_turn(session, now, real_now, lease)
        early = delivering.take_turn(session, now, real_now + lease - SECOND, lease)
        later = delivering.take_turn(session, now, real_now + lease, lease)
        assert former
        assert later
        assert early is None
        assert delivering.next_due(session, former, now, real_now + lease, lease) is None
        assert delivering.next_due(session, later, now, real_now + lease, lease) is not None


def test_many_workers_tell_everything_once_while_nobody_fails(sandbox: Sandbox, receiver: Receiver) -> None:
    for _ in range(4):
        webhooks.a_webhook(sandbox, receiver.url)
    events = [webhooks.happen(sandbox) for _ in range(10)]

    at_once(*[lambda: webhooks.work(sandbox)] * 3)
    webhooks.work(sandbox)

    assert sorted(receiver.ids()) == sorted(events * 4)
