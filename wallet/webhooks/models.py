"""Rows of webhooks: who is told, what happened, and each telling of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from identity.orm import ID, Base, primary_key


class EventType(StrEnum):
    """What an organisation can be told of."""

    CONSENT_APPROVED = "consent.approved"
    CONSENT_DECLINED = "consent.declined"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    CONSENT_EXPIRED = "consent.expired"
    CASE_UPDATED = "case.updated"
    # Sent by the test button, to whatever the webhook has subscribed to.
    WEBHOOK_TEST = "webhook.test"


class WebhookStatus(StrEnum):
    """Whether anything is sent. Who is deleted is absent for everybody."""

    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"


class DisabledBecause(StrEnum):
    """Why nothing is sent any more."""

    OWNER = "owner"
    FAILING = "failing"


class DeliveryState(StrEnum):
    """What became of a delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"


class WebhookRow(Base):
    """Where an organisation wants to be told, and of what (`events` are words parted by blanks).

    `failures` counts attempts that failed since the last that did not, the first of them at `failing_since`.
    Nothing is sent before `rests_until`. Whoever holds `lease_id` until `leased_until` (real time, also in the
    sandbox) is the only one who sends.
    """

    __tablename__ = "webhooks"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'disabled', 'deleted')", name="status"),
        Index(None, "organisation_id", "id"),
    )

    id: Mapped[str] = primary_key()
    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("organisations.id"))
    url: Mapped[str] = mapped_column(String(2048))
    events: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(16))
    disabled_because: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]
    last_turn_at: Mapped[datetime | None]
    lease_id: Mapped[str | None] = mapped_column(ID)
    leased_until: Mapped[datetime | None]


class WebhookEventRow(Base):
    """Something that happened, written with it. `resource_id` names a consent, a case, or the webhook itself."""

    __tablename__ = "webhook_events"

    id: Mapped[str] = primary_key()
    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("organisations.id"))
    type: Mapped[str] = mapped_column(String(32))
    resource_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)


class WebhookDeliveryRow(Base):
    """An event on its way to a webhook. `attempts` is the log: [{at, status, latency_ms, error}], the oldest first."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'delivered', 'given_up', 'cancelled')", name="state"),
        Index(None, "webhook_id", "id"),
        Index(None, "webhook_id", "state", "next_at"),
        Index(None, "event_id"),
        Index(None, "ended_at"),
    )

    id: Mapped[str] = primary_key()
    webhook_id: Mapped[str] = mapped_column(ID, ForeignKey("webhooks.id"))
    event_id: Mapped[str] = mapped_column(ID, ForeignKey("webhook_events.id"))
    state: Mapped[str] = mapped_column(String(16))
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    attempts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    give_up_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # The delivery of the same event that this one repeats.
    replay_of: Mapped[str | None] = mapped_column(ID)
