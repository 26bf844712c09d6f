"""Level 3 without a face, at a counter; and the way back, unbinding."""

from typing import Any

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import OWN_1, OWN_2, StaffWith
from api.idempotency import ONE_DAY
from api.limits import REAL_NAME
from api.schemas.account import AccountSchema
from api.schemas.counter import (
    CounterCodeRequest,
    CounterCodeSchema,
    RaiseAssuranceRequest,
    RaiseAssuranceSchema,
)
from identity import accounts, sessions
from identity.errors import (
    CounterCodeLocked,
    CounterCodeUnknown,
    FreshProofRequired,
    GuardianConsentRequired,
    RealNameAlreadyBound,
    RealNameMismatch,
    RegistryUnavailable,
)
from identity.ids import LoginId
from identity.proofs import unbinding
from identity.proofs.counter import CounterCheck, CounterCode
from identity.real_name import Claim
from identity.staff import Permission

blp = Blueprint(
    "counter", __name__, url_prefix="/v1", description="窗口核验与解除实名 · Counter and unbinding"
)


@blp.post(
    "/real-name/counter-codes",
    guard=OWN_1,
    summary=Summary("取窗口核验码（三级）", "Get a code for the counter (level 3)"),
    description="八位数字，十分钟内有效，一次有效；新码使旧码失效。未实名的账号须填写同意书版本。 · "
    "Eight digits, good for ten minutes and once; a new one ends the one before. An account without a real name "
    "sends the version of the `counter-check` consent text.",
    body=CounterCodeRequest,
    answer=Answer(201, CounterCodeSchema),
    once=ONE_DAY,
    limit=REAL_NAME,
)
def issue_counter_code(call: Call, body: dict[str, Any]) -> CounterCode:
    return call.services.counter.issue(
        call.session, call.citizen, _login_id(call), body["consent_version"], call.now
    )


@blp.post(
    "/staff/raise-assurance",
    guard=StaffWith(Permission.RAISE_ASSURANCE),
    summary=Summary("窗口提升认证等级", "Raise a citizen's level at a counter"),
    description="查看本人与证件后，录入公民手机上的核验码和证件上的姓名、号码。办理人与时间记录在案并通知本人。 · "
    "Having seen the person and the document, enter the code on the citizen's phone with the document's name and "
    "number. Who did it and when is recorded, and the person is told. Five wrong a minute and twenty a day lock.",
    body=RaiseAssuranceRequest,
    answer=Answer(200, RaiseAssuranceSchema),
    refuses=(
        CounterCodeLocked,
        CounterCodeUnknown,
        GuardianConsentRequired,
        RealNameAlreadyBound,
        RealNameMismatch,
        RegistryUnavailable,
    ),
    repeatable=ONE_DAY,
)
def raise_assurance(call: Call, body: dict[str, Any]) -> CounterCheck:
    document = Claim(body["name"], body["id_type"], body["id_number"])
    return call.services.counter.raise_level(call.staff, body["code"], document, call.now)


@blp.post(
    "/real-name/unbind",
    guard=OWN_2,
    summary=Summary("解除实名", "Unbind the real name"),
    description="须在十分钟内完成人脸或窗口核验。解除后证照不可读，在用亮证码立即失效；可再次实名。 · "
    "Asks for a face or counter check of the last ten minutes. Licences can't be read any more, running codes stop "
    "at once, and every session of the account is of level 1. The person can be bound again.",
    answer=Answer(200, AccountSchema),
    refuses=(FreshProofRequired,),
    once=ONE_DAY,
)
def unbind_real_name(call: Call, _body: dict[str, Any]) -> accounts.Account:
    citizen = call.citizen
    unbinding.unbind(call.session, call.services.proofs.aftermath, citizen, _login_id(call), call.now)
    return accounts.view(call.session, call.services.cipher, citizen.account_id, call.now)


def _login_id(call: Call) -> LoginId:
    return sessions.login_of(call.session, call.citizen.session_id).id
