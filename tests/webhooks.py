"""Webhooks to test with: written as if their receiver had answered the challenge."""

import threading
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update

from api.services import Services
from api.worker.dispatching import Dispatcher
from identity.ids import new_id
from identity.organisations.models import EnterpriseRow
from tests import organisations
from tests.sandbox import Sandbox
from wallet.webhooks import outbox
from wallet.webhooks.models import DeliveryState, EventType, WebhookDeliveryRow, WebhookRow, WebhookStatus

NOWHERE = "http://127.0.0.1:9/hook"


def an_organisation(sandbox: Sandbox) -> str:
    """Return the id of an enterprise; the first call registers one."""
    with sandbox.parts.database.read() as session:
        known = session.scalar(select(EnterpriseRow.id).order_by(EnterpriseRow.created_at).limit(1))
    if known:
        return known
    registered: str = organisations.register(organisations.at_level_3(sandbox, "wang-qiang"))["id"]
    return registered


def a_webhook(sandbox: Sandbox, url: str = NOWHERE, *events: EventType, **columns: Any) -> str:
    """Return the id of a webhook that has subscribed to some events, or to all."""
    webhook_id, now = new_id(), sandbox.now()
    values: dict[str, Any] = {
        "organisation_id": columns.pop("organisation_id", None) or an_organisation(sandbox),
        "url": url,
        "events": " ".join(events or EventType),
        "status": WebhookStatus.ACTIVE,
        "created_at": now,
        "confirmed_at": now,
    }
    with sandbox.parts.database.write() as session:
        session.add(WebhookRow(id=webhook_id, **values | columns))
    return webhook_id


def happen(
    sandbox: Sandbox, event_type: EventType = EventType.CASE_UPDATED, organisation_id: str | None = None
) -> str:
    """Let something happen to an organisation; return the event's id."""
    at = organisation_id or an_organisation(sandbox)
    with sandbox.parts.database.write() as session:
        return outbox.emit(
            session, organisation_id=at, type=event_type, resource_id=new_id(), now=sandbox.now()
        )


def deliveries(sandbox: Sandbox, webhook_id: str) -> list[WebhookDeliveryRow]:
    """Return what is or was to be told to a webhook, the oldest first."""
    with sandbox.parts.database.read() as session:
        query = select(WebhookDeliveryRow).where(WebhookDeliveryRow.webhook_id == webhook_id)
        return list(session.scalars(query.order_by(WebhookDeliveryRow.id)))


def told(sandbox: Sandbox) -> None:
    """Let a webhook have been told of something, in vain."""
    webhook_id = a_webhook(sandbox)
    happen(sandbox)
    ended = {"state": DeliveryState.GIVEN_UP, "ended_at": sandbox.now()}
    mine = WebhookDeliveryRow.webhook_id == webhook_id
    with sandbox.parts.database.write() as session:
        session.execute(update(WebhookDeliveryRow).where(mine).values(ended))


def deleted(sandbox: Sandbox) -> None:
    """Let there have been a webhook."""
    a_webhook(sandbox, status=WebhookStatus.DELETED, ended_at=sandbox.now())


def parts_with(sandbox: Sandbox, **changes: Any) -> Services:
    """Return the sandbox's parts with another sender of webhooks."""
    desk = sandbox.parts.webhooks
    return replace(sandbox.parts, webhooks=replace(desk, sender=replace(desk.sender, **changes)))


def work(sandbox: Sandbox, parts: Services | None = None) -> None:
    """Do what a worker does, until nothing is due any more."""
    dispatcher = Dispatcher(parts or sandbox.parts, threading.Event())
    while dispatcher.start_turns():
        pass
    dispatcher.close()


def free_leases(sandbox: Sandbox) -> None:
    """Let the leases of a worker that died run out."""
    with sandbox.parts.database.write() as session:
        session.execute(update(WebhookRow).values(leased_until=None))


def row(sandbox: Sandbox, webhook_id: str) -> WebhookRow:
    """Return a webhook as it lies in the database."""
    with sandbox.parts.database.read() as session:
        return session.get_one(WebhookRow, webhook_id)
