"""Alipay's open gateway, as much of it as is needed (opendocs.alipay.com). Every success is signed and verified."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from identity.clock import SHANGHAI
from identity.errors import DomainError, LoginRefused, PlatformBusy, PlatformRateLimited
from identity.platforms.alipay import rsa2
from identity.platforms.refusing import platform_error
from identity.platforms.wire import (
    DEFAULT_PATIENCE,
    JSON_TYPE,
    Answer,
    Line,
    Manners,
    Patience,
    Question,
    Trouble,
    Unusable,
    text_in,
)

GATEWAY = "https://openapi.alipay.com/gateway.do"
SUCCESS, SERVICE_UNAVAILABLE, CALL_LIMITED = "10000", "20000", "40005"
CODE_INVALID = "isv.code-invalid"
ERROR_NODE = "error_response"
# Sub-codes are words; anything else might quote what was sent, and is not written into the log.
LOGGABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")
LONGEST_ID = 128

Read = TypeVar("Read")

log = structlog.get_logger(__name__)


def _trouble_in(body: dict[str, Any]) -> Trouble | None:
    # 20000: "service unavailable, try later". It does not say that nothing was done.
    nodes = [node for name, node in body.items() if name.endswith("_response") and isinstance(node, dict)]
    return Trouble.FAILED if any(node.get("code") == SERVICE_UNAVAILABLE for node in nodes) else None


# The gateway sends JSON as text/html.
MANNERS = Manners(
    "alipay",
    platform_error,
    frozenset({JSON_TYPE, "text/html", "text/plain"}),
    _trouble_in,
)


@dataclass(frozen=True, slots=True)
class AlipayKeys:
    """The application's private key, and Alipay's public one."""

    own: RSAPrivateKey = field(repr=False)
    alipays: RSAPublicKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class AlipayUser:
    """Who a code stands for, and the token that asks about them."""

    id: str = field(repr=False)
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Certification:
    """A face certification: passed, failed, or (neither) not finished."""

    passed: bool
    failed: bool


class Alipay:
    """The gateway as one application sees it. Raises PlatformBusy and PlatformRateLimited everywhere.

    `now` tells the real time: Alipay refuses requests whose timestamp is far off.
    """

    def __init__(
        self,
        app_id: str,
        keys: AlipayKeys,
        now: Callable[[], datetime],
        *,
        gateway: str = GATEWAY,
        patience: Patience = DEFAULT_PATIENCE,
    ) -> None:
        self._app_id, self._keys, self._now = app_id, keys, now
        self._gateway = gateway
        self._line = Line(gateway, MANNERS, patience)

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    def user_of(self, unverified_code: str) -> AlipayUser:
        """Exchange an authorisation code (one use) for a user (`alipay.system.oauth.token`).

        Raises LoginRefused.
        """

        def read(node: dict[str, Any]) -> AlipayUser:
            # `user_id` is being replaced by `open_id`: who has both is known by the older one.
            name = "user_id" if node.get("user_id") else "open_id"
            return AlipayUser(text_in(node, name, LONGEST_ID), text_in(node, "access_token"))

        parameters = {"grant_type": "authorization_code", "code": unverified_code}
        return self._ask("alipay.system.oauth.token", parameters, read, idempotent=False)

    def certified(self, access_token: str) -> dict[str, Any]:
        """Return what Alipay shares of a user (`alipay.user.info.share`)."""
        return self._ask(
            "alipay.user.info.share",
            {"auth_token": access_token},
            lambda node: node,
            idempotent=True,
        )

    def begin_certification(self, order: str, identity: dict[str, str]) -> str:
        """Prepare a face certification and return its certify_id (`alipay.user.certify.open.initialize`).

        `order` is our own number of it, at most 32 characters, never used twice.
        """
        content = {
            "outer_order_no": order,
            "biz_code": "FACE",
            "identity_param": identity,
            "merchant_config": {"return_url": ""},
        }
        return self._ask(
            "alipay.user.certify.open.initialize",
            _business(content),
            lambda node: text_in(node, "certify_id", LONGEST_ID),
            idempotent=False,
        )

    def certification_url(self, certify_id: str) -> str:
        """Return the signed address that the mini-program opens (`alipay.user.certify.open.certify`)."""
        method = "alipay.user.certify.open.certify"
        return f"{self._gateway}?{urlencode(self._signed(method, _business({'certify_id': certify_id})))}"

    def certification(self, certify_id: str) -> Certification:
        """Return what a certification came to (`alipay.user.certify.open.query`)."""
        return self._ask(
            "alipay.user.certify.open.query",
            _business({"certify_id": certify_id}),
            lambda node: Certification(text_in(node, "passed", 8) == "T", bool(node.get("fail_reason"))),
            idempotent=True,
        )

    def _ask(
        self,
        method: str,
        parameters: dict[str, str],
        read: Callable[[dict[str, Any]], Read],
        *,
        idempotent: bool,
    ) -> Read:
        form = self._signed(method, parameters)
        question = Question(method, "POST", "", idempotent, {"charset": "utf-8"}, form=form)
        return self._line.ask(question, lambda answer: read(self._node(method, answer)))

    def _signed(self, method: str, parameters: dict[str, str]) -> dict[str, str]:
        request = {
            "app_id": self._app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": self._now().astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
        } | parameters
        return request | {"sign": rsa2.sign(rsa2.signing_text(request), self._keys.own)}

    def _node(self, method: str, answer: Answer) -> dict[str, Any]:
        """Return the node of a success. Raises Unusable, and the domain error of a refusal."""
        try:
            raw = rsa2.members(answer.text)
        except (ValueError, RecursionError):
            raise Unusable(Trouble.NOT_JSON) from None
        name = f"{method.replace('.', '_')}_response"
        if name not in raw:
            name = ERROR_NODE
        node = answer.body.get(name)
        if not isinstance(node, dict):
            raise Unusable
        signature = answer.body.get("sign")
        # What is refused before the gateway knows the application comes without a signature.
        if signature is not None or name != ERROR_NODE:
            self._require_signed(raw[name], signature)
        if name == ERROR_NODE or node.get("code", SUCCESS) != SUCCESS:
            raise _refusal(method, node)
        return node

    def _require_signed(self, text: str, signature: object) -> None:
        if not isinstance(signature, str) or not rsa2.is_signed(text, signature, self._keys.alipays):
            raise Unusable(Trouble.BAD_SIGNATURE)


def _refusal(method: str, node: dict[str, Any]) -> DomainError:
    code, sub_code = str(node.get("code")), str(node.get("sub_code"))
    if sub_code == CODE_INVALID:
        return LoginRefused()
    if code == CALL_LIMITED:
        return PlatformRateLimited()
    said = sub_code if LOGGABLE.fullmatch(sub_code) else "?"
    log.error("alipay refuses", call=method, code=code if LOGGABLE.fullmatch(code) else "?", sub_code=said)
    return PlatformBusy()


def _business(content: dict[str, Any]) -> dict[str, str]:
    return {"biz_content": orjson.dumps(content).decode()}
