"""Machine clients to test with: registered by an enterprise's representative, with a token."""

import base64
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from werkzeug.test import TestResponse

from api.config import Config
from identity.ids import new_id
from tests.organisations import RESTAURANT, at_level_3, register
from tests.sandbox import JSON, Caller, Citizen, Sandbox

TOKEN = "/v1/oauth/token"
METADATA = "/.well-known/oauth-authorization-server"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MACHINE_SCOPES = ["consents:request", "pulls:create", "webhooks:manage"]
PURPOSES: list[JSON] = [
    {
        "code": "driver-hiring",
        "text": "核对应聘司机的驾驶资格",
        "items": [{"kind": "DRIVING_LICENCE", "fields": ["name", "vehicle_class", "valid_to"]}],
    },
    {
        "code": "onboarding",
        "text": "入职身份登记",
        "items": [{"kind": "ID_CARD", "fields": ["name", "id_no"]}],
    },
]


@dataclass
class Machine(Caller):
    """A machine client with a token."""

    manager: Citizen = field(kw_only=True)
    client: JSON = field(kw_only=True)

    @property
    def client_id(self) -> str:
        """Its id."""
        client_id: str = self.client["client_id"]
        return client_id

    @property
    def path(self) -> str:
        """Where its manager finds it."""
        return f"{clients_path(self.client['organisation_id'])}/{self.client_id}"


def clients_path(organisation_id: str) -> str:
    """Return where an enterprise's clients are."""
    return f"/v1/organisations/{organisation_id}/clients"


def request(**changes: Any) -> JSON:
    """Return what a manager says to register a client."""
    said = {"name": "人事系统", "purposes": PURPOSES, "scopes": MACHINE_SCOPES, "auth": "secret"}
    return said | changes


def register_client(manager: Citizen, organisation: JSON, **changes: Any) -> JSON:
    """Register a client; return the answer, its secret with it."""
    return manager.expect(201, "POST", clients_path(organisation["id"]), json=request(**changes))


def a_client(
    sandbox: Sandbox,
    *,
    manager: Citizen | None = None,
    organisation: JSON | None = None,
    enterprise: JSON = RESTAURANT,
    representative: str = "wang-qiang",
    **changes: Any,
) -> Machine:
    """Register a client by an enterprise's representative, and get it a token; `changes` are of the request."""
    manager = manager or at_level_3(sandbox, representative)
    client = register_client(manager, organisation or register(manager, enterprise), **changes)
    answer = token_by_secret(sandbox, client["client_id"], client["client_secret"])
    assert answer.status_code == 200, answer.text
    return Machine(sandbox.app, answer.get_json()["access_token"], manager=manager, client=client)


def basic(client_id: str, secret: str) -> dict[str, str]:
    """Return the header of client_secret_basic (RFC 6749 §2.3.1)."""
    return {"Authorization": f"Basic {base64_of(f'{quote_plus(client_id)}:{quote_plus(secret)}')}"}


def base64_of(text: str) -> str:
    """Return a text as Basic carries it."""
    return base64.b64encode(text.encode()).decode()


def ask(sandbox: Sandbox, form: JSON | str | bytes, **kwargs: Any) -> TestResponse:
    """Ask the token endpoint."""
    kwargs.setdefault("content_type", "application/x-www-form-urlencoded")
    return sandbox.anybody.send("POST", TOKEN, data=form, **kwargs)


def token_by_secret(sandbox: Sandbox, client_id: str, secret: str, **form: str) -> TestResponse:
    """Ask for a token with a secret."""
    return ask(sandbox, {"grant_type": "client_credentials"} | form, headers=basic(client_id, secret))


def token_by_assertion(sandbox: Sandbox, assertion: str, **form: str) -> TestResponse:
    """Ask for a token with an assertion."""
    said = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}
    return ask(sandbox, said | {"client_assertion": assertion} | form)


def outcome(sandbox: Sandbox, assertion: str, **form: str) -> tuple[int, str | None]:
    """Return status and error of a request with an assertion."""
    answer = token_by_assertion(sandbox, assertion, **form)
    return answer.status_code, answer.get_json().get("error")


@dataclass(frozen=True)
class SigningKey:
    """A key of a client's own, on P-256."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    kid: str = "k1"

    @property
    def jwks(self) -> JSON:
        """What its enterprise registers."""
        jwk = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {"keys": [{name: jwk[name] for name in ("kty", "crv", "x", "y")} | {"kid": self.kid}]}

    def sign(self, claims: JSON, **header: Any) -> str:
        """Sign claims as a JWT."""
        return jwt.encode(claims, self.private, "ES256", {"kid": self.kid} | header)


def claims(sandbox: Sandbox, client_id: str, **changes: Any) -> JSON:
    """Return the claims of an assertion that is good for a minute; a change to None leaves a claim out."""
    now = sandbox.now()
    said = {
        "iss": client_id,
        "sub": client_id,
        "aud": f"http://localhost{TOKEN}",
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=1)).timestamp()),
        "jti": new_id(),
    }
    return {name: value for name, value in (said | changes).items() if value is not None}


def limited(config: Config, **rates: str) -> Config:
    """Return a configuration with some rate limits."""
    return replace(config, rate_limits=replace(config.rate_limits, **rates))


def signed_for(sandbox: Sandbox) -> None:
    """Let a client use an assertion."""
    key, manager = SigningKey(), at_level_3(sandbox, "wang-qiang")
    client = register_client(manager, register(manager), auth="private_key_jwt", jwks=key.jwks)
    token_by_assertion(sandbox, key.sign(claims(sandbox, client["client_id"])))


def rotated(sandbox: Sandbox) -> None:
    """Let a client lose its secret."""
    machine = a_client(sandbox)
    secret_id = machine.client["secrets"][0]["id"]
    machine.manager.expect(200, "POST", f"{machine.path}/secrets/{secret_id}/revoke")


def unregistered(sandbox: Sandbox) -> None:
    """Let a client be revoked."""
    machine = a_client(sandbox)
    machine.manager.expect(200, "POST", f"{machine.path}/revoke")
