"""Webhooks and their log, as their organisation sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from identity.orm import AnyRow, AnySelect
from wallet.webhooks.errors import DeliveryNotFound, WebhookNotFound
from wallet.webhooks.models import (
    DeliveryState,
    DisabledBecause,
    EventType,
    WebhookDeliveryRow,
    WebhookEventRow,
    WebhookRow,
    WebhookStatus,
)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook. `failing_since` is the first failure after which nothing has come through."""

    id: str
    url: str
    events: tuple[EventType, ...]
    status: WebhookStatus
    disabled_because: DisabledBecause | None
    created_at: datetime
    confirmed_at: datetime
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class AttemptMade:
    """One attempt of a delivery: no `error` is success."""

    at: datetime
    status: int | None
    latency_ms: int
    error: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to a webhook. `next_attempt_at` is None once it has ended."""

    id: str
    event_id: str
    type: EventType
    resource_id: str
    state: DeliveryState
    created_at: datetime
    attempts: tuple[AttemptMade, ...]
    next_attempt_at: datetime | None
    ended_at: datetime | None
    replay_of: str | None


Item = TypeVar("Item", Webhook, Delivery)


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of a list; `next_cursor` is None at its end."""

    items: list[Item]
    next_cursor: str | None


def row_of(session: Session, organisation_id: str, webhook_id: str) -> WebhookRow:
    """Return a webhook of an organisation. Raises WebhookNotFound."""
    row = session.scalar(_of(organisation_id).where(WebhookRow.id == webhook_id))
    if row is None:
        raise WebhookNotFound
    return row


def webhook(row: WebhookRow) -> Webhook:
    """Return a webhook as its organisation sees it."""
    return Webhook(
        id=row.id,
        url=row.url,
        events=tuple(EventType(word) for word in row.events.split()),
        status=WebhookStatus(row.status),
        disabled_because=DisabledBecause(row.disabled_because) if row.disabled_because else None,
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
        failing_since=row.failing_since,
    )


def webhooks_of(session: Session, organisation_id: str, *, limit: int, cursor: str | None) -> Page[Webhook]:
    """Return an organisation's webhooks, the oldest first; `cursor` is the last id of the page before."""
    query = _of(organisation_id)
    if cursor:
        query = query.where(WebhookRow.id > cursor)
    rows = session.scalars(query.order_by(WebhookRow.id).limit(limit + 1)).all()
    return _page([webhook(row) for row in rows], limit)


def deliveries_of(
    session: Session, row: WebhookRow, *, limit: int, cursor: str | None, state: DeliveryState | None = None
) -> Page[Delivery]:
    """Return what a webhook was or is to be told, the newest first."""
    query = _deliveries().where(WebhookDeliveryRow.webhook_id == row.id)
    if cursor:
        query = query.where(WebhookDeliveryRow.id < cursor)
    if state:
        query = query.where(WebhookDeliveryRow.state == state)
    rows = session.execute(query.order_by(WebhookDeliveryRow.id.desc()).limit(limit + 1)).all()
    return _page([_delivery(found) for found in rows], limit)


def delivery_of(session: Session, row: WebhookRow, delivery_id: str) -> Delivery:
    """Return one delivery to a webhook. Raises DeliveryNotFound."""
    mine = (WebhookDeliveryRow.webhook_id == row.id, WebhookDeliveryRow.id == delivery_id)
    found = session.execute(_deliveries().where(*mine)).first()
    if found is None:
        raise DeliveryNotFound
    return _delivery(found)


def _of(organisation_id: str) -> Select[WebhookRow]:
    there = WebhookRow.status != WebhookStatus.DELETED
    return select(WebhookRow).where(WebhookRow.organisation_id == organisation_id, there)


def _deliveries() -> AnySelect:
    event = WebhookEventRow.id == WebhookDeliveryRow.event_id
    return select(WebhookDeliveryRow, WebhookEventRow).join(WebhookEventRow, event)


def _delivery(found: AnyRow) -> Delivery:
    row, event = found
    pending = row.state == DeliveryState.PENDING
    return Delivery(
        id=row.id,
        event_id=event.id,
        type=EventType(event.type),
        resource_id=event.resource_id,
        state=DeliveryState(row.state),
        created_at=row.created_at,
        attempts=tuple(_attempt(entry) for entry in row.attempts),
        next_attempt_at=row.next_at if pending else None,
        ended_at=row.ended_at,
        replay_of=row.replay_of,
    )


def _attempt(entry: dict[str, Any]) -> AttemptMade:
    at = datetime.fromisoformat(entry["at"])
    return AttemptMade(at, entry["status"], entry["latency_ms"], entry["error"])


def _page(items: Sequence[Item], limit: int) -> Page[Item]:
    shown = list(items[:limit])
    return Page(shown, shown[-1].id if len(items) > limit else None)
