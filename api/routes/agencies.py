"""Agencies: created by the platform, and what each may verify.

An agency's own admin may narrow what it may verify; only the platform's admin widens it.
"""

from typing import Any
from uuid import UUID

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import PLATFORM_ADMIN, STAFF_ADMIN
from api.idempotency import ONE_DAY
from api.schemas.agencies import (
    AgencyAdminRequest,
    AgencyList,
    AgencyRequest,
    AgencySchema,
    AgencySettingsRequest,
    GrantsRequest,
    GrantsSchema,
    InitialPasswordSchema,
    NewAgencySchema,
)
from api.schemas.common import PageQuery
from identity import staff
from identity.errors import OrganisationCodeTaken, OrganisationNotFound, StaffNumberTaken
from identity.ids import OrganisationId
from identity.staffing import acts, agencies, members
from identity.staffing.acts import Act
from identity.staffing.agencies import FIRST_ADMIN, Agency, AgencyPage, NewAgency
from identity.staffing.passwords import fresh
from wallet.errors import GrantsNotWidened
from wallet.kinds import Profile
from wallet.showing import verifiers

blp = Blueprint("agencies", __name__, url_prefix="/v1/staff", description="机构 · Agencies")


@blp.get(
    "/organisation",
    guard=STAFF_ADMIN,
    summary=Summary("本机构", "My agency"),
    answer=Answer(200, AgencySchema),
)
def get_own_agency(call: Call) -> Agency:
    return agencies.view(call.session, call.staff.organisation_id)


@blp.post(
    "/organisation",
    guard=STAFF_ADMIN,
    summary=Summary("设置本机构", "My agency's settings"),
    description="要求动态验证码后，未绑定的人员须先绑定。 · "
    "Where a second factor is required, who has none enrols one before anything else.",
    body=AgencySettingsRequest,
    answer=Answer(200, AgencySchema),
    once=ONE_DAY,
)
def set_own_agency(call: Call, body: dict[str, Any]) -> Agency:
    return agencies.require_totp(call.session, call.staff, required=body["totp_required"], now=call.now)


@blp.get(
    "/organisation/grants",
    guard=STAFF_ADMIN,
    summary=Summary("本机构可核验的证照", "What my agency may verify"),
    answer=Answer(200, GrantsSchema),
)
def get_own_grants(call: Call) -> dict[str, Any]:
    return _grants(call, agencies.view(call.session, call.staff.organisation_id))


@blp.post(
    "/organisation/grants",
    guard=STAFF_ADMIN,
    summary=Summary("收窄本机构可核验的证照", "Narrow what my agency may verify"),
    description="只能收窄；扩大由平台管理员办理。 · Only narrower; the platform's admin widens it.",
    body=GrantsRequest,
    answer=Answer(200, GrantsSchema),
    refuses=(GrantsNotWidened,),
    once=ONE_DAY,
)
def set_own_grants(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    return _set_grants(call, call.staff.organisation_id, body, may_widen=False)


@blp.get(
    "/organisations",
    guard=PLATFORM_ADMIN,
    summary=Summary("全部机构", "Every agency"),
    query=PageQuery,
    answer=Answer(200, AgencyList),
)
def list_agencies(call: Call, query: dict[str, Any]) -> AgencyPage:
    cursor = query["cursor"]
    return agencies.all_agencies(call.session, limit=query["limit"], cursor=str(cursor) if cursor else None)


@blp.post(
    "/organisations",
    guard=PLATFORM_ADMIN,
    summary=Summary("新增机构", "Create an agency"),
    description="同时创建其首位管理员，初始密码只显示这一次。 · "
    "With its first admin, whose initial password is shown this once.",
    body=AgencyRequest,
    answer=Answer(201, NewAgencySchema),
    refuses=(OrganisationCodeTaken,),
)
def create_agency(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    password = fresh()
    new = NewAgency(**body, password_hash=call.services.passwords.hash(password))
    organisation = agencies.create(call.session, call.staff, new, call.now)
    return {
        "organisation": organisation,
        "admin_number": new.admin_number,
        "initial_password": password,
    }


@blp.post(
    "/organisations/<uuid:organisation_id>/admins",
    guard=PLATFORM_ADMIN,
    summary=Summary("为机构添加管理员", "Give an agency an admin"),
    description="用于机构已无可用管理员时。 · For an agency that has none left.",
    body=AgencyAdminRequest,
    answer=Answer(201, InitialPasswordSchema),
    refuses=(OrganisationNotFound, StaffNumberTaken),
)
def add_agency_admin(call: Call, body: dict[str, Any], organisation_id: UUID) -> dict[str, Any]:
    password = fresh()
    password_hash = call.services.passwords.hash(password)
    organisation = agencies.view(call.session, str(organisation_id))
    member = members.create(
        call.session,
        call.staff,
        organisation.id,
        staff_number=body["staff_number"],
        password_hash=password_hash,
        permissions=FIRST_ADMIN,
        now=call.now,
    )
    return {"member": member, "initial_password": password}


@blp.get(
    "/organisations/<uuid:organisation_id>/grants",
    guard=PLATFORM_ADMIN,
    summary=Summary("机构可核验的证照", "What an agency may verify"),
    answer=Answer(200, GrantsSchema),
    refuses=(OrganisationNotFound,),
)
def get_grants(call: Call, organisation_id: UUID) -> dict[str, Any]:
    return _grants(call, agencies.view(call.session, str(organisation_id)))


@blp.post(
    "/organisations/<uuid:organisation_id>/grants",
    guard=PLATFORM_ADMIN,
    summary=Summary("设置机构可核验的证照", "Set what an agency may verify"),
    body=GrantsRequest,
    answer=Answer(200, GrantsSchema),
    refuses=(OrganisationNotFound,),
    once=ONE_DAY,
)
def set_grants(call: Call, body: dict[str, Any], organisation_id: UUID) -> dict[str, Any]:
    return _set_grants(call, OrganisationId(str(organisation_id)), body, may_widen=True)


def _set_grants(
    call: Call, organisation_id: OrganisationId, body: dict[str, Any], *, may_widen: bool
) -> dict[str, Any]:
    organisation = agencies.view(call.session, organisation_id)
    staff.lock_organisation(call.session, organisation.id)
    before = verifiers.grants_of(call.session, organisation.id)
    wanted = {grant["kind"]: Profile(grant["profile"]) for grant in body["grants"]}
    after = verifiers.replace_grants(call.session, organisation.id, wanted, may_widen=may_widen)
    acts.record(
        call.session,
        Act.GRANTS_CHANGED,
        organisation_id=organisation.id,
        actor=call.staff,
        details={"before": before, "after": after},
        now=call.now,
    )
    return _grants(call, organisation)


def _grants(call: Call, organisation: Agency) -> dict[str, Any]:
    held = verifiers.grants_of(call.session, organisation.id)
    return {
        "organisation": {"code": organisation.code, "name": organisation.name},
        "grants": [{"kind": kind, "profile": profile} for kind, profile in held.items()],
    }
