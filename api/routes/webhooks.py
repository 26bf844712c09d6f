"""Webhooks of an enterprise: kept by its own program, or by a member who acts for it."""

from typing import Any
from uuid import UUID

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import ClientOr, ClientWith, Scoped
from api.idempotency import ONE_DAY
from api.schemas.common import PageQuery
from api.schemas.webhooks import (
    DeliveryList,
    DeliveryQuery,
    DeliverySchema,
    WebhookEventsRequest,
    WebhookList,
    WebhookRequest,
    WebhookSchema,
)
from identity.acting import ORGANISATION
from identity.errors import InvalidField, ScopeRequired
from identity.organisations.scopes import Scope
from identity.principals import Citizen
from wallet.webhooks import managing, views
from wallet.webhooks.errors import (
    DeliveryNotFound,
    TooManyWebhooks,
    WebhookChallengeFailed,
    WebhookDisabled,
    WebhookNotFound,
)
from wallet.webhooks.views import Delivery, Page, Webhook

blp = Blueprint("webhooks", __name__, url_prefix="/v1", description="消息推送 · Webhooks")

MANAGES = ClientOr(ClientWith(Scope.WEBHOOKS_MANAGE), Scoped(2, Scope.WEBHOOKS_MANAGE))
WEBHOOK = "/webhooks/<uuid:webhook_id>"
CHALLENGED = (InvalidField, WebhookChallengeFailed)


@blp.post(
    "/webhooks",
    guard=MANAGES,
    summary=Summary("登记推送地址", "Register a webhook"),
    description="""登记时先验证：向该地址 POST 一个 JWS（typ 为 lz-webhook，type 为 webhook.challenge），须在十秒内以 2xx 应答，
正文为其中 challenge 的值（同见请求头 Webhook-Challenge）、JSON `{"challenge": 值}`，或原样返回该 JWS；否则不予登记。
此后每个事件以同样的 JWS 推送，载荷只有 `{id, type, at, resource_id}`，公钥见 /.well-known/jwks.json。2xx 即送达；不跟随重定向。
未送达的在 24 小时内以渐增的间隔重试，至少一次，`id` 相同即为同一事件；连续三天无法送达则停用。地址须为 https 且解析到公网；沙盒只允许本机回环地址。

The receiver is challenged first: it gets a POST of a JWS (typ `lz-webhook`, type `webhook.challenge`), and has to answer 2xx
within ten seconds with the value of its `challenge` (also in the header `Webhook-Challenge`) as plain text, as JSON
`{"challenge": value}`, or with that JWS as it came. From then on each event comes as such a JWS of `{id, type, at, resource_id}`
and nothing else; the keys are in /.well-known/jwks.json. 2xx is delivered; redirects are not followed. What is not delivered
is tried again at growing distances for 24 hours, at least once: the same `id` is the same event. Who can't be reached for three days
is switched off. The address must be https and public; the sandbox sends to loopback only.""",
    body=WebhookRequest,
    answer=Answer(201, WebhookSchema),
    refuses=(*CHALLENGED, TooManyWebhooks),
    repeatable=ONE_DAY,
)
def register_webhook(call: Call, body: dict[str, Any]) -> Webhook:
    desk = call.services.webhooks
    return desk.register(_organisation(call), body["url"], body["events"], call.now)


@blp.get(
    "/webhooks",
    guard=MANAGES,
    summary=Summary("推送地址列表", "Webhooks"),
    query=PageQuery,
    answer=Answer(200, WebhookList),
)
def list_webhooks(call: Call, query: dict[str, Any]) -> Page[Webhook]:
    return views.webhooks_of(call.session, _organisation(call), limit=query["limit"], cursor=_cursor(query))


@blp.get(
    WEBHOOK,
    guard=MANAGES,
    summary=Summary("推送地址详情", "A webhook"),
    answer=Answer(200, WebhookSchema),
    refuses=(WebhookNotFound,),
)
def get_webhook(call: Call, webhook_id: UUID) -> Webhook:
    return views.webhook(views.row_of(call.session, _organisation(call), str(webhook_id)))


@blp.post(
    WEBHOOK,
    guard=MANAGES,
    summary=Summary("更改订阅的事件", "Change what a webhook is told of"),
    description="地址不能更改，请另行登记。 · The address stays: register another for another.",
    body=WebhookEventsRequest,
    answer=Answer(200, WebhookSchema),
    refuses=(WebhookNotFound,),
    once=ONE_DAY,
)
def change_webhook(call: Call, body: dict[str, Any], webhook_id: UUID) -> Webhook:
    return managing.subscribe(call.session, _organisation(call), str(webhook_id), body["events"])


@blp.post(
    f"{WEBHOOK}/enable",
    guard=MANAGES,
    summary=Summary("启用推送", "Enable a webhook"),
    description="重新验证该地址。 · Its receiver is challenged again.",
    answer=Answer(200, WebhookSchema),
    refuses=(WebhookNotFound, *CHALLENGED),
    repeatable=ONE_DAY,
)
def enable_webhook(call: Call, _body: dict[str, Any], webhook_id: UUID) -> Webhook:
    return call.services.webhooks.enable(_organisation(call), str(webhook_id), call.now)


@blp.post(
    f"{WEBHOOK}/disable",
    guard=MANAGES,
    summary=Summary("停用推送", "Disable a webhook"),
    description="尚未送达的随即取消，启用后可重发。 · "
    "What is still to be sent is cancelled; it can be replayed once the webhook is enabled again.",
    answer=Answer(200, WebhookSchema),
    refuses=(WebhookNotFound,),
    once=ONE_DAY,
)
def disable_webhook(call: Call, _body: dict[str, Any], webhook_id: UUID) -> Webhook:
    return managing.disable(call.session, _organisation(call), str(webhook_id), call.now)


@blp.post(
    f"{WEBHOOK}/delete",
    guard=MANAGES,
    summary=Summary("删除推送地址", "Delete a webhook"),
    answer=Answer(200, WebhookSchema),
    refuses=(WebhookNotFound,),
    once=ONE_DAY,
)
def delete_webhook(call: Call, _body: dict[str, Any], webhook_id: UUID) -> Webhook:
    return managing.delete(call.session, _organisation(call), str(webhook_id), call.now)


@blp.post(
    f"{WEBHOOK}/test",
    guard=MANAGES,
    summary=Summary("发送测试事件", "Send a test event"),
    description="随即推送 webhook.test，结果见推送记录。 · "
    "Sends `webhook.test` at once, whatever was subscribed to; what came of it stands in the deliveries.",
    answer=Answer(202, DeliverySchema),
    refuses=(WebhookNotFound, WebhookDisabled),
    once=ONE_DAY,
)
def send_test_event(call: Call, _body: dict[str, Any], webhook_id: UUID) -> Delivery:
    return managing.test(call.session, _organisation(call), str(webhook_id), call.now)


@blp.get(
    f"{WEBHOOK}/deliveries",
    guard=MANAGES,
    summary=Summary("推送记录", "Deliveries"),
    description="最新的在前，含每次尝试的时间、状态码、耗时和失败原因。 · "
    "Newest first, each with its attempts: when, HTTP status, latency, and a word for what went wrong.",
    query=DeliveryQuery,
    answer=Answer(200, DeliveryList),
    refuses=(WebhookNotFound,),
)
def list_deliveries(call: Call, query: dict[str, Any], webhook_id: UUID) -> Page[Delivery]:
    row = views.row_of(call.session, _organisation(call), str(webhook_id))
    return views.deliveries_of(
        call.session, row, limit=query["limit"], cursor=_cursor(query), state=query["state"]
    )


@blp.get(
    f"{WEBHOOK}/deliveries/<uuid:delivery_id>",
    guard=MANAGES,
    summary=Summary("一条推送记录", "A delivery"),
    answer=Answer(200, DeliverySchema),
    refuses=(WebhookNotFound, DeliveryNotFound),
)
def get_delivery(call: Call, webhook_id: UUID, delivery_id: UUID) -> Delivery:
    row = views.row_of(call.session, _organisation(call), str(webhook_id))
    return views.delivery_of(call.session, row, str(delivery_id))


@blp.post(
    f"{WEBHOOK}/deliveries/<uuid:delivery_id>/replay",
    guard=MANAGES,
    summary=Summary("重新推送", "Replay a delivery"),
    description="同一事件再次推送，`id` 不变；仍在等待重试的立即推送。 · "
    "The same event again, with its `id`. One that still waits for its next attempt is sent now.",
    answer=Answer(202, DeliverySchema),
    refuses=(WebhookNotFound, DeliveryNotFound, WebhookDisabled),
    once=ONE_DAY,
)
def replay_delivery(call: Call, _body: dict[str, Any], webhook_id: UUID, delivery_id: UUID) -> Delivery:
    return managing.replay(call.session, _organisation(call), str(webhook_id), str(delivery_id), call.now)


def _organisation(call: Call) -> str:
    """Return the enterprise that calls by its program, or that somebody acts for."""
    if not isinstance(call.principal, Citizen):
        return call.client.organisation_id
    acting = call.principal.acting_for
    if acting is None or acting.type != ORGANISATION:
        raise ScopeRequired
    return acting.id


def _cursor(query: dict[str, Any]) -> str | None:
    return str(query["cursor"]) if query["cursor"] else None
