"""Devices logged in: list them, log one out, log all out."""

from typing import Any
from uuid import UUID

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import OWN_OR_STAFF
from api.idempotency import ONE_DAY
from api.schemas.common import PageQuery
from api.schemas.devices import LoggedInList, LoggedInSchema, RevokeAllRequest, RevokedSchema
from identity import logged_in
from identity.errors import SessionNotFound
from identity.ids import SessionId
from identity.logged_in import LoggedIn, LoggedInPage

blp = Blueprint("devices", __name__, url_prefix="/v1", description="已登录设备 · Devices logged in")


@blp.get(
    "/sessions",
    guard=OWN_OR_STAFF,
    summary=Summary("已登录设备", "Devices logged in"),
    query=PageQuery,
    answer=Answer(200, LoggedInList),
)
def list_sessions(call: Call, query: dict[str, Any]) -> LoggedInPage:
    cursor = str(query["cursor"]) if query["cursor"] else None
    return logged_in.of_caller(
        call.session,
        call.services.cipher,
        call.caller,
        limit=query["limit"],
        cursor=cursor,
        now=call.now,
    )


@blp.post(
    "/sessions/<uuid:session_id>/revoke",
    guard=OWN_OR_STAFF,
    summary=Summary("退出一台设备", "Log a device out"),
    description="立即在所有服务器上失效。 · At once on every server.",
    answer=Answer(200, LoggedInSchema),
    refuses=(SessionNotFound,),
    once=ONE_DAY,
)
def revoke_session(call: Call, _body: dict[str, Any], session_id: UUID) -> LoggedIn:
    wanted = SessionId(str(session_id))
    return logged_in.revoke(call.session, call.services.cipher, call.caller, wanted, call.now)


@blp.post(
    "/sessions/revoke-all",
    guard=OWN_OR_STAFF,
    summary=Summary("退出全部设备", "Log every device out"),
    description="默认连同本次登录一并退出；keep_current 为 true 时保留本次登录。 · "
    "This login too, unless keep_current is true.",
    body=RevokeAllRequest,
    answer=Answer(200, RevokedSchema),
    once=ONE_DAY,
)
def revoke_all_sessions(call: Call, body: dict[str, Any]) -> dict[str, int]:
    ended = logged_in.revoke_all(call.session, call.caller, call.now, keep_current=body["keep_current"])
    return {"revoked": ended}
