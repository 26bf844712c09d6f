"""Webhooks and their deliveries on the wire."""

from marshmallow import fields, validate

from api.schemas.common import Choice, Instant, PageQuery, Request, Response, items_of, next_cursor, one_of
from api.validation import Text
from wallet.webhooks import urls
from wallet.webhooks.models import DeliveryState, DisabledBecause, EventType, WebhookStatus

SUBSCRIBABLE = [one for one in EventType if one is not EventType.WEBHOOK_TEST]


class WebhookEventsRequest(Request):
    """What to be told of from now on."""

    events = fields.List(
        Choice(*SUBSCRIBABLE), required=True, validate=validate.Length(min=1, max=len(SUBSCRIBABLE))
    )


class WebhookRequest(WebhookEventsRequest):
    """Where to be told, and of what."""

    url = Text(maximum=urls.MAX_CHARACTERS, required=True)


class WebhookSchema(Response):
    """A webhook. `failing_since` is the first failure after which nothing came through."""

    id = fields.String(required=True)
    url = fields.String(required=True)
    events = fields.List(one_of(EventType), required=True)
    status = one_of(WebhookStatus, required=True)
    disabled_because = one_of(DisabledBecause, required=True, allow_none=True)
    created_at = Instant(required=True)
    confirmed_at = Instant(required=True)
    failing_since = Instant(required=True, allow_none=True)


class WebhookList(Response):
    """An enterprise's webhooks, the oldest first."""

    items = items_of(WebhookSchema)
    next_cursor = next_cursor()


class AttemptSchema(Response):
    """One attempt. `error` is null, or one of: dns, address-refused, connect, tls, timeout, cut, redirect, status."""

    at = Instant(required=True)
    status = fields.Integer(required=True, allow_none=True)
    latency_ms = fields.Integer(required=True)
    error = fields.String(required=True, allow_none=True)


class DeliverySchema(Response):
    """An event on its way to a webhook. `event_id` is the `id` in the body, the same in every replay."""

    id = fields.String(required=True)
    event_id = fields.String(required=True)
    type = one_of(EventType, required=True)
    resource_id = fields.String(required=True)
    state = one_of(DeliveryState, required=True)
    created_at = Instant(required=True)
    attempts = fields.List(fields.Nested(AttemptSchema), required=True)
    next_attempt_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    replay_of = fields.String(required=True, allow_none=True)


class DeliveryList(Response):
    """Deliveries, the newest first."""

    items = items_of(DeliverySchema)
    next_cursor = next_cursor()


class DeliveryQuery(PageQuery):
    """Which deliveries."""

    state = Choice(
        *DeliveryState, load_default=None, metadata={"description": "只看某一状态 · only those in one state"}
    )
