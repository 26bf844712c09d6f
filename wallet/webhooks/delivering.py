"""Telling: which webhook has its turn, what it is told next, and what came of it.

A webhook is leased by one conditional write, so that one worker of all machines sends to it at a time, and in the
order of events. Its lease is renewed with each delivery. Who dies in the middle leaves a lease that runs out; then
another sends again what was not noted as delivered: at least once. Leases run in real time (`real_now`), deliveries in
the service's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.orm import Session

from identity.ids import new_id
from wallet.webhooks import managing, schedule
from wallet.webhooks.models import (
    DeliveryState,
    DisabledBecause,
    WebhookDeliveryRow,
    WebhookEventRow,
    WebhookRow,
    WebhookStatus,
)
from wallet.webhooks.sending import Attempt

# Of a delivery's attempts the log keeps the latest.
LOGGED_ATTEMPTS = 50


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to send to a webhook, for a while."""

    webhook_id: str
    organisation_id: str
    url: str
    lease_id: str


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery to be attempted now."""

    id: str
    event_id: str
    type: str
    resource_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Noted:
    """What an attempt led to: whether the webhook goes on with its turn, and whether it was switched off."""

    goes_on: bool
    switched_off: bool = False


def is_anything_due(session: Session, now: datetime, real_now: datetime) -> bool:
    """Tell whether it would be worth trying to take a turn."""
    return session.scalar(_waiting(now, real_now).limit(1)) is not None


def take_turn(session: Session, now: datetime, real_now: datetime, lease: timedelta) -> Turn | None:
    """Lease a webhook that has something due, whoever waited longest first; None when there is none."""
    next_one = (
        _waiting(now, real_now)
        .order_by(WebhookRow.last_turn_at.asc().nulls_first(), WebhookRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    lease_id = new_id()
    row = session.execute(
        update(WebhookRow)
        .where(WebhookRow.id == next_one, _is_free(real_now))
        .values(lease_id=lease_id, leased_until=real_now + lease, last_turn_at=real_now)
        .returning(WebhookRow.id, WebhookRow.organisation_id, WebhookRow.url)
        .execution_options(synchronize_session=False),
    ).first()
    return Turn(row.id, row.organisation_id, row.url, lease_id) if row else None


def next_due(session: Session, turn: Turn, now: datetime, real_now: datetime, lease: timedelta) -> Due | None:
    """Return what is to be sent next, and hold the lease for it; None when nothing is, or the lease is gone."""
    held = session.scalar(
        update(WebhookRow)
        .where(*_held(turn), WebhookRow.status == WebhookStatus.ACTIVE)
        .values(leased_until=real_now + lease)
        .returning(WebhookRow.id),
    )
    if held is None:
        return None
    row = session.execute(
        select(WebhookDeliveryRow.id, WebhookEventRow)
        .join(WebhookEventRow, WebhookEventRow.id == WebhookDeliveryRow.event_id)
        .where(
            WebhookDeliveryRow.webhook_id == turn.webhook_id,
            WebhookDeliveryRow.state == DeliveryState.PENDING,
            WebhookDeliveryRow.next_at <= now,
        )
        .order_by(WebhookDeliveryRow.id)
        .limit(1),
    ).first()
    if row is None:
        return None
    event = row.WebhookEventRow
    return Due(row.id, event.id, event.type, event.resource_id, event.at)


def note(
    session: Session, turn: Turn, due: Due, attempt: Attempt, *, began: datetime, now: datetime, random: float
) -> Noted:
    """Write down what came of an attempt. `random` in [0, 1) spreads the next ones."""
    # Whoever switches the webhook off at this moment comes before or after.
    webhook = session.scalar(select(WebhookRow).where(WebhookRow.id == turn.webhook_id).with_for_update())
    delivery = session.get(WebhookDeliveryRow, due.id)
    if webhook is None or delivery is None:
        # The sandbox began again.
        return Noted(goes_on=False)
    entry = {
        "at": began.isoformat(),
        "status": attempt.status,
        "latency_ms": attempt.latency_ms,
        "error": attempt.error,
    }
    delivery.attempts = [*delivery.attempts, entry][-LOGGED_ATTEMPTS:]
    delivery.tries += 1
    if attempt.error is None:
        # Also one that was cancelled meanwhile: it did arrive.
        delivery.state, delivery.ended_at = DeliveryState.DELIVERED, now
        webhook.failures, webhook.failing_since, webhook.rests_until = 0, None, None
        return Noted(goes_on=webhook.lease_id == turn.lease_id)
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or began
    webhook.rests_until = schedule.rest_until(now, webhook.failures, random)
    if delivery.state == DeliveryState.PENDING:
        _put_off(delivery, now, random)
    return Noted(goes_on=False, switched_off=_switch_off_if_hopeless(session, webhook, now))


def end_turn(session: Session, turn: Turn) -> None:
    """Give a lease back."""
    session.execute(
        update(WebhookRow).where(*_held(turn)).values(lease_id=None, leased_until=None),
    )


def _put_off(delivery: WebhookDeliveryRow, now: datetime, random: float) -> None:
    following = schedule.next_attempt(now, delivery.tries, delivery.give_up_at, random)
    if following is None:
        delivery.state, delivery.ended_at = DeliveryState.GIVEN_UP, now
    else:
        delivery.next_at = following


def _switch_off_if_hopeless(session: Session, webhook: WebhookRow, now: datetime) -> bool:
    since = webhook.failing_since
    if webhook.status != WebhookStatus.ACTIVE or since is None or now - since < schedule.DISABLE_AFTER:
        return False
    webhook.status, webhook.disabled_because = WebhookStatus.DISABLED, DisabledBecause.FAILING
    managing.end_pending(session, webhook, DeliveryState.GIVEN_UP, now)
    return True


def _waiting(now: datetime, real_now: datetime) -> Select[str]:
    due = (
        select(WebhookDeliveryRow.id)
        .where(
            WebhookDeliveryRow.webhook_id == WebhookRow.id,
            WebhookDeliveryRow.state == DeliveryState.PENDING,
            WebhookDeliveryRow.next_at <= now,
        )
        .exists()
    )
    rested = or_(WebhookRow.rests_until.is_(None), WebhookRow.rests_until <= now)
    return select(WebhookRow.id).where(
        WebhookRow.status == WebhookStatus.ACTIVE, _is_free(real_now), rested, due
    )


def _is_free(real_now: datetime) -> ColumnElement[bool]:
    return or_(WebhookRow.leased_until.is_(None), WebhookRow.leased_until <= real_now)


def _held(turn: Turn) -> tuple[ColumnElement[bool], ...]:
    return (WebhookRow.id == turn.webhook_id, WebhookRow.lease_id == turn.lease_id)
