"""Requests for a token, read from a form and from the Authorization header (RFC 6749 §2.3, §4.4; RFC 7523 §2.2)."""

import base64
import binascii
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, unquote_plus

from flask import Response, jsonify, request

from api.validation import FORM
from identity.clients import assertions
from identity.clients.assertions import AssertionRefused, UnverifiedAssertion

GRANT = "client_credentials"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
BASIC = "basic "
CHALLENGE = 'Basic realm="liangzheng", charset="UTF-8"'
MAX_FIELDS = 32


class OAuthCode(StrEnum):
    """What a token request is refused as (RFC 6749 §5.2)."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_SCOPE = "invalid_scope"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"


class OAuthError(Exception):
    """A token request is refused, in the words of RFC 6749. `description` is ASCII, for developers."""

    def __init__(self, code: OAuthCode, description: str) -> None:
        super().__init__(description)
        self.code, self.description = code, description


@dataclass(frozen=True, slots=True)
class UnverifiedSecret:
    """What a client sent to prove itself by Basic."""

    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A request whose form is right."""

    proof: UnverifiedSecret | UnverifiedAssertion
    scope: str


def answer(error: OAuthError) -> Response:
    """Return a refusal (RFC 6749 §5.2)."""
    response = jsonify(error=error.code, error_description=error.description)
    response.status_code = 401 if error.code is OAuthCode.INVALID_CLIENT else 400
    if error.code is OAuthCode.INVALID_CLIENT and "Authorization" in request.headers:
        response.headers["WWW-Authenticate"] = CHALLENGE
    response.headers["Pragma"] = "no-cache"
    return response


def read() -> TokenRequest:
    """Read the request at hand. Raises OAuthError."""
    form = _form()
    grant = form.get("grant_type")
    if grant is None:
        raise OAuthError(code=OAuthCode.INVALID_REQUEST, description="grant_type is missing")
    if grant != GRANT:
        raise OAuthError(code=OAuthCode.UNSUPPORTED_GRANT_TYPE, description=f"grant_type is {GRANT}")
    return TokenRequest(_proof(form), form.get("scope", ""))


def _form() -> dict[str, str]:
    if request.mimetype != FORM:
        raise OAuthError(code=OAuthCode.INVALID_REQUEST, description=f"send {FORM}")
    try:
        text = request.get_data().decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise OAuthError(code=OAuthCode.INVALID_REQUEST, description="the form can not be read") from None
    if len({name for name, _ in pairs}) != len(pairs):
        raise OAuthError(code=OAuthCode.INVALID_REQUEST, description="a parameter is there twice")
    # What is sent without a value counts as not sent (RFC 6749 §3.2).
    return {name: value for name, value in pairs if value}


def _proof(form: dict[str, str]) -> UnverifiedSecret | UnverifiedAssertion:
    header, assertion = request.headers.get("Authorization"), form.get("client_assertion")
    methods = [header, assertion or form.get("client_assertion_type"), form.get("client_secret")]
    if sum(method is not None for method in methods) > 1:
        raise OAuthError(
            code=OAuthCode.INVALID_REQUEST, description="authenticate by one method, not by several"
        )
    if header is not None:
        return _basic(header, form.get("client_id"))
    if assertion is None:
        said = "the client did not authenticate by client_secret_basic or private_key_jwt"
        raise OAuthError(code=OAuthCode.INVALID_CLIENT, description=said)
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise OAuthError(
            code=OAuthCode.INVALID_REQUEST, description=f"client_assertion_type is {ASSERTION_TYPE}"
        )
    try:
        signed = assertions.parse(assertion)
    except AssertionRefused:
        said = "client_assertion is no assertion of a client (RFC 7523)"
        raise OAuthError(code=OAuthCode.INVALID_CLIENT, description=said) from None
    if form.get("client_id", signed.client_id) != signed.client_id:
        raise OAuthError(code=OAuthCode.INVALID_CLIENT, description="client_id is not that of the assertion")
    return signed


def _basic(header: str, client_id: str | None) -> UnverifiedSecret:
    """Read client_secret_basic: id and secret are percent-encoded before they are joined (RFC 6749 §2.3.1)."""
    refused = OAuthError(
        code=OAuthCode.INVALID_CLIENT,
        description="the Authorization header is no Basic of client id and secret",
    )
    if not header.lower().startswith(BASIC):
        raise refused
    try:
        text = base64.b64decode(header[len(BASIC) :].strip(), validate=True).decode()
        name, colon, secret = text.partition(":")
        name, secret = unquote_plus(name, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError):
        raise refused from None
    if not (colon and name and secret):
        raise refused
    if client_id not in {None, name}:
        raise OAuthError(
            code=OAuthCode.INVALID_REQUEST, description="client_id is not that of the Authorization header"
        )
    return UnverifiedSecret(name, secret)
