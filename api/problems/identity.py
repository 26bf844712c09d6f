"""What logging in, real names and sessions refuse: a part of the one table in `api.problems.table`."""

from api.language import Text
from api.problems.problem import Problem
from identity import errors
from identity.errors import DomainError

IDENTITY_PROBLEMS: dict[type[DomainError], Problem] = {
    errors.LoginRefused: Problem(
        401, "login-refused", Text("登录失败", "Login failed"),
        Text("登录凭证无效或已过期，请重试", "The login code is unknown, used or expired."),
    ),
    errors.SessionEnded: Problem(
        401, "unauthenticated", Text("请先登录", "Log in first"),
        Text("登录已失效，请重新登录", "The session is over."),
    ),
    errors.RefreshTokenReused: Problem(
        401, "refresh-token-reused", Text("请重新登录", "Log in again"),
        Text("检测到登录凭证被重复使用，为保护您的账号已退出登录",
             "A refresh token came back a second time; its session is revoked."),
    ),
    errors.AssuranceLevelRequired: Problem(
        403, "assurance-level-required", Text("需要更高的认证等级", "A higher assurance level is required"),
        Text("请先完成实名认证", "Verify your identity first."),
    ),
    errors.FreshProofRequired: Problem(
        403, "fresh-proof-required", Text("请先验证是您本人", "Prove that it is you first"),
        Text("请在完成人脸核验或窗口核验后十分钟内办理",
             "Do this within ten minutes of a face check or a visit to a counter."),
    ),
    errors.GuardianConsentRequired: Problem(
        403, "guardian-consent-required", Text("需要监护人同意", "A guardian has to consent"),
        Text("未满十四周岁的，须由监护人同意后方可实名认证",
             "Under the age of 14 a guardian's recorded consent is required."),
    ),
    errors.PlatformUserBlocked: Problem(
        403, "platform-user-blocked", Text("平台限制了该用户", "Blocked by the platform"),
        Text("登录平台认为该账号存在风险，请联系平台或到窗口办理",
             "The login platform takes this user for a risk: ask the platform, or visit a counter.")),
    errors.SessionNotFound: Problem(
        404, "session-not-found", Text("没有这个登录", "No such session")),
    errors.ScopeRequired: Problem(
        403, "scope-required", Text("超出授权范围", "Beyond the scopes given"),
        Text("您在该组织的权限不包含此操作", "What you may do for this organisation does not include this."),
    ),
    errors.NoticeNotFound: Problem(
        404, "notice-not-found", Text("没有这条通知", "No such notice")),
    errors.DependantNotFound: Problem(
        404, "dependant-not-found", Text("没有这个代办关系", "No such dependant")),
    errors.FaceCheckNotFound: Problem(
        404, "face-check-not-found", Text("没有这次人脸核验", "No such face check")),
    errors.RealNameAlreadyBound: Problem(
        409, "real-name-already-bound", Text("本账号已实名", "This account has a real name"),
        Text("如需更换，请先解除绑定", "Unbind it before binding another.")),
    errors.RealNameBoundElsewhere: Problem(
        409, "real-name-bound-elsewhere", Text("该身份已绑定其他账号", "Bound to another account"),
        Text("请通过人脸核验或到窗口合并账号", "A face check or a visit to a counter joins the accounts.")),
    errors.FaceCheckUnfinished: Problem(
        409, "face-check-unfinished", Text("人脸核验尚未完成", "The face check is not finished"),
        Text("请在手机上完成人脸核验后重试", "Finish it on the phone, then try again.")),
    errors.FaceCheckCompleted: Problem(
        409, "face-check-completed", Text("该次人脸核验已使用", "The face check was used already"),
        Text("请重新发起人脸核验", "Begin another face check.")),
    errors.FaceCheckExpired: Problem(
        410, "face-check-expired", Text("人脸核验已过期", "The face check has expired"),
        Text("请重新发起人脸核验", "Begin another face check.")),
    errors.InvalidField: Problem(
        422, "validation-failed", Text("输入有误", "Some fields are wrong"),
        Text("请按 errors 中的提示修改", "See `errors` for each field.")),
    errors.FieldsMissing: Problem(
        422, "validation-failed", Text("输入有误", "Some fields are wrong"),
        Text("请按 errors 中的提示修改", "See `errors` for each field.")),
    errors.FaceCheckFailed: Problem(
        422, "face-check-failed", Text("人脸核验未通过", "The face check was not passed"),
        Text("请由本人在光线充足处重试，也可以到窗口办理",
             "Try again yourself in good light, or visit a counter: nobody is forced to use a face.")),
    errors.CounterCodeUnknown: Problem(
        422, "counter-code-unknown", Text("核验码不正确", "Unknown code"),
        Text("核验码不正确、已使用或已过期，请公民重新取码",
             "The code is wrong, used or expired: ask the citizen for a new one.")),
    errors.FaceCheckNotOffered: Problem(
        422, "face-check-not-offered", Text("当前登录平台不支持人脸核验", "No face check on this login platform"),
        Text("请使用支持的平台登录，或到窗口办理", "Log in through another platform, or visit a counter.")),
    errors.ProviderNotConfigured: Problem(
        422, "provider-not-configured", Text("不支持的登录平台", "Login platform not offered here")),
    errors.RealNameMismatch: Problem(
        422, "real-name-mismatch", Text("实名信息核验未通过", "Real name not confirmed"),
        Text("请核对姓名、证件类型和证件号码，并使用本人的账号登录",
             "Check name, document and number, and use a login of your own.")),
    errors.RealNameLocked: Problem(
        429, "real-name-locked", Text("尝试次数过多", "Too many attempts"),
        Text("请稍后再试，或通过人脸核验、窗口办理", "Try again later, or use a face check or a counter.")),
    errors.PlatformRateLimited: Problem(
        429, "platform-rate-limited", Text("平台限制了请求频率", "Too often for the platform"),
        Text("登录平台提示操作过于频繁，请一分钟后再试", "The login platform asks to wait: try again in a minute.")),
    errors.CounterCodeLocked: Problem(
        429, "counter-code-locked", Text("录入错误次数过多", "Too many wrong entries"),
        Text("请稍后再试", "Try again later.")),
    errors.TooManyFaceChecks: Problem(
        429, "too-many-face-checks", Text("人脸核验次数过多", "Too many face checks"),
        Text("请稍后再试，也可以到窗口办理", "Try again later, or visit a counter.")),
    errors.PlatformBusy: Problem(
        503, "platform-busy", Text("登录平台繁忙", "The login platform is busy"),
        Text("登录平台暂时没有正常应答，请稍后重新获取凭证再试",
             "It gives no proper answer now: try again later, with a new code.")),
    errors.RegistryUnavailable: Problem(
        503, "registry-unavailable", Text("登记机关系统暂时不可用", "The registry is unavailable"),
        Text("请稍后再试", "Try again later.")),
}  # fmt: skip
