"""What is refused around consents and pulls: a part of the one table in `api.problems.table`."""

from api.language import Text
from api.problems.problem import Problem
from identity.errors import DomainError
from wallet.enterprise import errors

CONSENT_PROBLEMS: dict[type[DomainError], Problem] = {
    errors.ConsentRequired: Problem(
        403, "consent-required", Text("需要持证人授权", "Consent is required"),
        Text("没有可用于此次调取的授权", "Nothing that this client was given allows it."),
    ),
    errors.ConsentExpired: Problem(
        403, "consent-expired", Text("授权已到期", "The consent has expired"),
        Text("请重新请求授权", "Ask for consent again."),
    ),
    errors.ConsentUsedUp: Problem(
        403, "consent-used-up", Text("授权次数已用完", "The consent is used up"),
        Text("请重新请求授权", "Ask for consent again."),
    ),
    errors.ConsentWithdrawn: Problem(
        403, "consent-withdrawn", Text("授权已撤回", "The consent was withdrawn"),
        Text("持证人已撤回授权，或授权已随代办关系终止",
             "Its holder took it back, or whoever gave it for them no longer may."),
    ),
    errors.PurposeExceeded: Problem(
        403, "purpose-exceeded", Text("超出用途范围", "Beyond the purpose"),
        Text("所请求的证照或字段超出登记的用途或授权的范围",
             "Kinds or fields are beyond the registered purpose, or beyond what was consented to."),
    ),
    errors.ConsentRequestNotFound: Problem(
        404, "consent-request-not-found", Text("没有这个授权请求", "No such consent request")),
    errors.ConsentNotFound: Problem(
        404, "consent-not-found", Text("没有这个授权", "No such consent")),
    errors.ConsentRequestSettled: Problem(
        409, "consent-request-settled", Text("该授权请求已处理或已过期", "The request was settled, or its time ran out"),
        Text("如仍需要，请对方重新发起", "If it is still needed, let it be asked again."),
    ),
    errors.TooManyOpenRequests: Problem(
        409, "too-many-open-requests", Text("待答复的请求过多", "Too many open requests"),
        Text("对同一人最多有3个待答复的授权请求", "At most three requests of a client to one person may wait."),
    ),
}  # fmt: skip
