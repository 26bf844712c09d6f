"""Every refusal as RFC 9457 `application/problem+json`: one table from domain error to answer.

What is not in the table is a 500 without a word of what happened. `answering` answers by it.
"""

from api.errors import BodyTooLarge, MalformedRequest, TooManyRequests, UnsupportedMediaType
from api.language import Text
from api.problems.cases import CASE_PROBLEMS
from api.problems.catalogue import CATALOGUE_PROBLEMS
from api.problems.clients import CLIENT_PROBLEMS
from api.problems.consents import CONSENT_PROBLEMS
from api.problems.family import FAMILY_PROBLEMS
from api.problems.forms import FORM_PROBLEMS
from api.problems.identity import IDENTITY_PROBLEMS
from api.problems.problem import Problem
from api.problems.requests import REQUEST_PROBLEMS
from api.problems.services import SERVICES_PROBLEMS
from api.problems.staff import STAFF_PROBLEMS
from api.problems.wallet import WALLET_PROBLEMS
from api.problems.webhooks import WEBHOOK_PROBLEMS
from identity.errors import DomainError

CONTENT_TYPE = "application/problem+json"

PROBLEMS: dict[type[DomainError], Problem] = {
    **REQUEST_PROBLEMS,
    **IDENTITY_PROBLEMS,
    **FAMILY_PROBLEMS,
    **CLIENT_PROBLEMS,
    **STAFF_PROBLEMS,
    **WALLET_PROBLEMS,
    **CONSENT_PROBLEMS,
    **FORM_PROBLEMS,
    **SERVICES_PROBLEMS,
    **CATALOGUE_PROBLEMS,
    **CASE_PROBLEMS,
    **WEBHOOK_PROBLEMS,
}

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
