"""What the routes of machine clients share: where tokens are got, who issues them, what each scope opens."""

from types import MappingProxyType

from flask import request

from api.call import Call
from identity.organisations.scopes import Scope

TOKEN_PATH, METADATA_PATH = "/v1/oauth/token", "/.well-known/oauth-authorization-server"
CLIENT_SCOPES = MappingProxyType(
    {
        Scope.CONSENTS_REQUEST: "请求授权 · Ask people for consent",
        Scope.PULLS_CREATE: "凭授权调取 · Pull what they consented to",
        Scope.WEBHOOKS_MANAGE: "管理推送 · Keep webhooks",
    }
)


def issuer(call: Call) -> str | None:
    """Return who issues tokens here (RFC 8414 §2): PUBLIC_URL, in a sandbox without one the address that was called.

    Production never goes by the request: whoever names another server in it could bring assertions that were
    signed for that one.
    """
    config = call.services.config
    if config.public_url or not config.is_sandbox:
        return config.public_url
    return request.url_root.rstrip("/")


def audiences(call: Call) -> frozenset[str]:
    """Return by which names an assertion may mean us: the issuer, and the token endpoint."""
    ours = issuer(call)
    return frozenset({ours, ours + TOKEN_PATH}) if ours else frozenset()
