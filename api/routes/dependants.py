"""Whom one acts for, and who acts for one."""

from typing import Any
from uuid import UUID

from api import admitting
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import OWN_2, OWN_3, StaffWith
from api.idempotency import ONE_DAY
from api.routes.licences import person_of
from api.schemas.common import PageQuery
from api.schemas.dependants import (
    ApproveRequest,
    DependantList,
    DependantRequest,
    DependantSchema,
    HelperCodeList,
    HelperCodesRequest,
)
from identity.clock import age_on, civil_date
from identity.dependant_views import Dependant
from identity.dependants import AGE_OF_OWN_APPROVAL, DependantRow
from identity.errors import (
    AssuranceLevelRequired,
    CounterCodeLocked,
    DependantNotFound,
    InvalidField,
    RealNameLocked,
    RealNameMismatch,
    RegistryUnavailable,
)
from identity.family import helpers, own
from identity.family.children import Guardian, Named
from identity.family.errors import (
    DependantNotPending,
    HelperCodeLocked,
    HelperCodeWrong,
    KinshipNotProved,
    TooManyDependantsAsked,
)
from identity.family.own import DependantPage
from identity.numbers import resident_id
from identity.numbers.resident_id import IdType
from identity.people import Person
from identity.real_name import Claim
from identity.staff import Permission
from wallet.showing import show_tokens

blp = Blueprint("dependants", __name__, url_prefix="/v1", description="家人代办 · Acting for family")

LEVEL_TO_ACT_FOR_OTHERS = 3


@blp.get(
    "/dependants",
    guard=OWN_2,
    summary=Summary("代办关系", "Whom I act for, and who acts for me"),
    query=PageQuery,
    answer=Answer(200, DependantList),
)
def list_dependants(call: Call, query: dict[str, Any]) -> DependantPage:
    cursor = str(query["cursor"]) if query["cursor"] else None
    cipher = call.services.cipher
    return own.of_person(
        call.session, cipher, person_of(call), limit=query["limit"], cursor=cursor, now=call.now
    )


@blp.post(
    "/dependants",
    guard=OWN_3,
    summary=Summary("添加被代办人", "Add a dependant"),
    description="十六周岁以下：由出生医学证明或同一户口簿当场核验亲子关系；添加十四周岁以下子女即为监护人同意（同意书 guardian，"
    "版本与摘要留存，consent_version 可填所展示的版本）。十六周岁以上：须本人同意，答复不透露此人是否存在。 · "
    "Under 16: a birth certificate or the same household register proves it at once; adding a child under 14 is the "
    "guardian's consent to the text `guardian` in force, whose version and hash are kept (send the version that was "
    "shown; an old one is refused). From 16 on they have to approve; the answer does not tell whether anybody is there.",
    body=DependantRequest,
    answer=Answer(201, DependantSchema),
    refuses=(KinshipNotProved, RealNameLocked, TooManyDependantsAsked, RegistryUnavailable),
    repeatable=ONE_DAY,
)
def add_dependant(call: Call, body: dict[str, Any]) -> Dependant:
    parts, person_id = call.services, person_of(call)
    person = _plausible(call, body)
    named = Named(person.name, person.id_type, person.id_number, body["relation"])
    born = resident_id.birth_date(named.id_number)
    if born is not None and age_on(born, civil_date(call.now)) < AGE_OF_OWN_APPROVAL:
        guardian = Guardian(call.citizen, person_id)
        tie_id = parts.children.add(guardian, named, born, body["consent_version"], call.now)
    else:
        admitting.hold(call, alone=True)
        tie_id = helpers.ask(call.session, parts.cipher, parts.index, person_id, named, now=call.now)
    return _seen(call, call.session.get_one(DependantRow, tie_id))


@blp.post(
    "/dependants/<uuid:dependant_id>/approve",
    guard=OWN_2,
    summary=Summary("同意代办", "Approve a helper"),
    description="被代办人登录后直接同意。手边没有手机的，可持证件到窗口，或从本人其他设备的“代办关系”中得知8位数字，口头告知代办人，"
    "由代办人（三级）在 code 中提交；一次有效，七日内，错五次作废。 · "
    "Whoever is acted for approves in their own login. Who has no phone at hand learns eight digits at a counter, on "
    "their document, or from their own list on another device, and reads them aloud; the helper (level 3) sends them as "
    "`code`: good once, for seven days, void after five wrong ones.",
    body=ApproveRequest,
    answer=Answer(200, DependantSchema),
    refuses=(DependantNotFound, DependantNotPending, HelperCodeWrong, HelperCodeLocked),
    once=ONE_DAY,
)
def approve_dependant(call: Call, body: dict[str, Any], dependant_id: UUID) -> Dependant:
    admitting.hold(call)
    cipher, person_id = call.services.cipher, person_of(call)
    row = own.find(call.session, cipher, person_id, str(dependant_id))
    if row.actor_person_id != person_id:
        helpers.approve(call.session, cipher, row, person_id, call.now)
        return _seen(call, row)
    return _seen(call, _approved_by_code(call, row.id, body["code"]))


@blp.post(
    "/dependants/<uuid:dependant_id>/revoke",
    guard=OWN_2,
    summary=Summary("解除代办", "End a tie"),
    description="双方均可随时解除，代办令牌随即失效。 · Either side, at once; the tokens that act by it end with it.",
    answer=Answer(200, DependantSchema),
    refuses=(DependantNotFound,),
    once=ONE_DAY,
)
def revoke_dependant(call: Call, _body: dict[str, Any], dependant_id: UUID) -> Dependant:
    cipher, person_id = call.services.cipher, person_of(call)
    row = own.find(call.session, cipher, person_id, str(dependant_id))
    own.revoke(call.session, cipher, row, person_id, call.now)
    if row.person_id is not None:
        # What the helper has on their screen ends with the tie, too.
        show_tokens.withdraw_all(call.session, row.person_id, call.now, shown_by=row.actor_person_id)
    return _seen(call, row)


@blp.post(
    "/staff/helper-codes",
    guard=StaffWith(Permission.RAISE_ASSURANCE),
    summary=Summary("窗口告知代办数字码", "Tell a visitor their helpers' codes"),
    description="核对来人与证件后，告知其待同意的代办申请及8位数字；留有记录，并通知本人。 · "
    "Having looked at the visitor and their document: who asks to act for them, and the eight digits to read aloud. "
    "Recorded, and told to the person.",
    body=HelperCodesRequest,
    answer=Answer(200, HelperCodeList),
    refuses=(CounterCodeLocked, RealNameMismatch, RegistryUnavailable),
    repeatable=ONE_DAY,
)
def tell_helper_codes(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    told = call.services.helper_counter.tell_codes(call.staff, _plausible(call, body), call.now)
    return {"items": told, "next_cursor": None}


def _approved_by_code(call: Call, tie_id: str, unverified_code: str | None) -> DependantRow:
    if unverified_code is None:
        raise InvalidField(
            field="code",
            message_zh="请填写对方告知的8位数字",
            message_en="Send the eight digits that were read aloud to you.",
        )
    if call.citizen.assurance_level < LEVEL_TO_ACT_FOR_OTHERS:
        raise AssuranceLevelRequired(LEVEL_TO_ACT_FOR_OTHERS)
    parts = call.services
    with call.lasting() as session:
        helpers.reserve_try(session, tie_id)
    admitting.hold(call)
    row = own.find(call.session, parts.cipher, person_of(call), tie_id)
    helpers.approve_by_code(call.session, parts.cipher, parts.index, row, unverified_code, now=call.now)
    return row


def _plausible(call: Call, body: dict[str, Any]) -> Person:
    claim = Claim(body["name"], IdType(body["id_type"]), body["id_number"], consent_version="")
    return call.services.real_name.plausible(claim, call.now)


def _seen(call: Call, row: DependantRow) -> Dependant:
    return own.view(call.session, call.services.cipher, row, person_of(call), call.now)
