"""What people read in notices, in both languages."""

from api.language import Text
from identity.notices import Notice, NoticeKind

# Title and text of each notice; `{…}` is filled from what the notice is about.
NOTICES: dict[NoticeKind, tuple[Text, Text]] = {
    NoticeKind.CODE_SCANNED: (
        Text("您的证照被核验", "Your licence was verified"),
        Text("{organisation}核验了您的{licence}", "{organisation} verified your {licence}"),
    ),
    NoticeKind.ASSURANCE_RAISED: (
        Text("认证等级已提升至三级", "You were raised to level 3"),
        Text(
            "{organisation}的窗口工作人员核验了您本人和证件",
            "A counter of {organisation} has seen you and your document.",
        ),
    ),
    NoticeKind.WALLET_FROZEN: (
        Text("您的证照已冻结", "Your wallet was frozen"),
        Text(
            "{organisation}的工作人员应请求冻结了您的证照，本人核验后可解除",
            "{organisation} froze your wallet on request; prove that it is you to unfreeze it.",
        ),
    ),
    NoticeKind.LOGIN_JOINED: (
        Text("新的登录方式已加入您的账号", "A further login joined your account"),
        Text(
            "如非本人操作，请立即退出其他设备并联系窗口",
            "If it was not you, log out every other device and ask a counter.",
        ),
    ),
    NoticeKind.LOGIN_DETACHED: (
        Text("未经核验的登录方式已移出您的账号", "A login without proof was put out of your account"),
        Text(
            "您已通过人脸或窗口核验，原登录方式须重新核验后方可使用",
            "You proved who you are; the earlier login has to prove it, too, before it is used again.",
        ),
    ),
    NoticeKind.CODE_SCANNED_OFFLINE: (
        Text("您的证照被离线核验", "Your licence was verified offline"),
        Text(
            "{organisation}离线核验了您的{licence}",
            "{organisation} verified your {licence} without a network",
        ),
    ),
    NoticeKind.CODE_SCANNED_TWICE: (
        Text("您的亮证码被多次扫描", "Your code was scanned more than once"),
        Text(
            "{organisation}扫描了您的{licence}的亮证码，而该码此前已被扫描；如非本人出示，请冻结证照",
            "{organisation} scanned a code of your {licence} that was scanned before: freeze the wallet if it "
            "was not you",
        ),
    ),
    NoticeKind.CONFIRMATION_ASKED: (
        Text("请确认是否出示证照", "Confirm whether to show your licence"),
        Text(
            "{organisation}请求查看您的{licence}，请在60秒内确认",
            "{organisation} asks to see your {licence}: answer within 60 seconds",
        ),
    ),
    NoticeKind.HELPER_ASKS: (
        Text("有人申请为您代办", "Somebody asks to act for you"),
        Text(
            "{helper}申请为您代办，请在“家人”中同意或拒绝",
            "{helper} asks to act for you: approve or revoke it under “Family”",
        ),
    ),
    NoticeKind.HELPER_APPROVED: (
        Text("代办申请已获同意", "You may act for them now"),
        Text("{dependant}同意由您代办", "{dependant} lets you act for them"),
    ),
    NoticeKind.HELPER_APPROVED_BY_CODE: (
        Text("已有人为您代办", "Somebody acts for you now"),
        Text(
            "{helper}凭您告知的数字码开始为您代办；如非您本意，请立即解除",
            "{helper} acts for you by the code that you read aloud; if you did not mean it, revoke it at once",
        ),
    ),
    NoticeKind.HELPER_CODE_GIVEN: (
        Text("窗口已告知您代办数字码", "A counter told you a helper's code"),
        Text(
            "{organisation}凭您的证件告知了{helper}的代办数字码；如非您本人办理，请立即解除",
            "{organisation} gave out the code for {helper} on your document; if that was not you, revoke it",
        ),
    ),
    NoticeKind.HELPER_REVOKED: (
        Text("代办关系已解除", "A helper's tie has ended"),
        Text("{by}解除了代办关系", "{by} ended the tie"),
    ),
    NoticeKind.HELPER_USED: (
        Text("有人为您使用了证照", "Somebody used your licence for you"),
        Text("{helper}为您出示了{licence}", "{helper} showed your {licence} for you"),
    ),
    NoticeKind.HELPER_CONFIRMED: (
        Text("有人为您同意了出示", "Somebody confirmed a scan for you"),
        Text(
            "{helper}为您同意向{organisation}出示{licence}",
            "{helper} let {organisation} see your {licence} for you",
        ),
    ),
    NoticeKind.HELPER_FROZE: (
        Text("有人为您冻结了证照", "Somebody froze your wallet for you"),
        Text(
            "{helper}为您冻结了证照，本人核验后可解除",
            "{helper} froze your wallet for you; prove that it is you to unfreeze it.",
        ),
    ),
    NoticeKind.HELPER_CONSENTED: (
        Text("有人为您同意了数据授权", "Somebody consented for you"),
        Text(
            "{helper}为您授权{organisation}调取证照信息，用于{purpose}",
            "{helper} let {organisation} pull data from your licences, for: {purpose}",
        ),
    ),
    NoticeKind.CONSENT_ASKED: (
        Text("请您授权使用证照信息", "You are asked for consent"),
        Text(
            "{organisation}请求调取您的证照信息，用于{purpose}，请查看后同意或拒绝",
            "{organisation} asks to pull data from your licences, for: {purpose}. Approve or decline it",
        ),
    ),
    NoticeKind.DATA_PULLED: (
        Text("您的证照信息被调取", "Data from your licences was pulled"),
        Text(
            "{organisation}按您的授权调取了{licence}，用于{purpose}",
            "{organisation} pulled {licence} by your consent, for: {purpose}",
        ),
    ),
    NoticeKind.MEMBERSHIP_GIVEN: (
        Text("您可以代办企业事务", "You may act for an organisation"),
        Text("您已成为{organisation}的办事人员", "You have become a member of {organisation}"),
    ),
    NoticeKind.MEMBERSHIP_REVOKED: (
        Text("您不再代办企业事务", "You no longer act for an organisation"),
        Text("您已不再是{organisation}的办事人员", "You are no longer a member of {organisation}"),
    ),
    NoticeKind.LICENCE_SUSPENDED: (
        Text("您的证照被暂扣", "Your licence was suspended"),
        Text(
            "{issuer}暂扣了您的{licence}，暂时不能出示",
            "{issuer} suspended your {licence}: it can't be shown",
        ),
    ),
    NoticeKind.LICENCE_REVOKED: (
        Text("您的证照被吊销", "Your licence was revoked"),
        Text("{issuer}吊销了您的{licence}，不能再出示", "{issuer} revoked your {licence}: it can't be shown"),
    ),
    NoticeKind.LICENCE_CANCELLED: (
        Text("您的证照已注销", "Your licence was cancelled"),
        Text(
            "{issuer}注销了您的{licence}，不能再出示", "{issuer} cancelled your {licence}: it can't be shown"
        ),
    ),
    NoticeKind.LICENCE_SUPERSEDED: (
        Text("您的证照已换新版本", "There is a newer version of your licence"),
        Text(
            "{issuer}签发了新版{licence}，旧版不再有效",
            "{issuer} issued a new version of your {licence}; the old one is void",
        ),
    ),
    NoticeKind.LICENCE_TRANSFERRED: (
        Text("您的证照已转出", "Your licence was transferred"),
        Text(
            "{issuer}已将{licence}转出，您不能再出示", "{issuer} transferred the {licence}: you can't show it"
        ),
    ),
    NoticeKind.CORRECTION_ACCEPTED: (
        Text("您的证照纠错已采纳", "Your correction was accepted"),
        Text(
            "{organisation}采纳了您对{licence}的纠错，数据更新后请刷新证照",
            "{organisation} accepted your correction of {licence}; refresh it once the data is mended",
        ),
    ),
    NoticeKind.CORRECTION_REJECTED: (
        Text("您的证照纠错未采纳", "Your correction was not accepted"),
        Text(
            "{organisation}未采纳您对{licence}的纠错，原因见纠错详情",
            "{organisation} did not accept your correction of {licence}: read why in the correction",
        ),
    ),
    NoticeKind.LICENCE_RESTORED: (
        Text("您的证照已恢复有效", "Your licence is valid again"),
        Text("{issuer}恢复了您的{licence}，可以出示", "{issuer} restored your {licence}: it can be shown"),
    ),
    NoticeKind.CASE_NEEDS_MORE: (
        Text("办件需要补正", "A case needs more from you"),
        Text(
            "{department}需要您补充“{service}”的材料，请在“我的办件”中查看并答复",
            "{department} needs more from you for “{service}”: answer under your cases",
        ),
    ),
    NoticeKind.CASE_APPROVED: (
        Text("办件已办结", "A case was approved"),
        Text("{department}已准予您的“{service}”", "{department} approved your “{service}”"),
    ),
    NoticeKind.CASE_APPROVED_AT_ONCE: (
        Text("办件已即时办结", "A case was approved at once"),
        Text(
            "您的“{service}”信息全部来自证照并核对一致，已自动审批通过",
            "All that your “{service}” needs came from licences and was confirmed: it was approved at once",
        ),
    ),
    NoticeKind.CASE_REJECTED: (
        Text("办件未获准予", "A case was rejected"),
        Text(
            "{department}对您的“{service}”不予办理，理由见“我的办件”",
            "{department} rejected your “{service}”: its reason stands under your cases",
        ),
    ),
    NoticeKind.CASE_CLOSED: (
        Text("办件已终止", "A case was closed"),
        Text(
            "{department}终止了您的“{service}”，理由见“我的办件”",
            "{department} closed your “{service}” undecided: its reason stands under your cases",
        ),
    ),
    NoticeKind.LICENCE_EXPIRING: (
        Text("您的证照即将到期", "Your licence is about to end"),
        Text(
            "您的{licence}将于{valid_to}到期，请及时换证",
            "Your {licence} ends on {valid_to}: renew it in time",
        ),
    ),
    NoticeKind.WEBHOOK_DISABLED: (
        Text("企业的消息推送已停用", "A webhook was switched off"),
        Text(
            "{organisation}的推送地址{host}连续三天无法送达，已停用；修复后可重新启用",
            "Nothing has reached {host} of {organisation} for three days: mend it and enable it again",
        ),
    ),
}


def notice_text(notice: Notice, language: str) -> tuple[str, str]:
    """Return title and text of a notice in a language."""
    title, text = NOTICES[notice.kind]
    return title.in_language(language), text.in_language(language).format(**notice.about)
