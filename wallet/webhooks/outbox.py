"""The outbox: what an organisation is to be told is written in the transaction in which it happens.

What is committed is told, at least once; what is rolled back never happened.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.ids import OrganisationId, new_id
from wallet.webhooks.models import (
    DeliveryState,
    EventType,
    WebhookDeliveryRow,
    WebhookEventRow,
    WebhookRow,
    WebhookStatus,
)
from wallet.webhooks.schedule import GIVE_UP_AFTER


def emit(
    session: Session,
    *,
    organisation_id: OrganisationId | str,
    type: EventType,  # noqa: A002  the word of the contract
    resource_id: str,
    now: datetime,
) -> str:
    """Let every webhook of an organisation that wants to know be told; return the event's id.

    `resource_id` is all that is said of what it happened to: an id, never anything of a person.
    """
    event_id = _event(session, organisation_id, type, resource_id, now)
    subscribed = session.execute(
        select(WebhookRow.id, WebhookRow.events)
        .where(WebhookRow.organisation_id == organisation_id, WebhookRow.status == WebhookStatus.ACTIVE)
        .order_by(WebhookRow.id),
    ).all()
    for webhook_id, events in subscribed:
        if type in events.split():
            enqueue(session, webhook_id, event_id, now)
    session.flush()
    return event_id


def emit_test(session: Session, webhook: WebhookRow, now: datetime) -> WebhookDeliveryRow:
    """Let one webhook be told that it works, whatever it has subscribed to."""
    event_id = _event(session, webhook.organisation_id, EventType.WEBHOOK_TEST, webhook.id, now)
    return enqueue(session, webhook.id, event_id, now)


def enqueue(
    session: Session, webhook_id: str, event_id: str, now: datetime, *, replay_of: str | None = None
) -> WebhookDeliveryRow:
    """Write a delivery that is due now."""
    row = WebhookDeliveryRow(
        id=new_id(),
        webhook_id=webhook_id,
        event_id=event_id,
        state=DeliveryState.PENDING,
        tries=0,
        attempts=[],
        created_at=now,
        next_at=now,
        give_up_at=now + GIVE_UP_AFTER,
        replay_of=replay_of,
    )
    session.add(row)
    session.flush()
    return row


def _event(
    session: Session, organisation_id: str, event_type: EventType, resource_id: str, now: datetime
) -> str:
    event_id = new_id()
    session.add(
        WebhookEventRow(
            id=event_id, organisation_id=organisation_id, type=event_type, resource_id=resource_id, at=now
        ),
    )
    session.flush()
    return event_id
