"""WeChat's server API, as much of it as is needed (developers.weixin.qq.com).

`session_key` comes with every login. Nothing here needs it, so it is dropped where it is read.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from identity.platforms.refusing import platform_error
from identity.platforms.tokens import AccessToken, StableToken
from identity.platforms.wechat import codes
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
    number_in,
    object_in,
    text_in,
)

BASE_URL = "https://api.weixin.qq.com"
# WeChat sends JSON as text/plain, too.
MANNERS = Manners("wechat", platform_error, frozenset({JSON_TYPE, "text/plain"}), codes.trouble_in)
LONGEST_TOKEN_SECONDS = 7200
# STANDARDS of the platform: a verify_id is at most that long.
LONGEST_VERIFY_ID = 256
LONGEST_OPENID = 128

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number that WeChat has verified: digits of the country and of the number."""

    country: str
    number: str = field(repr=False)


class WeChat:
    """The API of one mini-program. Raises PlatformBusy and PlatformRateLimited everywhere."""

    def __init__(
        self,
        app_id: str,
        secret: str,
        *,
        base_url: str = BASE_URL,
        patience: Patience = DEFAULT_PATIENCE,
    ) -> None:
        self._app_id, self._secret = app_id, secret
        self._line = Line(base_url, MANNERS, patience)
        self._tokens = StableToken(self._fetch_token, patience.monotonic)

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    def openid_of(self, unverified_code: str) -> str:
        """Exchange a code of `wx.login` (one use, five minutes) for the user's openid (`code2session`).

        Raises LoginRefused, PlatformUserBlocked.
        """

        def read(answer: Answer) -> str:
            codes.require_success("code2session", answer.body)
            return text_in(answer.body, "openid", LONGEST_OPENID)

        query = {
            "appid": self._app_id,
            "secret": self._secret,
            "js_code": unverified_code,
            "grant_type": "authorization_code",
        }
        return self._line.ask(Question("code2session", "GET", "/sns/jscode2session", False, query), read)

    def phone_of(self, unverified_code: str, openid: str) -> Phone:
        """Exchange a code of the `getPhoneNumber` button (one use, five minutes) for that user's phone.

        Raises LoginRefused for a code that is wrong, used, or another user's.
        """
        body = {"code": unverified_code, "openid": openid}
        return self._ask("getuserphonenumber", "/wxa/business/getuserphonenumber", body, self._read_phone)

    def begin_face_check(self, openid: str, certificate: dict[str, str], out_seq_no: str) -> str:
        """Prepare a face verification 2.0 and return its verify_id (`getverifyid`).

        `out_seq_no` is our own number of it, 5 to 32 of [0-9A-Za-z_-], never used twice.
        """
        body = {"out_seq_no": out_seq_no, "cert_info": certificate, "openid": openid}
        path = "/cityservice/face/identify/getverifyid"
        return self._ask("getverifyid", path, body, lambda got: text_in(got, "verify_id", LONGEST_VERIFY_ID))

    def face_check_result(self, openid: str, verify_id: str, out_seq_no: str, cert_hash: str) -> int:
        """Return what a face verification came to (`queryverifyinfo`, its `verify_ret`)."""
        body = {"verify_id": verify_id, "out_seq_no": out_seq_no, "cert_hash": cert_hash, "openid": openid}
        path = "/cityservice/face/identify/queryverifyinfo"
        return self._ask(
            "queryverifyinfo",
            path,
            body,
            lambda got: number_in(got, "verify_ret"),
            idempotent=True,
        )

    def _ask(
        self,
        call: str,
        path: str,
        body: dict[str, Any],
        read: Callable[[dict[str, Any]], Read],
        *,
        idempotent: bool = False,
    ) -> Read:
        def read_or_token_refused(answer: Answer) -> tuple[Read] | None:
            if codes.error_code(answer.body) in codes.TOKEN_REFUSED:
                return None
            codes.require_success(call, answer.body)
            return (read(answer.body),)

        def ask(token: str) -> tuple[Read] | None:
            query = {"access_token": token}
            return self._line.ask(
                Question(call, "POST", path, idempotent, query, json=body),
                read_or_token_refused,
            )

        token = self._tokens.get()
        # Who refuses the token has not looked at the code: it can be sent once more.
        got = ask(token) or ask(self._tokens.instead_of(token))
        if got is None:
            raise platform_error(Trouble.REFUSED)
        return got[0]

    def _read_phone(self, body: dict[str, Any]) -> Phone:
        info = object_in(body, "phone_info")
        if text_in(object_in(info, "watermark"), "appid") != self._app_id:
            # Said to another mini-program.
            raise Unusable
        number = text_in(info, "purePhoneNumber", 32)
        if not (number.isascii() and number.isdecimal()):
            raise Unusable
        return Phone(text_in(info, "countryCode", 8), number)

    def _fetch_token(self, by_force: bool) -> AccessToken:
        def read(answer: Answer) -> AccessToken:
            codes.require_success("stable_token", answer.body)
            seconds = number_in(answer.body, "expires_in")
            if not 0 < seconds <= LONGEST_TOKEN_SECONDS:
                raise Unusable
            return AccessToken(text_in(answer.body, "access_token"), seconds)

        body = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._secret,
            "force_refresh": by_force,
        }
        # Repeating it gives the same token; forcing twice would use up two of the day's twenty.
        question = Question("stable_token", "POST", "/cgi-bin/stable_token", not by_force, json=body)
        return self._line.ask(question, read)
