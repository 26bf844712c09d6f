"""Consents: what a holder has allowed, with everything that was pulled by it, and taking it back."""

from typing import Any
from uuid import UUID

from flask import Response

from api.answering_consents import answerer_of
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.errors import ActingNotAllowed
from api.guards import LEVEL_2, READS_LICENCES, ClientOr
from api.idempotency import ONE_DAY
from api.routes.consent_requests import ASKS
from api.routes.licences import person_of
from api.schemas.common import PageQuery
from api.schemas.consents import ConsentList, ConsentSchema
from api.validation import JOSE
from identity.clients.client import Client
from identity.errors import ScopeRequired
from wallet.enterprise import consents
from wallet.enterprise.consents import Consent, ConsentPage
from wallet.enterprise.errors import ConsentNotFound

blp = Blueprint("consents", __name__, url_prefix="/v1", description="授权 · Consent")

EITHER_SIDE = ClientOr(ASKS, READS_LICENCES)


@blp.get(
    "/consents",
    guard=READS_LICENCES,
    summary=Summary("我的授权", "My consents"),
    description="包括已结束的授权，以及据以发生的每次调取。 · Also those that are over, with what was pulled by each.",
    query=PageQuery,
    answer=Answer(200, ConsentList),
)
def list_consents(call: Call, query: dict[str, Any]) -> ConsentPage:
    cursor = query["cursor"]
    return consents.of_holder(
        call.session,
        person_of(call),
        limit=query["limit"],
        cursor=str(cursor) if cursor else None,
        now=call.now,
    )


@blp.get(
    "/consents/<uuid:consent_id>",
    guard=EITHER_SIDE,
    summary=Summary("授权详情", "A consent"),
    description="持证人与获得授权的应用均可读取。 · For the holder, and for the client that it was given to.",
    answer=Answer(200, ConsentSchema),
    refuses=(ConsentNotFound,),
)
def get_consent(call: Call, consent_id: UUID) -> Consent:
    if isinstance(call.principal, Client):
        return consents.to_client(call.session, call.client, str(consent_id), call.now)
    return consents.to_holder(call.session, person_of(call), str(consent_id), call.now)


@blp.get(
    "/consents/<uuid:consent_id>/record",
    guard=EITHER_SIDE,
    summary=Summary("授权凭据", "The signed record of a consent"),
    description="JWS（typ 为 lz-consent），双方均可留存，公钥见 /.well-known/jwks.json。"
    " · A JWS of typ lz-consent for both sides to keep; its key is in /.well-known/jwks.json.",
    answer=Answer(200, content_type=JOSE),
    refuses=(ConsentNotFound,),
)
def get_consent_record(call: Call, consent_id: UUID) -> Response:
    side = call.client if isinstance(call.principal, Client) else person_of(call)
    return Response(consents.record_of(call.session, str(consent_id), of=side), content_type=JOSE)


@blp.post(
    "/consents/<uuid:consent_id>/withdraw",
    guard=LEVEL_2,
    summary=Summary("撤回授权", "Withdraw a consent"),
    description="立即生效，此后的调取一律被拒绝。 · At once: every pull after it is refused.",
    answer=Answer(200, ConsentSchema),
    refuses=(ConsentNotFound, ActingNotAllowed, ScopeRequired),
    once=ONE_DAY,
)
def withdraw_consent(call: Call, _body: dict[str, Any], consent_id: UUID) -> Consent:
    return consents.withdraw(call.session, answerer_of(call).person_id, str(consent_id), call.now)
