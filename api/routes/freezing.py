"""Freezing a wallet, by its holder or at a counter, and unfreezing it."""

from typing import Any

from api import admitting
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.errors import ActingNotAllowed
from api.guards import OWN_2, SHOWS_LICENCES, StaffWith
from api.idempotency import ONE_DAY
from api.limits import REAL_NAME
from api.routes.licences import actor_of, person_of
from api.schemas.freezing import StaffFreezeRequest, StaffFreezeSchema, WalletStateSchema
from identity import assurance
from identity.acting import ORGANISATION
from identity.acting_notices import tell_principal
from identity.errors import FreshProofRequired
from identity.notices import NoticeKind
from identity.numbers.resident_id import IdType
from identity.staff import Permission
from wallet import freezing
from wallet.errors import FreezeSubjectUnknown

blp = Blueprint("freezing", __name__, url_prefix="/v1", description="冻结证照 · Freezing a wallet")


@blp.post(
    "/wallet/freeze",
    guard=SHOWS_LICENCES,
    summary=Summary("冻结证照", "Freeze the wallet"),
    description="所有亮证码立即停用，其他登录全部退出。代办人可冻结，解冻须由本人。 · "
    "Stops every code and revokes every other session at once. A helper may freeze; only the person unfreezes.",
    answer=Answer(200, WalletStateSchema),
    refuses=(ActingNotAllowed,),
    once=ONE_DAY,
)
def freeze_wallet(call: Call, _body: dict[str, Any]) -> dict[str, Any]:
    acting_for = call.citizen.acting_for
    if acting_for is not None and acting_for.type == ORGANISATION:
        # Unfreezing takes the face of the one whose wallet it is, and a company has none.
        raise ActingNotAllowed
    person_id = person_of(call)
    freezing.freeze(call.session, person_id, keep=call.citizen.session_id, now=call.now)
    tell_principal(
        call.session,
        call.services.cipher,
        actor_of(call),
        person_id=person_id,
        kind=NoticeKind.HELPER_FROZE,
        about={},
        now=call.now,
    )
    return _state(call)


@blp.post(
    "/wallet/unfreeze",
    guard=OWN_2,
    summary=Summary("解除冻结", "Unfreeze the wallet"),
    description="须在十分钟内完成人脸或窗口核验；已退出的登录不恢复。"
    " · Asks for a face or counter check of the last ten minutes; sessions stay ended.",
    answer=Answer(200, WalletStateSchema),
    refuses=(FreshProofRequired,),
    once=ONE_DAY,
)
def unfreeze_wallet(call: Call, _body: dict[str, Any]) -> dict[str, Any]:
    admitting.hold(call, alone=True)
    assurance.require_fresh_proof(call.session, call.citizen, call.now)
    freezing.unfreeze(call.session, person_of(call), call.now)
    return _state(call)


@blp.post(
    "/staff/wallet-freezes",
    guard=StaffWith(Permission.RAISE_ASSURANCE),
    summary=Summary("代为冻结（手机遗失）", "Freeze a wallet for a lost phone"),
    description="记录在案并通知本人。 · It is recorded, and the holder is told.",
    body=StaffFreezeRequest,
    answer=Answer(201, StaffFreezeSchema),
    refuses=(FreezeSubjectUnknown,),
    once=ONE_DAY,
    limit=REAL_NAME,
)
def freeze_for_holder(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    parts = call.services
    record_id = freezing.freeze_for(
        call.session,
        parts.cipher,
        parts.index,
        call.staff,
        name=body["name"],
        id_type=IdType(body["id_type"]),
        id_number=body["id_number"],
        reason=body["reason"],
        now=call.now,
    )
    return {"id": record_id, "frozen": True, "at": call.now}


def _state(call: Call) -> dict[str, Any]:
    return {"frozen": freezing.is_frozen(call.session, person_of(call))}
