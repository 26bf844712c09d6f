"""Verifying (核验), from the staff's side."""

from typing import Any
from uuid import UUID

from flask import Response

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import PUBLIC, VERIFIER
from api.idempotency import ONE_DAY
from api.limits import VERIFICATIONS
from api.presenters import json_response, polled_response, verification, without_time
from api.schemas.common import PageQuery
from api.schemas.showing import (
    JwksSchema,
    VerificationList,
    VerificationRequest,
    VerificationSchema,
)
from identity.crypto.keyring import Purpose
from wallet.errors import CheckCodeLocked, PhotoNotFound, VerificationNotFound
from wallet.showing import history

# Whose signatures a stranger may have to check.
PUBLISHED = (Purpose.SHOW, Purpose.OFFLINE, Purpose.RECEIPTS, Purpose.CONSENTS, Purpose.WEBHOOKS)

blp = Blueprint("verifications", __name__, description="核验 · Verification")


@blp.post(
    "/v1/verifications",
    guard=VERIFIER,
    summary=Summary("核验亮证码", "Verify a show token"),
    description="拒绝也是正常应答（200），并同样留痕。 · A rejection is an answer (200), recorded like an acceptance.",
    body=VerificationRequest,
    answer=Answer(200, VerificationSchema),
    refuses=(CheckCodeLocked,),
    once=ONE_DAY,
    limit=VERIFICATIONS,
)
def verify(call: Call, body: dict[str, Any]) -> Response:
    is_check_code = body["qr_text"] is None
    scan = call.services.verify.verify(
        call.session,
        call.staff,
        # A text that was read may be empty: that is malformed, not absent.
        unverified_text=body["check_code" if is_check_code else "qr_text"],
        is_check_code=is_check_code,
        purpose=body["purpose"],
        now=call.now,
    )
    return json_response(200, verification(scan, call.language, call.now))


@blp.get(
    "/v1/verifications",
    guard=VERIFIER,
    summary=Summary("我的核验记录", "My verifications"),
    query=PageQuery,
    answer=Answer(200, VerificationList),
)
def list_verifications(call: Call, query: dict[str, Any]) -> Response:
    page = history.list_own(call.session, call.staff.staff_id, **_page(query), now=call.now)
    items = [verification(past, call.language, call.now) for past in page.items]
    body = {"items": items, "next_cursor": page.next_cursor}
    return polled_response(body, [page.next_cursor, *map(without_time, items)])


@blp.get(
    "/v1/verifications/<uuid:verification_id>",
    guard=VERIFIER,
    summary=Summary("核验结果", "A verification"),
    answer=Answer(200, VerificationSchema),
    refuses=(VerificationNotFound,),
)
def get_verification(call: Call, verification_id: UUID) -> Response:
    past = history.get_own(
        call.session,
        call.services.verify,
        call.staff.staff_id,
        str(verification_id),
        call.now,
    )
    answer = verification(past, call.language, call.now)
    return polled_response(answer, without_time(answer))


@blp.get(
    "/v1/verifications/<uuid:verification_id>/photo",
    guard=VERIFIER,
    summary=Summary("核验照片", "The photo of what was scanned"),
    answer=Answer(200, content_type="image/png"),
    refuses=(VerificationNotFound, PhotoNotFound),
)
def get_verification_photo(call: Call, verification_id: UUID) -> Response:
    png = history.photo(
        call.session,
        call.services.cipher,
        call.staff.staff_id,
        str(verification_id),
        call.now,
    )
    return Response(png, content_type="image/png")


@blp.get(
    "/.well-known/jwks.json",
    guard=PUBLIC,
    summary=Summary("公钥", "Public keys"),
    answer=Answer(200, JwksSchema),
)
def get_jwks(call: Call) -> dict[str, Any]:
    return {"keys": [jwk for purpose in PUBLISHED for jwk in call.services.rings[purpose].jwks()]}


def _page(query: dict[str, Any]) -> dict[str, Any]:
    cursor = query["cursor"]
    return {"limit": query["limit"], "cursor": str(cursor) if cursor else None}
