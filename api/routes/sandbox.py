"""The sandbox: people to be, a clock to move, registries to break. Registered only in the sandbox."""

from typing import Any
from uuid import UUID

from api import seeding
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import PUBLIC
from api.schemas.sandbox import (
    ClockRequest,
    ClockSchema,
    EventToSignRequest,
    FaceOutcomeRequest,
    FaceOutcomeSchema,
    LicenceStatusRequest,
    LicenceStatusSchema,
    PersonaList,
    RegistryStatusRequest,
    RegistryStatusSchema,
    RenewRequest,
    ResetSchema,
    SignedEventSchema,
    TransferRequest,
)
from identity.ids import new_id
from identity.sandbox import clock, face_checks, outages, personas, staff
from wallet.errors import SandboxThingUnknown
from wallet.registries.departments import Departments, Pushed

blp = Blueprint(
    "sandbox", __name__, url_prefix="/v1/sandbox", description="沙盒（仅测试环境） · Sandbox only"
)


@blp.get(
    "/personas",
    guard=PUBLIC,
    summary=Summary("虚构人物与工作人员", "Fictitious people and staff"),
    answer=Answer(200, PersonaList),
)
def list_personas(call: Call) -> dict[str, Any]:
    return {
        "items": personas.all_personas(call.session, call.services.cipher),
        "staff": [
            {
                "organisation_code": code,
                "organisation_name": staff.ORGANISATIONS[code],
                "staff_number": number,
                "password": staff.password_of(number),
                "permissions": permissions,
            }
            for code, number, permissions in staff.STAFF
        ],
    }


@blp.get(
    "/clock",
    guard=PUBLIC,
    summary=Summary("沙盒时间", "The sandbox's time"),
    answer=Answer(200, ClockSchema),
)
def get_clock(call: Call) -> dict[str, Any]:
    return {"now": call.now}


@blp.post(
    "/clock",
    guard=PUBLIC,
    summary=Summary("调整沙盒时间", "Move the sandbox's time"),
    body=ClockRequest,
    answer=Answer(200, ClockSchema),
)
def set_clock(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    # In a transaction of its own: the answer is read off the clock that was set.
    with call.lasting() as session:
        clock.set_clock(session, body["now"])
    return {"now": call.services.clock.now()}


@blp.post(
    "/registries/<string:code>",
    guard=PUBLIC,
    summary=Summary("模拟部门系统故障", "Break or mend a registry"),
    body=RegistryStatusRequest,
    answer=Answer(200, RegistryStatusSchema),
    refuses=(SandboxThingUnknown,),
)
def set_registry_status(call: Call, body: dict[str, Any], code: str) -> outages.SandboxRegistryRow:
    row = outages.set_status(call.session, code, body["status"])
    if row is None:
        raise SandboxThingUnknown
    return row


@blp.post(
    "/licences/<string:identifier>/status",
    guard=PUBLIC,
    summary=Summary("模拟部门变更证照状态", "Let a department decide on a licence"),
    description="部门随即推送，钱包与在用亮证码立即生效。 · The department pushes the change: wallets and running tokens follow.",
    body=LicenceStatusRequest,
    answer=Answer(200, LicenceStatusSchema),
    refuses=(SandboxThingUnknown,),
)
def set_licence_status(call: Call, body: dict[str, Any], identifier: str) -> dict[str, Any]:
    pushed = _departments(call).decide(call.session, identifier, body["status"], call.now)
    _push(call, pushed)
    return {"identifier": identifier, "status": body["status"]}


@blp.post(
    "/licences/<string:identifier>/renew",
    guard=PUBLIC,
    summary=Summary("模拟部门换发新版本", "Let a department issue the next version"),
    description="push 为 false 时部门不推送。 · With `push` false the department keeps it to itself.",
    body=RenewRequest,
    answer=Answer(200, LicenceStatusSchema),
    refuses=(SandboxThingUnknown,),
)
def renew_licence(call: Call, body: dict[str, Any], identifier: str) -> dict[str, Any]:
    pushed = _departments(call).renew(call.session, identifier, call.now)
    if body["push"]:
        _push(call, pushed)
    return {"identifier": pushed.record.identifier, "status": pushed.record.status}


@blp.post(
    "/licences/<string:identifier>/transfer",
    guard=PUBLIC,
    summary=Summary("模拟部门将证照过户", "Let a department write a licence over to another persona"),
    description="push 为 false 时部门不推送。 · With `push` false the department keeps it to itself.",
    body=TransferRequest,
    answer=Answer(200, LicenceStatusSchema),
    refuses=(SandboxThingUnknown,),
)
def transfer_licence(call: Call, body: dict[str, Any], identifier: str) -> dict[str, Any]:
    people = personas.all_personas(call.session, call.services.cipher)
    number = next((one.id_number for one in people if one.code == body["to"]), None)
    if number is None:
        raise SandboxThingUnknown
    pushed = _departments(call).transfer(call.session, identifier, number, call.now)
    if body["push"]:
        _push(call, pushed)
    return {"identifier": identifier, "status": pushed.record.status}


@blp.post(
    "/registries/<string:code>/events",
    guard=PUBLIC,
    summary=Summary("以部门密钥签署变更推送", "Sign an event as a department would"),
    description="将返回的 jws 原样提交到 /v1/registry-events。 · Post the `jws` to /v1/registry-events.",
    body=EventToSignRequest,
    answer=Answer(200, SignedEventSchema),
    refuses=(SandboxThingUnknown,),
)
def sign_registry_event(call: Call, body: dict[str, Any], code: str) -> dict[str, Any]:
    defaults = {"jti": new_id(), "iat": int(call.now.timestamp())}
    claims = {name: value for name, value in body.items() if value is not None}
    return {"jws": _departments(call).sign(code, defaults | claims)}


@blp.post(
    "/face-checks/<uuid:check_id>",
    guard=PUBLIC,
    summary=Summary("模拟人脸核验结果", "Decide how a face check goes"),
    description="不调用时默认通过（仅限本人）；failed 为不通过，unfinished 为尚未完成。 · "
    "Left alone a persona passes for their own data; `failed` and `unfinished` are what a front end has to show, too.",
    body=FaceOutcomeRequest,
    answer=Answer(200, FaceOutcomeSchema),
    refuses=(SandboxThingUnknown,),
)
def set_face_outcome(call: Call, body: dict[str, Any], check_id: UUID) -> face_checks.SandboxFaceCheckRow:
    row = face_checks.set_outcome(call.session, str(check_id), body["outcome"])
    if row is None:
        raise SandboxThingUnknown
    return row


@blp.post(
    "/reset",
    guard=PUBLIC,
    summary=Summary("恢复沙盒初始状态", "Begin again"),
    answer=Answer(200, ResetSchema),
)
def reset_sandbox(call: Call, _body: dict[str, Any]) -> dict[str, Any]:
    hashes = staff.hashes(call.services.passwords)
    with call.lasting() as session:
        seeding.reset(session, call.services.cipher, call.services.index, hashes, call.now)
    return {"now": call.services.clock.now()}


def _push(call: Call, pushed: Pushed) -> None:
    call.services.registry_events.receive(call.session, pushed.event, pushed.record, call.now)


def _departments(call: Call) -> Departments:
    if call.services.departments is None:
        raise SandboxThingUnknown
    return call.services.departments
