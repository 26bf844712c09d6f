"""How long webhooks, what was told and the log of it are kept (see `identity.retention`)."""

from sqlalchemy import select

from identity.retention import Rule, deleting
from wallet.webhooks.models import WebhookDeliveryRow, WebhookEventRow, WebhookRow, WebhookStatus

RULES = (
    # What is still to be delivered has no end yet.
    Rule(
        "webhook_deliveries",
        lambda before: select(WebhookDeliveryRow.id).where(WebhookDeliveryRow.ended_at <= before),
        deleting(WebhookDeliveryRow),
    ),
    Rule(
        "webhook_events",
        lambda before: select(WebhookEventRow.id).where(
            WebhookEventRow.at <= before,
            ~select(WebhookDeliveryRow.id).where(WebhookDeliveryRow.event_id == WebhookEventRow.id).exists(),
        ),
        deleting(WebhookEventRow),
    ),
    Rule(
        "webhooks",
        lambda before: select(WebhookRow.id).where(
            WebhookRow.status == WebhookStatus.DELETED,
            WebhookRow.ended_at <= before,
            ~select(WebhookDeliveryRow.id).where(WebhookDeliveryRow.webhook_id == WebhookRow.id).exists(),
        ),
        deleting(WebhookRow),
    ),
)
