"""What the wallet, showing and verifying refuse: a part of the one table in `api.problems.table`."""

from api.language import Text
from api.problems.problem import Problem
from identity.errors import DomainError
from wallet import errors

WALLET_PROBLEMS: dict[type[DomainError], Problem] = {
    errors.EventMalformed: Problem(
        400, "event-malformed", Text("推送内容不正确", "This is no event"),
        Text("须为 lz-registry-event 类型的紧凑 JWS，各项声明齐全且相符",
             "Send a compact JWS of typ lz-registry-event whose claims are complete and agree."),
    ),
    errors.EventSignatureRefused: Problem(
        401, "event-signature-refused", Text("签名核验未通过", "Signature refused"),
        Text("证照库、密钥或签名不正确", "Registry, key or signature is wrong."),
    ),
    errors.EventNotYours: Problem(
        403, "event-not-yours", Text("无权变更该证照", "Another registry's licence"),
        Text("该证照由其他证照库管理", "Only the registry that a licence comes from may change it."),
    ),
    errors.EventIdReused: Problem(
        409, "event-id-reused", Text("推送编号已被使用", "Event id reused"),
        Text("同一 jti 不能用于不同的推送", "The same jti came with another event."),
    ),
    errors.EventOutOfTime: Problem(
        422, "event-out-of-time", Text("推送时间不在允许范围内", "Event out of time"),
        Text("iat 须在一小时之内，且不得超前五分钟", "`iat` must lie within the last hour, 5 minutes ahead at most."),
    ),
    errors.LicenceNotFound: Problem(
        404, "licence-not-found", Text("没有这个证照", "No such licence")),
    errors.GrantsNotWidened: Problem(
        403, "grants-not-widened", Text("不能自行扩大核验范围", "Your agency can't widen this itself"),
        Text("请联系平台管理员", "The platform's admin grants more."),
    ),
    errors.ShowTokenNotFound: Problem(
        404, "show-token-not-found", Text("没有这个亮证码", "No such show token")),
    errors.VerificationNotFound: Problem(
        404, "verification-not-found", Text("没有这条核验记录", "No such verification")),
    errors.WalletFrozen: Problem(
        403, "wallet-frozen", Text("证照已冻结", "The wallet is frozen"),
        Text("请先解除冻结再出示", "Unfreeze it before showing a licence.")),
    errors.FreezeSubjectUnknown: Problem(
        422, "real-name-mismatch", Text("身份信息核对未通过", "Name and number do not match"),
        Text("没有与此姓名、号码相符的用户", "Nobody here has this name and number.")),
    errors.CheckCodeLocked: Problem(
        429, "check-code-locked", Text("核验口令错误次数过多", "Too many wrong check codes"),
        Text("请稍后再试，或扫描二维码", "Try again later, or scan the QR.")),
    errors.AccessRecordNotFound: Problem(
        404, "access-record-not-found", Text("没有这条记录", "No such access record")),
    errors.StatusListNotFound: Problem(
        404, "status-list-not-found", Text("没有这个状态列表", "No such status list")),
    errors.PhotoNotFound: Problem(
        404, "photo-not-found", Text("没有可显示的照片", "No photo to show")),
    errors.SandboxThingUnknown: Problem(
        404, "not-found", Text("不存在", "Not found")),
    errors.LicenceNotShowable: Problem(
        409, "licence-not-showable", Text("该证照当前不能出示", "This licence can't be shown now")),
    errors.OfflineNotAllowed: Problem(
        409, "offline-not-allowed", Text("该证照不支持离线亮证", "This licence can't be shown offline"),
        Text("请使用在线亮证", "Show it online.")),
    errors.NotAwaitingConfirmation: Problem(
        409, "not-awaiting-confirmation", Text("没有待确认的核验", "Nothing awaits confirmation"),
        Text("扫码请求已处理或已超时", "The scan was settled already, or its time ran out.")),
    errors.ShowTokenEnded: Problem(
        410, "show-token-ended", Text("亮证码已失效", "The show token has ended"),
        Text("请重新出示证照", "Show the licence again.")),
    errors.RegistryRefuses: Problem(
        503, "registry-unavailable", Text("登记机关系统暂时不可用", "The registry is unavailable"),
        Text("请稍后再试", "Try again later.")),
    errors.LicenceTooStale: Problem(
        503, "registry-unavailable", Text("登记机关系统暂时不可用", "The registry is unavailable"),
        Text("证照数据已超过七天未更新，暂不能出示",
             "The licence's data is more than seven days old and can't be refreshed now.")),
}  # fmt: skip
