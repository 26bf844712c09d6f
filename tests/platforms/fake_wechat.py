"""A small WeChat: the documented calls, checks and errors of its server API."""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.fake_server import Asked, Fake, Reply, said

APP_ID, SECRET = "wx0123456789abcdef", "s3cret-of-the-mini-program-000001"
SESSION_KEY = "HyVFkGl5F5OQWJZZaNzBBg=="
LOGIN, TOKEN, PHONE = "/sns/jscode2session", "/cgi-bin/stable_token", "/wxa/business/getuserphonenumber"
BEGIN_FACE = "/cityservice/face/identify/getverifyid"
FACE_RESULT = "/cityservice/face/identify/queryverifyinfo"
# As the real one labels its JSON.
TEXT, ENCODED = "text/plain", "application/json; encoding=utf-8"
BUSY = {"errcode": -1, "errmsg": "system error"}


@dataclass
class Code:
    """A one-time code: whose, and for a phone's which number."""

    openid: str
    phone: str = ""
    country: str = "86"


@dataclass
class Check:
    """A face check under way."""

    openid: str
    out_seq_no: str
    certificate: dict[str, str]
    verify_ret: int | None = None


@dataclass
class State:
    """Everything that WeChat knows."""

    logins: dict[str, Code] = field(default_factory=dict)
    phones: dict[str, Code] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    tokens: int = 1
    refused_tokens: set[str] = field(default_factory=set)
    checks: dict[str, Check] = field(default_factory=dict)


def refusal(errcode: int, errmsg: str = "refused") -> Reply:
    """Return an error as WeChat sends it: with status 200."""
    return said({"errcode": errcode, "errmsg": f"{errmsg}, rid: 6571-abc"}, ENCODED)


class FakeWeChat(Fake):
    """WeChat, as one mini-program sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        self.expires_in = 7200

    def login_code(self, code: str, openid: str) -> str:
        """Let somebody press the login button."""
        self.state.logins[code] = Code(openid)
        return code

    def phone_code(self, code: str, openid: str, phone: str, country: str = "86") -> str:
        """Let somebody press the phone button."""
        self.state.phones[code] = Code(openid, phone, country)
        return code

    def finish_face_check(self, verify_id: str, verify_ret: int) -> None:
        """Let somebody look into the camera."""
        self.state.checks[verify_id].verify_ret = verify_ret

    @property
    def token(self) -> str:
        return f"ACCESS-TOKEN-{self.state.tokens}-" + "t" * 500

    def forgive(self) -> None:
        super().forgive()
        self.state.used.clear()

    def answer(self, asked: Asked) -> Reply:
        if asked.path == LOGIN:
            return self._login(asked.query)
        if asked.path == TOKEN:
            return self._token(asked.json)
        if asked.query.get("access_token") != self.token or self.token in self.state.refused_tokens:
            return refusal(40001, "invalid credential, access_token is invalid or not latest")
        calls = {PHONE: self._phone, BEGIN_FACE: self._begin_face, FACE_RESULT: self._face_result}
        return calls[asked.path](asked.json)

    def _login(self, query: dict[str, str]) -> Reply:
        if query["appid"] != APP_ID:
            return refusal(40013, "invalid appid")
        if query["secret"] != SECRET:
            return refusal(40125, "invalid appsecret")
        assert query["grant_type"] == "authorization_code"
        code = query["js_code"]
        if code not in self.state.logins:
            return refusal(40029, f"invalid code {code}")
        if code in self.state.used:
            return refusal(40163, f"code been used {code}")
        self.state.used.add(code)
        return said({"session_key": SESSION_KEY, "openid": self.state.logins[code].openid}, TEXT)

    def _token(self, body: dict[str, Any]) -> Reply:
        assert body["grant_type"] == "client_credential"
        if (body["appid"], body["secret"]) != (APP_ID, SECRET):
            return refusal(40125, "invalid appsecret")
        if body["force_refresh"]:
            self.state.tokens += 1
        return said({"access_token": self.token, "expires_in": self.expires_in}, ENCODED)

    def _phone(self, body: dict[str, Any]) -> Reply:
        code = self.state.phones.get(body["code"])
        if code is None or body["code"] in self.state.used or code.openid != body["openid"]:
            return refusal(40029, f"invalid code {body['code']}")
        self.state.used.add(body["code"])
        info = {
            "phoneNumber": code.phone,
            "purePhoneNumber": code.phone,
            "countryCode": code.country,
            "watermark": {"timestamp": 1637744274, "appid": APP_ID},
        }
        return said({"errcode": 0, "errmsg": "ok", "phone_info": info}, ENCODED)

    def _begin_face(self, body: dict[str, Any]) -> Reply:
        number = body["out_seq_no"]
        assert 5 <= len(number) <= 32, "out_seq_no"
        assert number not in {check.out_seq_no for check in self.state.checks.values()}
        assert body["cert_info"]["cert_type"] == "IDENTITY_CARD"
        verify_id = f"verify-{number}"
        self.state.checks[verify_id] = Check(body["openid"], number, body["cert_info"])
        return said({"errcode": 0, "errmsg": "ok", "verify_id": verify_id, "expires_in": 3600}, ENCODED)

    def _face_result(self, body: dict[str, Any]) -> Reply:
        check = self.state.checks[body["verify_id"]]
        known = (check.openid, check.out_seq_no, _hash(check.certificate))
        if known != (body["openid"], body["out_seq_no"], body["cert_hash"]):
            return refusal(84002, "cert_hash is not the one")
        return said({"errcode": 0, "errmsg": "ok", "verify_ret": check.verify_ret}, ENCODED)


def _hash(certificate: dict[str, str]) -> str:
    names = ("cert_type", "cert_name", "cert_no")
    parts = [f"{name}={base64.b64encode(certificate[name].encode()).decode()}" for name in names]
    return hashlib.sha256("&".join(parts).encode()).hexdigest()
