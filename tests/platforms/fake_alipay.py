"""A small Alipay: its gateway checks requests' signatures and signs what it answers."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from identity.platforms.alipay import rsa2
from identity.platforms.alipay.client import AlipayKeys
from tests.platforms.fake_server import Asked, Fake, Handler, Reply

APP_ID = "2021000000000001"
TOKEN, SHARE = "alipay.system.oauth.token", "alipay.user.info.share"
BEGIN_FACE, FACE_RESULT = "alipay.user.certify.open.initialize", "alipay.user.certify.open.query"
# As the real one labels its JSON.
HTML = "text/html;charset=utf-8"


@cache
def app_key() -> rsa.RSAPrivateKey:
    """The application's key."""
    return rsa.generate_private_key(65537, 2048)


@cache
def alipays_key() -> rsa.RSAPrivateKey:
    """Alipay's own key."""
    return rsa.generate_private_key(65537, 2048)


def keys() -> AlipayKeys:
    """Return what an application holds of the two."""
    return AlipayKeys(app_key(), alipays_key().public_key())


def private_pem(key: rsa.RSAPrivateKey) -> str:
    """Return a private key as a file holds it."""
    pem = serialization.Encoding.PEM
    return key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def public_pem(key: rsa.RSAPrivateKey) -> str:
    """Return the public half as a file holds it."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


@dataclass
class State:
    """Everything that Alipay knows."""

    codes: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    shared: dict[str, dict[str, str]] = field(default_factory=dict)
    checks: dict[str, dict[str, Any]] = field(default_factory=dict)
    passed: dict[str, str] = field(default_factory=dict)


class FakeAlipay(Fake):
    """Alipay's gateway, as one application sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State()

    @property
    def gateway(self) -> str:
        return f"{self.address}/gateway.do"

    def auth_code(self, code: str, user_id: str) -> str:
        """Let somebody agree to be known."""
        self.state.codes[code] = user_id
        return code

    def certify(self, user_id: str, name: str, number: str) -> None:
        """Let Alipay certify a user's real name."""
        self.state.shared[user_id] = {
            "is_certified": "T",
            "user_name": name,
            "cert_no": number,
            "cert_type": "0",
        }

    def call_of(self, asked: Asked) -> str:
        return asked.form.get("method", "")

    def forgive(self) -> None:
        super().forgive()
        self.state.used.clear()

    def answer(self, asked: Asked) -> Reply:
        form = asked.form
        assert asked.query == {"charset": "utf-8"}
        assert (form["app_id"], form["sign_type"], form["version"]) == (APP_ID, "RSA2", "1.0")
        datetime.strptime(form["timestamp"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007  Alipay's has no zone
        if not rsa2.is_signed(rsa2.signing_text(form), form["sign"], app_key().public_key()):
            # Who asks is unknown, so this answer bears no signature.
            return unsigned(error("40002", "isv.invalid-signature"))
        calls = {TOKEN: self._token, SHARE: self._share, BEGIN_FACE: self._begin, FACE_RESULT: self._result}
        return calls[form["method"]](form)

    def _token(self, form: dict[str, str]) -> Reply:
        code = form["code"]
        if (
            form["grant_type"] != "authorization_code"
            or code not in self.state.codes
            or code in self.state.used
        ):
            return signed(error("40002", "isv.code-invalid"))
        self.state.used.add(code)
        user = self.state.codes[code]
        node = {"user_id": user, "access_token": f"authTOKEN-{user}", "expires_in": 500, "re_expires_in": 300}
        return signed({"alipay_system_oauth_token_response": node})

    def _share(self, form: dict[str, str]) -> Reply:
        user = form["auth_token"].removeprefix("authTOKEN-")
        shared = self.state.shared.get(user, {"is_certified": "F"})
        node = {"code": "10000", "msg": "Success", "user_id": user} | shared
        return signed({"alipay_user_info_share_response": node})

    def _begin(self, form: dict[str, str]) -> Reply:
        content = json.loads(form["biz_content"])
        assert len(content["outer_order_no"]) <= 32
        certify_id = f"certify-{content['outer_order_no']}"
        self.state.checks[certify_id] = content
        node = {"code": "10000", "msg": "Success", "certify_id": certify_id}
        return signed({"alipay_user_certify_open_initialize_response": node})

    def _result(self, form: dict[str, str]) -> Reply:
        certify_id = json.loads(form["biz_content"])["certify_id"]
        node = {"code": "10000", "msg": "Success", "passed": self.state.passed.get(certify_id, "F")}
        return signed({"alipay_user_certify_open_query_response": node})


def error(code: str, sub_code: str) -> dict[str, Any]:
    """Return an error of the gateway."""
    return {"error_response": {"code": code, "msg": "Failed", "sub_code": sub_code, "sub_msg": "失败"}}


def refused(method: str, code: str, sub_code: str) -> Reply:
    """Return a refusal in a method's own node, signed."""
    return signed(
        {f"{method.replace('.', '_')}_response": {"code": code, "msg": "Failed", "sub_code": sub_code}}
    )


def signed(content: dict[str, Any]) -> Reply:
    """Return an answer whose only node is signed as it stands."""
    ((name, node),) = content.items()
    # With the spaces and escapes of another writer than ours: what counts is the text.
    text = json.dumps(node)
    signature = rsa2.sign(text, alipays_key())
    return Reply(f'{{ "{name}" :{text},"sign":"{signature}"}}'.encode(), HTML)


def unsigned(content: dict[str, Any]) -> Reply:
    """Return an answer without a signature."""
    return Reply(json.dumps(content).encode(), HTML)


def tampered(fake: Fake, asked: Asked, handler: Handler) -> None:
    """Change the true answer behind its signature."""
    reply = fake.answer(asked)
    body = reply.body.replace(b"2088", b"2099").replace(b'"F"', b'"T"')
    assert body != reply.body
    handler.reply(Reply(body, reply.content_type))


def stripped(fake: Fake, asked: Asked, handler: Handler) -> None:
    """Leave the signature out of the true answer."""
    content = json.loads(fake.answer(asked).body)
    handler.reply(unsigned({name: node for name, node in content.items() if name != "sign"}))
