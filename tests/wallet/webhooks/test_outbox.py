"""The outbox: an event and its deliveries are written with what happened, or not at all."""

import pytest
from sqlalchemy import func, select

from identity.ids import new_id
from tests import webhooks
from tests.sandbox import Sandbox
from wallet.webhooks import outbox
from wallet.webhooks.models import (
    DeliveryState,
    EventType,
    WebhookDeliveryRow,
    WebhookEventRow,
    WebhookStatus,
)
from wallet.webhooks.schedule import GIVE_UP_AFTER


class Unhappened(Exception):
    """What was to happen did not."""


def test_an_event_is_due_at_once_for_every_webhook_that_has_subscribed(sandbox: Sandbox) -> None:
    wants = webhooks.a_webhook(sandbox, webhooks.NOWHERE, EventType.CASE_UPDATED)
    wants_all = webhooks.a_webhook(sandbox)
    wants_other = webhooks.a_webhook(sandbox, webhooks.NOWHERE, EventType.CONSENT_APPROVED)
    disabled = webhooks.a_webhook(sandbox, status=WebhookStatus.DISABLED)

    event_id = webhooks.happen(sandbox, EventType.CASE_UPDATED)

    for webhook_id in (wants, wants_all):
        (delivery,) = webhooks.deliveries(sandbox, webhook_id)
        assert (delivery.event_id, delivery.state) == (event_id, DeliveryState.PENDING)
        assert delivery.next_at == delivery.created_at == delivery.give_up_at - GIVE_UP_AFTER
    assert webhooks.deliveries(sandbox, wants_other) == webhooks.deliveries(sandbox, disabled) == []


def test_what_is_rolled_back_is_told_to_nobody(sandbox: Sandbox) -> None:
    webhook_id = webhooks.a_webhook(sandbox)
    organisation_id, now = webhooks.an_organisation(sandbox), sandbox.now()

    def fail() -> None:
        with sandbox.parts.database.write() as session:
            outbox.emit(
                session,
                organisation_id=organisation_id,
                type=EventType.CONSENT_APPROVED,
                resource_id=new_id(),
                now=now,
            )
            raise Unhappened

    with pytest.raises(Unhappened):
        fail()

    with sandbox.parts.database.read() as session:
        events = session.scalar(select(func.count()).select_from(WebhookEventRow))
    assert (webhooks.deliveries(sandbox, webhook_id), events) == ([], 0)


def test_an_event_of_an_organisation_without_webhooks_is_noted_and_goes_nowhere(sandbox: Sandbox) -> None:
    event_id = webhooks.happen(sandbox)

    with sandbox.parts.database.read() as session:
        noted = session.get(WebhookEventRow, event_id)
        waiting = session.scalar(select(func.count()).select_from(WebhookDeliveryRow))
    assert noted is not None
    assert waiting == 0
