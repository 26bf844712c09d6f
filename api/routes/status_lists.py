"""Status lists, for verifiers whom the network has left."""

from typing import Any

from flask import Response

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import PUBLIC, VERIFIER
from api.idempotency import ONE_DAY
from api.limits import VERIFICATIONS
from api.schemas.offline import OfflineBatchRequest, OfflineBatchSchema, PackQuery
from wallet.errors import StatusListNotFound
from wallet.showing.offline.reconciling import OfflineScan
from wallet.status_lists.publishing import TTL, PublishedList

blp = Blueprint("status-lists", __name__, url_prefix="/v1", description="离线核验 · Offline verification")

STATUS_LIST_JWT, JOSE = "application/statuslist+jwt", "application/jose"


@blp.get(
    "/status-lists/<string:list_id>",
    guard=PUBLIC,
    summary=Summary("状态列表", "A status list"),
    description="IETF Token Status List，JWT 形式，每项2位。 · An IETF Token Status List as a JWT, 2 bits an entry.",
    answer=Answer(200, content_type=STATUS_LIST_JWT),
    refuses=(StatusListNotFound,),
)
def get_status_list(call: Call, list_id: str) -> Response:
    published = call.services.status_lists.publish(call.session, list_id, call.now)
    response = Response(published.jwt, content_type=STATUS_LIST_JWT)
    # Each worker signs for itself, and no two signatures are alike: the same list, in other bytes.
    response.set_etag(published.tag, weak=True)
    response.cache_control.public = True
    response.cache_control.max_age = _still_fresh(call, published)
    return response


@blp.get(
    "/offline-pack",
    guard=VERIFIER,
    summary=Summary("离线核验包", "An offline pack"),
    description=(
        "一个 JWS（typ: lz-pack）：公钥、状态列表或其增量、可核验的证照种类、签名的服务器时间。 · "
        "One JWS (typ: lz-pack): keys, status lists or what changed of them, the kinds that may be verified, "
        "and the server's time, signed."
    ),
    query=PackQuery,
    answer=Answer(200, content_type=JOSE),
)
def get_offline_pack(call: Call, query: dict[str, Any]) -> Response:
    pack = call.services.offline_packs.build(call.session, call.staff, query["since"], call.now)
    return Response(pack, content_type=JOSE, headers={"Cache-Control": "no-store"})


@blp.post(
    "/verifications/offline-batch",
    guard=VERIFIER,
    summary=Summary("补传离线核验", "Reconcile offline scans"),
    description=(
        "按扫码时间判断亮证码是否有效；超出前5分钟、后24小时的逐条拒绝。 · "
        "A code's life is judged at the scan; a scan more than 5 minutes ahead or 24 hours back is rejected by itself."
    ),
    body=OfflineBatchRequest,
    answer=Answer(200, OfflineBatchSchema),
    once=ONE_DAY,
    limit=VERIFICATIONS,
)
def reconcile_offline_scans(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    scans = [OfflineScan(item["qr_text"], item["scanned_at"]) for item in body["items"]]
    return {"items": call.services.reconcile.reconcile(call.session, call.staff, scans, call.now)}


def _still_fresh(call: Call, published: PublishedList) -> int:
    return max(0, int((published.issued_at + TTL - call.now).total_seconds()))
