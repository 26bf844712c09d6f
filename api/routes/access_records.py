"""Who looked at a holder's licences, with receipts, and what anybody may check of the chain behind it."""

from typing import Any
from uuid import UUID

from flask import Response

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import PUBLIC, READS_LICENCES
from api.routes.licences import person_of
from api.schemas.access_records import AccessRecordList, AnchorList
from api.schemas.common import PageQuery
from wallet.errors import AccessRecordNotFound
from wallet.showing.records import anchors, holders_records, receipts
from wallet.showing.records.access_records import Page
from wallet.showing.records.anchors import AnchorPage
from wallet.showing.records.holders_records import AccessRecord

JOSE = "application/jose"

blp = Blueprint("access-records", __name__, url_prefix="/v1", description="查阅记录 · Access records")


@blp.get(
    "/access-records",
    guard=READS_LICENCES,
    summary=Summary("谁看过我的证照", "Who looked at my licences"),
    query=PageQuery,
    answer=Answer(200, AccessRecordList),
)
def list_access_records(call: Call, query: dict[str, Any]) -> Page[AccessRecord]:
    cipher = call.services.cipher
    return holders_records.of_holder(call.session, cipher, person_of(call), **_page(query), now=call.now)


@blp.get(
    "/access-records/<uuid:record_id>/receipt",
    guard=READS_LICENCES,
    summary=Summary("查阅回执", "A signed receipt of an access record"),
    description="JWS（typ 为 lz-receipt），公钥见 /.well-known/jwks.json。"
    " · A JWS of typ lz-receipt; its key is in /.well-known/jwks.json.",
    answer=Answer(200, content_type=JOSE),
    refuses=(AccessRecordNotFound,),
)
def get_receipt(call: Call, record_id: UUID) -> Response:
    receipt = receipts.receipt(
        call.session,
        call.services.cipher,
        call.services.receipts,
        person_id=person_of(call),
        record_id=str(record_id),
        now=call.now,
    )
    return Response(receipt, content_type=JOSE)


@blp.get(
    "/audit/anchors",
    guard=PUBLIC,
    summary=Summary("每日存证", "The daily signed heads of the access records' chains"),
    query=PageQuery,
    answer=Answer(200, AnchorList),
)
def list_anchors(call: Call, query: dict[str, Any]) -> AnchorPage:
    return anchors.page(call.session, **_page(query))


def _page(query: dict[str, Any]) -> dict[str, Any]:
    cursor = query["cursor"]
    return {"limit": query["limit"], "cursor": str(cursor) if cursor else None}
