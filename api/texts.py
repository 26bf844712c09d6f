"""What people read: reasons of rejection, next actions, licence states and hot-service reasons."""

from dataclasses import dataclass

from api.language import EN, Text
from hotservices.hot_reasons import HotReason, ReasonCode
from wallet.showing.reasons import Reason
from wallet.status import LicenceStatus


@dataclass(frozen=True, slots=True)
class Advice:
    """What a verifier reads after a scan: what is the matter, and what to do next."""

    message: Text
    next_action: Text


ACCEPTED = Advice(
    Text("证照真实有效", "The licence is genuine and valid"),
    Text("核对本人与照片是否一致", "Compare the person with the photo"),
)
ACCEPTED_STALE = Advice(
    Text("证照真实，数据不是最新", "The licence is genuine; its data is not the newest"),
    Text("核对本人；如有疑问请查看实体证照", "Check the person; if in doubt ask for the paper"),
)
PENDING = Advice(
    Text("等待持证人确认", "Waiting for the holder to confirm"),
    Text("请持证人在手机上确认，60秒内有效", "Ask the holder to confirm on the phone within 60 seconds"),
)
SHOW_AGAIN = Text("请持证人刷新亮证码后重新扫码", "Ask the holder to refresh the code, then scan again")
DO_NOT_ACCEPT = Text("不予认可，请持证人联系发证机关", "Do not accept; the holder should ask the issuer")

REASONS: dict[Reason, Advice] = {
    Reason.MALFORMED: Advice(
        Text("这不是亮证码", "This is not a show code"),
        Text("请持证人打开“亮证”页面出示二维码", "Ask the holder to open “Show licence” and scan that code"),
    ),
    Reason.UNKNOWN_KEY: Advice(
        Text("无法识别签发方", "The code's signer is not known here"),
        Text("请持证人刷新后重试；仍失败则不予认可", "Ask for a fresh code; if it fails again do not accept"),
    ),
    Reason.BAD_SIGNATURE: Advice(
        Text("亮证码签名不正确，可能被篡改", "The code's signature is wrong; it may be forged"),
        Text("不予认可，必要时报告主管", "Do not accept; report it if need be"),
    ),
    Reason.NOT_YET_VALID: Advice(
        Text("亮证码尚未生效，请检查设备时间", "The code is from the future; check the device's clock"),
        SHOW_AGAIN,
    ),
    Reason.EXPIRED: Advice(Text("亮证码已过期", "The code has expired"), SHOW_AGAIN),
    Reason.UNKNOWN_CODE: Advice(Text("亮证码不存在", "There is no such code"), SHOW_AGAIN),
    Reason.WITHDRAWN: Advice(Text("持证人已撤回该亮证码", "The holder withdrew this code"), SHOW_AGAIN),
    Reason.DECLINED: Advice(
        Text("持证人拒绝出示", "The holder declined"),
        Text("请向持证人说明用途，或查验实体证照", "Explain what it is for, or ask for the paper"),
    ),
    Reason.USED: Advice(Text("亮证码已被使用", "The code was used already"), SHOW_AGAIN),
    Reason.NOT_PERMITTED: Advice(
        Text("本机构无权核验此类证照", "Your organisation may not verify this kind of licence"),
        Text("请勿要求出示此类证照", "Do not ask for this kind of licence"),
    ),
    Reason.WALLET_FROZEN: Advice(
        Text("持证人已冻结证照", "The holder froze their wallet"),
        Text("不予认可，请持证人解冻后重试", "Do not accept until the holder unfreezes it"),
    ),
    Reason.LICENCE_NOT_YET_VALID: Advice(
        Text("证照尚未生效", "The licence is not valid yet"), DO_NOT_ACCEPT,
    ),
    Reason.LICENCE_EXPIRED: Advice(
        Text("证照已过有效期", "The licence has expired"),
        Text("不予认可，请持证人办理换证", "Do not accept; the holder should renew it"),
    ),
    Reason.LICENCE_SUSPENDED: Advice(Text("证照已被暂扣", "The licence is suspended"), DO_NOT_ACCEPT),
    Reason.LICENCE_REVOKED: Advice(Text("证照已被吊销", "The licence is revoked"), DO_NOT_ACCEPT),
    Reason.LICENCE_CANCELLED: Advice(Text("证照已注销", "The licence is cancelled"), DO_NOT_ACCEPT),
    Reason.LICENCE_SUPERSEDED: Advice(
        Text("证照已有新版本", "A newer version of the licence exists"),
        Text("请持证人更新证照后重新出示", "Ask the holder to refresh the licence and show it again"),
    ),
    Reason.LICENCE_TRANSFERRED: Advice(Text("证照已转出", "The licence was transferred"), DO_NOT_ACCEPT),
}  # fmt: skip

# What a screen reader says of the picture.
QR_LABEL = Text("亮证二维码", "QR code of a licence shown")

STATUS_TEXTS: dict[LicenceStatus, Text] = {
    LicenceStatus.VALID: Text("有效", "valid"),
    LicenceStatus.NOT_YET_VALID: Text("尚未生效", "not valid yet"),
    LicenceStatus.EXPIRED: Text("已过有效期", "expired"),
    LicenceStatus.SUSPENDED: Text("已被暂扣", "suspended"),
    LicenceStatus.REVOKED: Text("已被吊销", "revoked"),
    LicenceStatus.CANCELLED: Text("已注销", "cancelled"),
    LicenceStatus.SUPERSEDED: Text("已被新版本替代", "superseded by a newer version"),
    LicenceStatus.TRANSFERRED: Text("已转出", "transferred"),
}

# `{licence}` is the licence's title, `{days}` the days until it ends, `{service}` a service that the person used.
HOT_REASONS: dict[ReasonCode, Text] = {
    ReasonCode.FAVOURITE: Text("您收藏的事项", "One of your favourites"),
    ReasonCode.LICENCE_EXPIRED: Text("您的{licence}已过有效期", "Your {licence} has expired"),
    ReasonCode.LICENCE_EXPIRING: Text(
        "您的{licence}将于{days}天内到期", "Your {licence} ends within {days} days"
    ),
    ReasonCode.LICENCE_EXPIRING_SOON: Text(
        "您的{licence}将于{days}天内到期，请尽快办理", "Your {licence} ends within {days} days: act soon"
    ),
    ReasonCode.INSPECTION_OVERDUE: Text(
        "您的车辆检验有效期已过（{licence}）", "Your vehicle's inspection is overdue ({licence})"
    ),
    ReasonCode.INSPECTION_DUE_SOON: Text(
        "您的车辆检验有效期将于{days}天内届满，请尽快办理（{licence}）",
        "Your vehicle's inspection ends within {days} days: act soon ({licence})",
    ),
    ReasonCode.INSPECTION_DUE: Text(
        "您的车辆检验有效期将于{days}天内届满（{licence}）",
        "Your vehicle's inspection ends within {days} days ({licence})",
    ),
    ReasonCode.LICENCE_HELD: Text("您已持有办理所需的{licence}", "You hold the {licence} that it asks for"),
    ReasonCode.PORTAL_LIST: Text("政务服务网热门事项", "On the portal's list of hot services"),
    ReasonCode.POPULAR: Text("用的人多", "Many people use it"),
    ReasonCode.CATALOGUE: Text("事项目录", "From the catalogue"),
    ReasonCode.OWN_USE: Text("您常用的事项", "You use it often"),
    ReasonCode.RHYTHM: Text("您隔一段时间会再用的事项", "You come back to it from time to time"),
    ReasonCode.CO_USE: Text("用过“{service}”的人也常用", "Those who used “{service}” often use it too"),
    ReasonCode.POPULAR_NOW: Text("近期用的人多", "Many people use it at present"),
    ReasonCode.ATTRIBUTES: Text("与您情况相近的人常用", "People in a situation like yours use it"),
    ReasonCode.POPULAR_HERE: Text("当地用的人多", "Many people use it in this region"),
    ReasonCode.SEASON: Text("{words}", "{words}"),
    ReasonCode.AGE: Text("{words}", "{words}"),
    ReasonCode.SCHOOL_AGE: Text(
        "您的孩子今年8月31日前满六周岁，秋季可以入学",
        "Your child is six before September and may begin school",
    ),
    ReasonCode.NEW: Text("用的人还不多，供您了解", "Not widely used yet; perhaps of use to you"),
}
# What is said of a field that is needed and not there, here as by the schemas.
REQUIRED = Text("必填", "Missing data for required field.")
# What is said of a locked value that is another by now.
SOURCE_CHANGED = Text("部门的数据已变化，请核对", "The registry says something else now: check it.")
# In place of "within 0 days".
TODAY: dict[ReasonCode, Text] = {
    ReasonCode.LICENCE_EXPIRING_SOON: Text("您的{licence}今天到期", "Your {licence} ends today"),
    ReasonCode.INSPECTION_DUE_SOON: Text(
        "您的车辆检验有效期今天届满（{licence}）", "Your vehicle's inspection ends today ({licence})"
    ),
}
USED_BEFORE = Text("您用过的事项", "You have used it before")
OFTEN = 3


def hot_reason(reason: HotReason, language: str) -> str:
    """Return the words of a reason, filled in."""
    text = TODAY.get(reason.code) if reason.days == 0 else None
    if reason.code is ReasonCode.OWN_USE and reason.times < OFTEN:
        text = USED_BEFORE
    said = (text or HOT_REASONS[reason.code]).in_language(language)
    if "{" not in said:
        return said
    words = reason.words and (reason.words.en if language == EN else reason.words.zh)
    return said.format(
        licence=reason.licence_title, days=reason.days, service=reason.service_name, words=words
    )


# What outlives an account, and why.
KEPT_AFTER_CLOSING = {
    "access-records": Text(
        "核验记录按法定期限保存，已去除姓名、证件号码与事由",
        "Records of who verified a licence are kept for their legal term, without name, number or purpose.",
    ),
    "consents-given": Text(
        "同意记录（文本版本与时间）作为凭据保存，不再与您关联",
        "That a text was agreed to, and when, is kept as evidence, linked to nobody any more.",
    ),
    "legal-representative": Text(
        "企业法定代表人信息以登记机关公示为准，予以保留",
        "Who represents an enterprise by law is public in its registry, and stays.",
    ),
}
