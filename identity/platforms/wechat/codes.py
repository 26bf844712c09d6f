"""WeChat's error codes, and what each is to whoever asked (developers.weixin.qq.com)."""

from typing import Any

import structlog

from identity.errors import DomainError, LoginRefused, PlatformBusy, PlatformRateLimited, PlatformUserBlocked
from identity.platforms.wire import Trouble, number_in

BUSY = -1
CODE_INVALID, CODE_USED = 40029, 40163
TOO_OFTEN = 45011
USER_BLOCKED = 40226
# The access token is wrong, malformed or expired: another one helps.
TOKEN_REFUSED = frozenset({40001, 40014, 42001})

REFUSALS: dict[int, type[DomainError]] = {
    BUSY: PlatformBusy,
    CODE_INVALID: LoginRefused,
    CODE_USED: LoginRefused,
    TOO_OFTEN: PlatformRateLimited,
    USER_BLOCKED: PlatformUserBlocked,
}

log = structlog.get_logger(__name__)


def error_code(body: dict[str, Any]) -> int:
    """Return the error code of an answer, 0 for success: that need not carry one. Raises Unusable."""
    return number_in(body, "errcode", default=0)


def trouble_in(body: dict[str, Any]) -> Trouble | None:
    """Tell that WeChat did nothing and wants to be asked again."""
    return Trouble.BUSY if body.get("errcode") == BUSY else None


def require_success(call: str, body: dict[str, Any]) -> None:
    """Raise the domain error of an answer that tells of one, PlatformBusy for a code that nobody documented."""
    code = error_code(body)
    if code == 0:
        return
    if code not in REFUSALS:
        # Among these are a wrong app id (40013) and secret (40125). The text beside the code may quote us.
        log.error("wechat refuses", call=call, errcode=code)
    raise REFUSALS.get(code, PlatformBusy)
