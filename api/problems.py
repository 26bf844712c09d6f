"""Every refusal as RFC 9457 `application/problem+json`: one table from domain error to answer.

What is not in the table is a 500 without a word of what happened. `api.refusing` answers by it.
"""

from api.catalogue_problems import CATALOGUE_PROBLEMS
from api.errors import (
    ActingNotAllowed,
    BodyTooLarge,
    Forbidden,
    IdempotencyKeyMalformed,
    MalformedRequest,
    TooManyRequests,
    Unauthenticated,
    UnsupportedMediaType,
    ValidationFailed,
)
from api.language import Text
from api.problem import Problem
from api.staff_problems import STAFF_PROBLEMS
from hotservices import errors as hotservices_errors
from identity import errors as identity_errors
from identity.errors import DomainError
from identity.family import errors as family_errors
from wallet import errors as wallet_errors

CONTENT_TYPE = "application/problem+json"


PROBLEMS: dict[type[DomainError], Problem] = {
    MalformedRequest: Problem(
        400, "malformed-request", Text("请求无法解析", "The request can't be read"),
        Text("请求体须为合法的 UTF-8 JSON 对象", "The body must be a JSON object in valid UTF-8."),
    ),
    wallet_errors.EventMalformed: Problem(
        400, "event-malformed", Text("推送内容不正确", "This is no event"),
        Text("须为 lz-registry-event 类型的紧凑 JWS，各项声明齐全且相符",
             "Send a compact JWS of typ lz-registry-event whose claims are complete and agree."),
    ),
    wallet_errors.EventSignatureRefused: Problem(
        401, "event-signature-refused", Text("签名核验未通过", "Signature refused"),
        Text("证照库、密钥或签名不正确", "Registry, key or signature is wrong."),
    ),
    wallet_errors.EventNotYours: Problem(
        403, "event-not-yours", Text("无权变更该证照", "Another registry's licence"),
        Text("该证照由其他证照库管理", "Only the registry that a licence comes from may change it."),
    ),
    wallet_errors.EventIdReused: Problem(
        409, "event-id-reused", Text("推送编号已被使用", "Event id reused"),
        Text("同一 jti 不能用于不同的推送", "The same jti came with another event."),
    ),
    wallet_errors.EventOutOfTime: Problem(
        422, "event-out-of-time", Text("推送时间不在允许范围内", "Event out of time"),
        Text("iat 须在一小时之内，且不得超前五分钟", "`iat` must lie within the last hour, 5 minutes ahead at most."),
    ),
    Unauthenticated: Problem(
        401, "unauthenticated", Text("请先登录", "Log in first"),
        Text("登录已失效或未登录，请重新登录", "There is no valid token with this request."),
    ),
    identity_errors.LoginRefused: Problem(
        401, "login-refused", Text("登录失败", "Login failed"),
        Text("登录凭证无效或已过期，请重试", "The login code is unknown, used or expired."),
    ),
    identity_errors.SessionEnded: Problem(
        401, "unauthenticated", Text("请先登录", "Log in first"),
        Text("登录已失效，请重新登录", "The session is over."),
    ),
    identity_errors.RefreshTokenReused: Problem(
        401, "refresh-token-reused", Text("请重新登录", "Log in again"),
        Text("检测到登录凭证被重复使用，为保护您的账号已退出登录",
             "A refresh token came back a second time; its session is revoked."),
    ),
    Forbidden: Problem(
        403, "forbidden", Text("没有权限", "Not allowed"),
        Text("您的身份不能使用此功能", "Your role does not allow this."),
    ),
    ActingNotAllowed: Problem(
        403, "acting-not-allowed", Text("代办时不能使用此功能", "Not allowed while acting for somebody else"),
        Text("请先切换回本人", "Switch back to yourself first."),
    ),
    identity_errors.AssuranceLevelRequired: Problem(
        403, "assurance-level-required", Text("需要更高的认证等级", "A higher assurance level is required"),
        Text("请先完成实名认证", "Verify your identity first."),
    ),
    identity_errors.FreshProofRequired: Problem(
        403, "fresh-proof-required", Text("请先验证是您本人", "Prove that it is you first"),
        Text("请在完成人脸核验或窗口核验后十分钟内办理",
             "Do this within ten minutes of a face check or a visit to a counter."),
    ),
    identity_errors.GuardianConsentRequired: Problem(
        403, "guardian-consent-required", Text("需要监护人同意", "A guardian has to consent"),
        Text("未满十四周岁的，须由监护人同意后方可实名认证",
             "Under the age of 14 a guardian's recorded consent is required."),
    ),
    identity_errors.PlatformUserBlocked: Problem(
        403, "platform-user-blocked", Text("平台限制了该用户", "Blocked by the platform"),
        Text("登录平台认为该账号存在风险，请联系平台或到窗口办理",
             "The login platform takes this user for a risk: ask the platform, or visit a counter.")),
    identity_errors.SessionNotFound: Problem(
        404, "session-not-found", Text("没有这个登录", "No such session")),
    identity_errors.ScopeRequired: Problem(
        403, "scope-required", Text("超出授权范围", "Beyond the scopes given"),
        Text("您在该组织的权限不包含此操作", "What you may do for this organisation does not include this."),
    ),
    wallet_errors.LicenceNotFound: Problem(
        404, "licence-not-found", Text("没有这个证照", "No such licence")),
    wallet_errors.GrantsNotWidened: Problem(
        403, "grants-not-widened", Text("不能自行扩大核验范围", "Your agency can't widen this itself"),
        Text("请联系平台管理员", "The platform's admin grants more."),
    ),
    wallet_errors.ShowTokenNotFound: Problem(
        404, "show-token-not-found", Text("没有这个亮证码", "No such show token")),
    wallet_errors.VerificationNotFound: Problem(
        404, "verification-not-found", Text("没有这条核验记录", "No such verification")),
    wallet_errors.WalletFrozen: Problem(
        403, "wallet-frozen", Text("证照已冻结", "The wallet is frozen"),
        Text("请先解除冻结再出示", "Unfreeze it before showing a licence.")),
    wallet_errors.FreezeSubjectUnknown: Problem(
        422, "real-name-mismatch", Text("身份信息核对未通过", "Name and number do not match"),
        Text("没有与此姓名、号码相符的用户", "Nobody here has this name and number.")),
    wallet_errors.CheckCodeLocked: Problem(
        429, "check-code-locked", Text("核验口令错误次数过多", "Too many wrong check codes"),
        Text("请稍后再试，或扫描二维码", "Try again later, or scan the QR.")),
    wallet_errors.AccessRecordNotFound: Problem(
        404, "access-record-not-found", Text("没有这条记录", "No such access record")),
    identity_errors.NoticeNotFound: Problem(
        404, "notice-not-found", Text("没有这条通知", "No such notice")),
    wallet_errors.StatusListNotFound: Problem(
        404, "status-list-not-found", Text("没有这个状态列表", "No such status list")),
    family_errors.KinshipNotProved: Problem(
        422, "kinship-not-proved", Text("亲子关系核验未通过", "Kinship not proved"),
        Text("请核对子女姓名和号码；出生医学证明或同一户口簿须登记您为父母",
             "Check the child's name and number: a birth certificate or the same household register must name you.")),
    family_errors.HelperCodeWrong: Problem(
        422, "helper-code-wrong", Text("告知码不正确", "Wrong code"),
        Text("请向被代办人核对8位数字", "Check the eight digits with the person you want to act for.")),
    family_errors.HelperCodeLocked: Problem(
        429, "helper-code-locked", Text("告知码错误次数过多", "Too many wrong codes"),
        Text("请由被代办人登录后同意，或重新申请", "They can approve in their own login; or ask again.")),
    family_errors.TooManyDependantsAsked: Problem(
        429, "too-many-dependants-asked", Text("今日申请次数过多", "Asked too often today"),
        Text("请明日再试", "Try again tomorrow.")),
    family_errors.DependantNotPending: Problem(
        409, "dependant-not-pending", Text("没有待同意的申请", "Nothing waits for approval"),
        Text("该申请已处理或已过期", "It was settled already, or its time ran out.")),
    identity_errors.DependantNotFound: Problem(
        404, "dependant-not-found", Text("没有这个代办关系", "No such dependant")),
    identity_errors.FaceCheckNotFound: Problem(
        404, "face-check-not-found", Text("没有这次人脸核验", "No such face check")),
    wallet_errors.PhotoNotFound: Problem(
        404, "photo-not-found", Text("没有可显示的照片", "No photo to show")),
    wallet_errors.SandboxThingUnknown: Problem(
        404, "not-found", Text("不存在", "Not found")),
    hotservices_errors.ServiceNotFound: Problem(
        404, "service-not-found", Text("没有这个事项", "No such service")),
    hotservices_errors.BundleNotFound: Problem(
        404, "bundle-not-found", Text("没有这个一件事", "No such bundle")),
    hotservices_errors.GuideNotFound: Problem(
        404, "guide-not-found", Text("没有这个引导", "No such guide")),
    identity_errors.RealNameAlreadyBound: Problem(
        409, "real-name-already-bound", Text("本账号已实名", "This account has a real name"),
        Text("如需更换，请先解除绑定", "Unbind it before binding another.")),
    identity_errors.RealNameBoundElsewhere: Problem(
        409, "real-name-bound-elsewhere", Text("该身份已绑定其他账号", "Bound to another account"),
        Text("请通过人脸核验或到窗口合并账号", "A face check or a visit to a counter joins the accounts.")),
    identity_errors.FaceCheckUnfinished: Problem(
        409, "face-check-unfinished", Text("人脸核验尚未完成", "The face check is not finished"),
        Text("请在手机上完成人脸核验后重试", "Finish it on the phone, then try again.")),
    identity_errors.FaceCheckCompleted: Problem(
        409, "face-check-completed", Text("该次人脸核验已使用", "The face check was used already"),
        Text("请重新发起人脸核验", "Begin another face check.")),
    identity_errors.IdempotencyKeyReused: Problem(
        409, "idempotency-key-reused", Text("幂等键已被使用", "Idempotency key reused"),
        Text("同一幂等键不能用于不同的请求", "The same key came with another request.")),
    identity_errors.IdempotencyKeyInUse: Problem(
        409, "idempotency-key-in-use", Text("请求正在处理", "The request is being worked on"),
        Text("同一请求正在处理中，请稍后用同一幂等键重试", "Try again with the same key in a moment.")),
    wallet_errors.LicenceNotShowable: Problem(
        409, "licence-not-showable", Text("该证照当前不能出示", "This licence can't be shown now")),
    wallet_errors.OfflineNotAllowed: Problem(
        409, "offline-not-allowed", Text("该证照不支持离线亮证", "This licence can't be shown offline"),
        Text("请使用在线亮证", "Show it online.")),
    wallet_errors.NotAwaitingConfirmation: Problem(
        409, "not-awaiting-confirmation", Text("没有待确认的核验", "Nothing awaits confirmation"),
        Text("扫码请求已处理或已超时", "The scan was settled already, or its time ran out.")),
    wallet_errors.ShowTokenEnded: Problem(
        410, "show-token-ended", Text("亮证码已失效", "The show token has ended"),
        Text("请重新出示证照", "Show the licence again.")),
    identity_errors.FaceCheckExpired: Problem(
        410, "face-check-expired", Text("人脸核验已过期", "The face check has expired"),
        Text("请重新发起人脸核验", "Begin another face check.")),
    BodyTooLarge: Problem(
        413, "body-too-large", Text("请求体过大", "Body too large"),
        Text("请求体不得超过 256 KiB", "The limit is 256 KiB.")),
    UnsupportedMediaType: Problem(
        415, "unsupported-media-type", Text("不支持的内容类型", "Unsupported media type"),
        Text("请使用 application/json", "Send application/json.")),
    ValidationFailed: Problem(
        422, "validation-failed", Text("输入有误", "Some fields are wrong"),
        Text("请按 errors 中的提示修改", "See `errors` for each field.")),
    IdempotencyKeyMalformed: Problem(
        422, "validation-failed", Text("输入有误", "Some fields are wrong"),
        Text("Idempotency-Key 格式不正确", "The Idempotency-Key is malformed.")),
    identity_errors.InvalidField: Problem(
        422, "validation-failed", Text("输入有误", "Some fields are wrong"),
        Text("请按 errors 中的提示修改", "See `errors` for each field.")),
    identity_errors.FieldsMissing: Problem(
        422, "validation-failed", Text("输入有误", "Some fields are wrong"),
        Text("请按 errors 中的提示修改", "See `errors` for each field.")),
    identity_errors.FaceCheckFailed: Problem(
        422, "face-check-failed", Text("人脸核验未通过", "The face check was not passed"),
        Text("请由本人在光线充足处重试，也可以到窗口办理",
             "Try again yourself in good light, or visit a counter: nobody is forced to use a face.")),
    identity_errors.CounterCodeUnknown: Problem(
        422, "counter-code-unknown", Text("核验码不正确", "Unknown code"),
        Text("核验码不正确、已使用或已过期，请公民重新取码",
             "The code is wrong, used or expired: ask the citizen for a new one.")),
    identity_errors.FaceCheckNotOffered: Problem(
        422, "face-check-not-offered", Text("当前登录平台不支持人脸核验", "No face check on this login platform"),
        Text("请使用支持的平台登录，或到窗口办理", "Log in through another platform, or visit a counter.")),
    identity_errors.ProviderNotConfigured: Problem(
        422, "provider-not-configured", Text("不支持的登录平台", "Login platform not offered here")),
    identity_errors.RealNameMismatch: Problem(
        422, "real-name-mismatch", Text("实名信息核验未通过", "Real name not confirmed"),
        Text("请核对姓名、证件类型和证件号码，并使用本人的账号登录",
             "Check name, document and number, and use a login of your own.")),
    identity_errors.RealNameLocked: Problem(
        429, "real-name-locked", Text("尝试次数过多", "Too many attempts"),
        Text("请稍后再试，或通过人脸核验、窗口办理", "Try again later, or use a face check or a counter.")),
    identity_errors.PlatformRateLimited: Problem(
        429, "platform-rate-limited", Text("平台限制了请求频率", "Too often for the platform"),
        Text("登录平台提示操作过于频繁，请一分钟后再试", "The login platform asks to wait: try again in a minute.")),
    identity_errors.CounterCodeLocked: Problem(
        429, "counter-code-locked", Text("录入错误次数过多", "Too many wrong entries"),
        Text("请稍后再试", "Try again later.")),
    identity_errors.TooManyFaceChecks: Problem(
        429, "too-many-face-checks", Text("人脸核验次数过多", "Too many face checks"),
        Text("请稍后再试，也可以到窗口办理", "Try again later, or visit a counter.")),
    TooManyRequests: Problem(
        429, "too-many-requests", Text("操作过于频繁", "Too many requests"),
        Text("请稍后再试", "Try again later.")),
    identity_errors.PlatformBusy: Problem(
        503, "platform-busy", Text("登录平台繁忙", "The login platform is busy"),
        Text("登录平台暂时没有正常应答，请稍后重新获取凭证再试",
             "It gives no proper answer now: try again later, with a new code.")),
    identity_errors.RegistryUnavailable: Problem(
        503, "registry-unavailable", Text("登记机关系统暂时不可用", "The registry is unavailable"),
        Text("请稍后再试", "Try again later.")),
    wallet_errors.RegistryRefuses: Problem(
        503, "registry-unavailable", Text("登记机关系统暂时不可用", "The registry is unavailable"),
        Text("请稍后再试", "Try again later.")),
    wallet_errors.LicenceTooStale: Problem(
        503, "registry-unavailable", Text("登记机关系统暂时不可用", "The registry is unavailable"),
        Text("证照数据已超过七天未更新，暂不能出示",
             "The licence's data is more than seven days old and can't be refreshed now.")),
} | STAFF_PROBLEMS | CATALOGUE_PROBLEMS  # fmt: skip

# What Flask itself refuses, in the same form.
HTTP_PROBLEMS = {
    400: PROBLEMS[MalformedRequest],
    404: Problem(404, "not-found", Text("不存在", "Not found")),
    405: Problem(405, "method-not-allowed", Text("不支持的请求方法", "Method not allowed")),
    413: PROBLEMS[BodyTooLarge],
    415: PROBLEMS[UnsupportedMediaType],
    429: PROBLEMS[TooManyRequests],
}
INTERNAL = Problem(
    500, "internal-error", Text("系统繁忙", "Internal error"),
    Text("请稍后再试；如持续出现，请提供请求编号", "Try again later, and quote the request id."),
)  # fmt: skip

DATABASE_TROUBLE = Problem(
    503, "temporarily-unavailable", Text("系统繁忙", "Temporarily unavailable"),
    Text("请稍后再试", "Nothing was changed; try again in a moment."),
)  # fmt: skip


def problem_of(error: type[DomainError]) -> Problem:
    """Return the row of the table that a kind of error belongs to."""
    return next((PROBLEMS[kind] for kind in error.__mro__ if kind in PROBLEMS), INTERNAL)
