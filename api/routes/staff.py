"""A member of staff's own settings: password and second factor.

None of these takes an Idempotency-Key: what they carry is kept nowhere, not even as a digest.
"""

from typing import Any

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import ANY_STAFF
from api.limits import LOGINS, address
from api.presenters import staff_answer
from api.schemas.sessions import StaffSchema
from api.schemas.staff import PasswordRequest, TotpCodeRequest, TotpDisableRequest, TotpSchema
from identity import staff
from identity.errors import (
    StaffCredentialsRefused,
    StaffLocked,
    TotpAlreadyEnrolled,
    TotpNotEnrolled,
    TotpRefused,
)
from identity.staffing.desk import Enrolment

blp = Blueprint("staff", __name__, url_prefix="/v1", description="工作人员 · Staff")


@blp.get(
    "/staff/account",
    guard=ANY_STAFF,
    summary=Summary("我的工作账号", "My staff account"),
    answer=Answer(200, StaffSchema),
)
def get_staff_account(call: Call) -> dict[str, Any]:
    return _seen(call)


@blp.post(
    "/staff/password",
    guard=ANY_STAFF,
    summary=Summary("修改密码", "Change the password"),
    description="其他已登录的设备随即退出。 · Every other session of this member ends.",
    body=PasswordRequest,
    answer=Answer(200, StaffSchema),
    refuses=(StaffCredentialsRefused, StaffLocked),
    limit=LOGINS,
)
def change_staff_password(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    call.services.staff.change_password(
        call.staff, address(), body["old_password"], body["new_password"], call.now
    )
    return _seen(call)


@blp.post(
    "/staff/totp",
    guard=ANY_STAFF,
    summary=Summary("绑定动态验证码", "Enrol a second factor"),
    description="密钥只显示这一次，确认后生效。 · The secret is shown this once, and counts when it is confirmed.",
    answer=Answer(201, TotpSchema),
    refuses=(TotpAlreadyEnrolled,),
)
def enrol_totp(call: Call, _body: dict[str, Any]) -> Enrolment:
    return call.services.staff.enrol(call.session, call.staff)


@blp.post(
    "/staff/totp/confirm",
    guard=ANY_STAFF,
    summary=Summary("确认动态验证码", "Confirm a second factor"),
    body=TotpCodeRequest,
    answer=Answer(200, StaffSchema),
    refuses=(TotpAlreadyEnrolled, TotpNotEnrolled, TotpRefused, StaffLocked),
    limit=LOGINS,
)
def confirm_totp(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    call.services.staff.confirm(call.staff, address(), body["code"], call.now)
    return _seen(call)


@blp.post(
    "/staff/totp/disable",
    guard=ANY_STAFF,
    summary=Summary("停用动态验证码", "Disable the second factor"),
    body=TotpDisableRequest,
    answer=Answer(200, StaffSchema),
    refuses=(TotpNotEnrolled, TotpRefused, StaffLocked),
    limit=LOGINS,
)
def disable_totp(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    call.services.staff.disable(call.staff, address(), body["password"], body["code"], call.now)
    return _seen(call)


def _seen(call: Call) -> dict[str, Any]:
    return staff_answer(staff.view(call.session, call.staff.staff_id))
