"""The staff of an agency, administered by its admin."""

from typing import Any
from uuid import UUID

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import AUDITOR, STAFF_ADMIN
from api.idempotency import ONE_DAY
from api.schemas.agencies import (
    ColleagueList,
    ColleagueRequest,
    ColleagueSchema,
    DutiesRequest,
    InitialPasswordSchema,
    PasswordResetRequest,
    StaffActList,
)
from api.schemas.common import Empty, PageQuery
from identity.errors import OwnAccount, SeparationOfDuties, StaffNotFound, StaffNumberTaken
from identity.staffing import acts, members
from identity.staffing.acts import StaffAct
from identity.staffing.members import Colleague, ColleaguePage
from identity.staffing.passwords import fresh
from identity.staffing.roles import permissions_of

blp = Blueprint(
    "staff_members", __name__, url_prefix="/v1/staff", description="机构人员 · Staff of an agency"
)

REFUSES = (StaffNotFound, OwnAccount)


@blp.get(
    "/members",
    guard=STAFF_ADMIN,
    summary=Summary("本机构人员", "Staff of my agency"),
    query=PageQuery,
    answer=Answer(200, ColleagueList),
)
def list_staff(call: Call, query: dict[str, Any]) -> ColleaguePage:
    cursor = query["cursor"]
    return members.of_organisation(
        call.session,
        call.staff.organisation_id,
        limit=query["limit"],
        cursor=str(cursor) if cursor else None,
    )


@blp.post(
    "/members",
    guard=STAFF_ADMIN,
    summary=Summary("添加人员", "Add a member of staff"),
    description="初始密码只显示这一次，首次登录须修改。 · "
    "The initial password is shown this once, and has to be changed at the first login.",
    body=ColleagueRequest,
    answer=Answer(201, InitialPasswordSchema),
    refuses=(SeparationOfDuties, StaffNumberTaken),
)
def add_staff_member(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    permissions = permissions_of(body["roles"], body["permissions"])
    password = fresh()
    # Before the transaction begins: argon2 takes its time.
    password_hash = call.services.passwords.hash(password)
    member = members.create(
        call.session,
        call.staff,
        call.staff.organisation_id,
        staff_number=body["staff_number"],
        password_hash=password_hash,
        permissions=permissions,
        now=call.now,
    )
    return {"member": member, "initial_password": password}


@blp.post(
    "/members/<uuid:staff_id>/roles",
    guard=STAFF_ADMIN,
    summary=Summary("设置角色与权限", "Set roles and permissions"),
    description="立即生效；不能变更本人的权限。 · At once; nobody changes their own.",
    body=DutiesRequest,
    answer=Answer(200, ColleagueSchema),
    refuses=(*REFUSES, SeparationOfDuties),
    once=ONE_DAY,
)
def set_staff_roles(call: Call, body: dict[str, Any], staff_id: UUID) -> Colleague:
    permissions = permissions_of(body["roles"], body["permissions"])
    return members.set_permissions(call.session, call.staff, str(staff_id), permissions, call.now)


@blp.post(
    "/members/<uuid:staff_id>/deactivate",
    guard=STAFF_ADMIN,
    summary=Summary("停用人员", "Shut a member of staff out"),
    body=Empty,
    answer=Answer(200, ColleagueSchema),
    refuses=REFUSES,
    once=ONE_DAY,
)
def deactivate_staff_member(call: Call, _body: dict[str, Any], staff_id: UUID) -> Colleague:
    return members.deactivate(call.session, call.staff, str(staff_id), call.now)


@blp.post(
    "/members/<uuid:staff_id>/reactivate",
    guard=STAFF_ADMIN,
    summary=Summary("恢复人员", "Let a member of staff in again"),
    body=Empty,
    answer=Answer(200, ColleagueSchema),
    refuses=REFUSES,
    once=ONE_DAY,
)
def reactivate_staff_member(call: Call, _body: dict[str, Any], staff_id: UUID) -> Colleague:
    return members.reactivate(call.session, call.staff, str(staff_id), call.now)


@blp.post(
    "/members/<uuid:staff_id>/reset-password",
    guard=STAFF_ADMIN,
    summary=Summary("重置密码", "Reset a password"),
    body=PasswordResetRequest,
    answer=Answer(200, InitialPasswordSchema),
    refuses=REFUSES,
)
def reset_staff_password(call: Call, body: dict[str, Any], staff_id: UUID) -> dict[str, Any]:
    password = fresh()
    password_hash = call.services.passwords.hash(password)
    member = members.reset_password(
        call.session,
        call.staff,
        str(staff_id),
        password_hash=password_hash,
        totp_too=body["totp_too"],
        now=call.now,
    )
    return {"member": member, "initial_password": password}


@blp.get(
    "/audit-log",
    guard=AUDITOR,
    summary=Summary("管理操作日志", "Administrative acts"),
    description="审计员查看本机构的操作；平台审计员查看全部。 · "
    "Auditors read of their own agency, the platform's auditors of all.",
    query=PageQuery,
    answer=Answer(200, StaffActList),
)
def list_staff_acts(call: Call, query: dict[str, Any]) -> dict[str, Any]:
    cursor = query["cursor"]
    page = acts.read_by(
        call.session, call.staff, limit=query["limit"], cursor=str(cursor) if cursor else None
    )
    return {"items": [_said(act) for act in page.items], "next_cursor": page.next_cursor}


def _said(act: StaffAct) -> dict[str, Any]:
    actor = {"organisation_code": act.actor_organisation_code, "staff_number": act.actor_staff_number}
    return {
        "id": act.id,
        "at": act.at,
        "act": act.act,
        "organisation": {"code": act.organisation_code, "name": act.organisation_name},
        "actor": actor if act.actor_staff_number else None,
        "staff_number": act.member_staff_number,
        "details": act.details,
    }
