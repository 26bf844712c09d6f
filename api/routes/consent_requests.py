"""Consent requests: a client asks, the holder reads who, why and which fields, and answers."""

from typing import Any
from uuid import UUID

from api.answering_consents import answerer_of
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.errors import ActingNotAllowed
from api.guards import LEVEL_2, READS_LICENCES, ClientOr, ClientWith
from api.idempotency import ONE_DAY
from api.routes.licences import person_of
from api.schemas.common import PageQuery
from api.schemas.consents import (
    ApproveConsentRequest,
    ConsentRequestList,
    ConsentRequestRequest,
    ConsentRequestSchema,
    NewConsentRequestSchema,
    ResolveRequest,
)
from identity.clients.client import Client
from identity.clock import civil_date
from identity.errors import AssuranceLevelRequired, ScopeRequired
from identity.organisations.scopes import Scope
from wallet.enterprise import approving, items, request_views
from wallet.enterprise.addressing import addressee
from wallet.enterprise.errors import (
    ConsentRequestNotFound,
    ConsentRequestSettled,
    PurposeExceeded,
    TooManyOpenRequests,
)
from wallet.enterprise.request_views import ConsentRequest, RequestPage
from wallet.enterprise.requests import Asked, NewRequest
from wallet.errors import WalletFrozen

blp = Blueprint("consent-requests", __name__, url_prefix="/v1", description="授权 · Consent")

ASKS = ClientWith(Scope.CONSENTS_REQUEST)
# What a holder's answer may be refused for, whatever it is.
UNANSWERABLE = (ConsentRequestNotFound, ConsentRequestSettled, ActingNotAllowed, ScopeRequired)


@blp.post(
    "/consent-requests",
    guard=ASKS,
    summary=Summary("请求授权", "Ask for consent"),
    description="答复不透露此人是否存在；holder 为 null 时，由首个扫码的人答复。"
    "范围以登记的用途为限，对同一人最多3个待答复。 · "
    "The answer is the same whether or not there is such a person; with `holder: null` it is for whoever scans "
    "the QR first. Bounded by the registered purpose; at most three to one person may wait.",
    body=ConsentRequestRequest,
    answer=Answer(201, NewConsentRequestSchema),
    refuses=(PurposeExceeded, TooManyOpenRequests),
    once=ONE_DAY,
)
def ask_for_consent(call: Call, body: dict[str, Any]) -> NewRequest:
    parts, holder = call.services, body["holder"]
    named = holder and addressee(
        **holder, today=civil_date(call.now), fictitious_allowed=parts.config.is_sandbox
    )
    asked = Asked(named, body["purpose"], items.read(body["items"]), body["valid_days"], body["uses"])
    return parts.consent_requests.ask(call.session, call.client, asked, call.now)


@blp.post(
    "/consent-requests/resolve",
    guard=READS_LICENCES,
    summary=Summary("扫描授权二维码", "Scan a consent request's QR"),
    description="未指定持证人的请求从此只属于首个扫码的人。 · An open request belongs to whoever scans it first.",
    body=ResolveRequest,
    answer=Answer(200, ConsentRequestSchema),
    refuses=(ConsentRequestNotFound, ConsentRequestSettled, ActingNotAllowed, ScopeRequired),
    once=ONE_DAY,
)
def resolve_consent_request(call: Call, body: dict[str, Any]) -> ConsentRequest:
    desk, person_id = call.services.consent_requests, answerer_of(call).person_id
    row = desk.resolve(call.session, person_id, body["qr_text"], call.now)
    return request_views.to_holder(call.session, desk, person_id, row.id, call.now)


@blp.get(
    "/consent-requests",
    guard=READS_LICENCES,
    summary=Summary("谁请求我的授权", "Who asks for my consent"),
    query=PageQuery,
    answer=Answer(200, ConsentRequestList),
)
def list_consent_requests(call: Call, query: dict[str, Any]) -> RequestPage:
    cursor = query["cursor"]
    return request_views.of_holder(
        call.session,
        call.services.consent_requests,
        person_of(call),
        limit=query["limit"],
        cursor=str(cursor) if cursor else None,
        now=call.now,
    )


@blp.get(
    "/consent-requests/<uuid:request_id>",
    guard=ClientOr(ASKS, READS_LICENCES),
    summary=Summary("授权请求详情", "A consent request"),
    description="持证人与发起的应用均可读取。 · For the holder, and for the client that asked.",
    answer=Answer(200, ConsentRequestSchema),
    refuses=(ConsentRequestNotFound,),
)
def get_consent_request(call: Call, request_id: UUID) -> ConsentRequest:
    if isinstance(call.principal, Client):
        return request_views.to_client(call.session, call.client, str(request_id), call.now)
    desk = call.services.consent_requests
    return request_views.to_holder(call.session, desk, person_of(call), str(request_id), call.now)


@blp.post(
    "/consent-requests/<uuid:request_id>/approve",
    guard=LEVEL_2,
    summary=Summary("同意授权", "Approve a consent request"),
    description="可删减证照与字段，不能增加；敏感证照须三级认证。 · "
    "Fields and kinds may be struck, none added; sensitive kinds ask for level 3.",
    body=ApproveConsentRequest,
    answer=Answer(200, ConsentRequestSchema),
    refuses=(*UNANSWERABLE, WalletFrozen, AssuranceLevelRequired),
    once=ONE_DAY,
)
def approve_consent_request(call: Call, body: dict[str, Any], request_id: UUID) -> ConsentRequest:
    parts, left = call.services, body.get("items")
    return approving.approve(
        call.session,
        parts.consent_requests,
        parts.consents,
        request_id=str(request_id),
        who=answerer_of(call),
        items=None if left is None else items.read(left),
        now=call.now,
    )


@blp.post(
    "/consent-requests/<uuid:request_id>/decline",
    guard=LEVEL_2,
    summary=Summary("拒绝授权", "Decline a consent request"),
    answer=Answer(200, ConsentRequestSchema),
    refuses=UNANSWERABLE,
    once=ONE_DAY,
)
def decline_consent_request(call: Call, _body: dict[str, Any], request_id: UUID) -> ConsentRequest:
    desk, who = call.services.consent_requests, answerer_of(call)
    return approving.decline(call.session, desk, request_id=str(request_id), who=who, now=call.now)
