"""What a person may ask of us: what they agreed to, a copy of everything held on them, and its end."""

from typing import Any

import orjson
from flask import Response

from api import admitting
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import LEVEL_1, OWN_1
from api.idempotency import ONE_DAY
from api.schemas.common import PageQuery
from api.schemas.rights import AccountClosedSchema, AccountExportSchema, ConsentGivenList
from api.texts import KEPT_AFTER_CLOSING
from api.upkeep import personal_data
from identity import consent_texts
from identity.assurance import require_fresh_proof
from identity.consent_texts import ConsentsPage
from identity.errors import FreshProofRequired

blp = Blueprint("rights", __name__, url_prefix="/v1", description="个人信息权利 · A person's rights")

AS_THE_WIRE_HAS_IT = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


@blp.get(
    "/account/consents",
    guard=LEVEL_1,
    summary=Summary("我同意过的文本", "What I agreed to"),
    query=PageQuery,
    answer=Answer(200, ConsentGivenList),
)
def list_given_consents(call: Call, query: dict[str, Any]) -> ConsentsPage:
    cursor = str(query["cursor"]) if query["cursor"] else None
    account_id = call.citizen.account_id
    return consent_texts.given_by(call.session, account_id, limit=query["limit"], cursor=cursor)


@blp.get(
    "/account/export",
    guard=OWN_1,
    summary=Summary("导出我的全部数据", "Export everything held on me"),
    description="需十分钟内的人脸或窗口核验。 · Needs a face or counter check not older than ten minutes.",
    answer=Answer(200, AccountExportSchema),
    refuses=(FreshProofRequired,),
)
def export_account(call: Call) -> Response:
    require_fresh_proof(call.session, call.citizen, call.now)
    document = orjson.dumps(personal_data.export(call), option=AS_THE_WIRE_HAS_IT)
    response = Response(document, 200, content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="account-export.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blp.post(
    "/account/close",
    guard=OWN_1,
    summary=Summary("注销账号", "Close my account"),
    description="需十分钟内的人脸或窗口核验；个人信息即刻删除，所有登录失效；同一人日后可重新登录为新账号。 · "
    "Needs a face or counter check not older than ten minutes. Personal data is erased and every login ends at "
    "once; the same person may come back later as a new account.",
    answer=Answer(200, AccountClosedSchema),
    refuses=(FreshProofRequired,),
    once=ONE_DAY,
)
def close_account(call: Call, _body: dict[str, Any]) -> dict[str, Any]:
    admitting.hold(call, alone=True)
    require_fresh_proof(call.session, call.citizen, call.now)
    personal_data.erase(call)
    kept = [
        {"code": code, "text": text.in_language(call.language)} for code, text in KEPT_AFTER_CLOSING.items()
    ]
    return {"closed_at": call.now, "kept": kept}
