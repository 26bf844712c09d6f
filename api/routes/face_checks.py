"""Level 3 by a face: the platform checks it, and its word alone counts."""

from typing import Any
from uuid import UUID

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import OWN_1
from api.idempotency import ONE_DAY
from api.limits import REAL_NAME
from api.schemas.account import AccountSchema
from api.schemas.face_checks import FaceCheckRequest, FaceCheckSchema
from identity import accounts, sessions
from identity.errors import (
    FaceCheckCompleted,
    FaceCheckExpired,
    FaceCheckFailed,
    FaceCheckNotFound,
    FaceCheckNotOffered,
    FaceCheckUnfinished,
    GuardianConsentRequired,
    PlatformBusy,
    PlatformRateLimited,
    PlatformUserBlocked,
    ProviderNotConfigured,
    RealNameAlreadyBound,
    RealNameLocked,
    RealNameMismatch,
    RegistryUnavailable,
    TooManyFaceChecks,
)
from identity.proofs.face_checks import FaceCheck, FaceLogin
from identity.proofs.stating import Stated

blp = Blueprint("face-checks", __name__, url_prefix="/v1", description="人脸核验 · Face checks")

PLATFORM_REFUSALS = (PlatformBusy, PlatformRateLimited, PlatformUserBlocked)


@blp.post(
    "/real-name/face-checks",
    guard=OWN_1,
    summary=Summary("发起人脸核验（三级）", "Begin a face check (level 3)"),
    description="已实名的账号无需填写；未实名的须填写姓名、证件类型、证件号码和同意书版本。人脸不是唯一方式，也可以到窗口办理。 · "
    "An account with a real name says nothing; one without says name, document, number and the version of the "
    "`face-check` consent text. A face is never the only way: a counter is the other. Where the person has an "
    "account already, completing the check joins it.",
    body=FaceCheckRequest,
    answer=Answer(201, FaceCheckSchema),
    refuses=(
        FaceCheckNotOffered,
        GuardianConsentRequired,
        *PLATFORM_REFUSALS,
        ProviderNotConfigured,
        RealNameAlreadyBound,
        RealNameLocked,
        RealNameMismatch,
        RegistryUnavailable,
        TooManyFaceChecks,
    ),
    repeatable=ONE_DAY,
    limit=REAL_NAME,
)
def begin_face_check(call: Call, body: dict[str, Any]) -> FaceCheck:
    return call.services.face_checks.begin(_login(call), Stated(**body), call.now)


@blp.post(
    "/real-name/face-checks/<uuid:check_id>/complete",
    guard=OWN_1,
    summary=Summary("完成人脸核验", "Complete a face check"),
    description="结果由服务端向平台查询。其他未达到三级的登录方式将被移出账号并立即失效。 · "
    "The result is asked from the platform. Other logins of the account that never proved level 3 are detached, "
    "and their sessions end.",
    answer=Answer(200, AccountSchema),
    refuses=(
        FaceCheckCompleted,
        FaceCheckExpired,
        FaceCheckFailed,
        FaceCheckNotFound,
        FaceCheckNotOffered,
        FaceCheckUnfinished,
        *PLATFORM_REFUSALS,
        ProviderNotConfigured,
        RealNameAlreadyBound,
        RealNameMismatch,
    ),
    repeatable=ONE_DAY,
)
def complete_face_check(call: Call, _body: dict[str, Any], check_id: UUID) -> accounts.Account:
    account_id = call.services.face_checks.complete(_login(call), str(check_id), call.now)
    return accounts.view(call.session, call.services.cipher, account_id, call.now)


def _login(call: Call) -> FaceLogin:
    parts, citizen = call.services, call.citizen
    with parts.database.read() as session:
        login = sessions.login_of(session, citizen.session_id)
    provider = parts.providers.get(login.provider)
    if provider is None:
        # It was there when this session began.
        raise ProviderNotConfigured
    if provider.face_checks is None:
        raise FaceCheckNotOffered
    return FaceLogin(
        login.id,
        citizen.account_id,
        provider.name,
        login.subject(parts.cipher, citizen.session_id),
        provider.face_checks,
    )
