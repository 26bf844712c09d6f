"""What an organisation does with its webhooks: other events, off, gone, a test, the same delivery again."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from wallet.webhooks import outbox, views
from wallet.webhooks.errors import WebhookDisabled
from wallet.webhooks.models import (
    DeliveryState,
    DisabledBecause,
    EventType,
    WebhookDeliveryRow,
    WebhookRow,
    WebhookStatus,
)
from wallet.webhooks.registering import written
from wallet.webhooks.views import Delivery, Webhook


def subscribe(
    session: Session, organisation_id: str, webhook_id: str, events: Iterable[EventType]
) -> Webhook:
    """Change what a webhook is told of from now on. Raises WebhookNotFound."""
    row = views.row_of(session, organisation_id, webhook_id)
    row.events = written(events)
    session.flush()
    return views.webhook(row)


def disable(session: Session, organisation_id: str, webhook_id: str, now: datetime) -> Webhook:
    """Send nothing more; what was still to be sent is cancelled, and can be replayed. Raises WebhookNotFound."""
    row = views.row_of(session, organisation_id, webhook_id)
    if row.status == WebhookStatus.ACTIVE:
        row.status, row.disabled_because = WebhookStatus.DISABLED, DisabledBecause.OWNER
        end_pending(session, row, DeliveryState.CANCELLED, now)
    return views.webhook(row)


def delete(session: Session, organisation_id: str, webhook_id: str, now: datetime) -> Webhook:
    """Send nothing more, for good: the webhook is absent from now on. Raises WebhookNotFound."""
    row = views.row_of(session, organisation_id, webhook_id)
    row.status, row.ended_at = WebhookStatus.DELETED, now
    end_pending(session, row, DeliveryState.CANCELLED, now)
    return views.webhook(row)


def test(session: Session, organisation_id: str, webhook_id: str, now: datetime) -> Delivery:
    """Send `webhook.test`. Raises WebhookNotFound, WebhookDisabled."""
    row = _active(session, organisation_id, webhook_id)
    return views.delivery_of(session, row, outbox.emit_test(session, row, now).id)


def replay(
    session: Session, organisation_id: str, webhook_id: str, delivery_id: str, now: datetime
) -> Delivery:
    """Send the event of a delivery again, with the same event id; one that still waits is sent now.

    Raises WebhookNotFound, DeliveryNotFound, WebhookDisabled.
    """
    row = views.row_of(session, organisation_id, webhook_id)
    former = views.delivery_of(session, row, delivery_id)
    _active(session, organisation_id, webhook_id)
    row.rests_until = None
    waiting = session.scalar(
        update(WebhookDeliveryRow)
        .where(WebhookDeliveryRow.id == former.id, WebhookDeliveryRow.state == DeliveryState.PENDING)
        .values(next_at=now)
        .returning(WebhookDeliveryRow.id),
    )
    again = waiting or outbox.enqueue(session, row.id, former.event_id, now, replay_of=former.id).id
    session.flush()
    return views.delivery_of(session, row, again)


def end_pending(session: Session, row: WebhookRow, state: DeliveryState, now: datetime) -> None:
    """End whatever is still to be sent to a webhook."""
    session.execute(
        update(WebhookDeliveryRow)
        .where(WebhookDeliveryRow.webhook_id == row.id, WebhookDeliveryRow.state == DeliveryState.PENDING)
        .values(state=state, ended_at=now),
    )
    session.flush()


def _active(session: Session, organisation_id: str, webhook_id: str) -> WebhookRow:
    row = views.row_of(session, organisation_id, webhook_id)
    if row.status != WebhookStatus.ACTIVE:
        raise WebhookDisabled
    return row
