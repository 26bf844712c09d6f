"""Tokens of machine clients (OAuth 2.0), and what a client may read about this server beforehand."""

import hashlib

from flask import Response, abort, jsonify

from api import oauth, tokens
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.clients import CLIENT_SCOPES, METADATA_PATH, TOKEN_PATH, audiences, issuer
from api.guards import CLIENT_LOGIN, PUBLIC
from api.limits import CLIENT_TRIES, LOGINS, address, count
from api.oauth import GRANT, OAuthCode, OAuthError, TokenRequest, UnverifiedSecret
from api.schemas.oauth import MetadataSchema, OAuthErrorSchema, TokenForm, TokenSchema
from identity.clients import authenticating, scopes
from identity.clients.assertions import UnverifiedAssertion
from identity.clients.authenticating import Authenticated
from identity.clients.errors import AssertionReplayed, ClientRefused
from identity.clients.public_keys import SIGNING_ALGORITHMS
from identity.clients.scopes import ScopeNotHeld
from identity.organisations.scopes import Scope

ONE_HOUR = 3600

blp = Blueprint("oauth", __name__, description="企业应用 · Machine clients")
blp.register_error_handler(OAuthError, oauth.answer)


@blp.post(
    TOKEN_PATH,
    guard=CLIENT_LOGIN,
    summary=Summary("获取应用令牌", "Get a client's token"),
    description="OAuth 2.0 client_credentials：client_secret_basic 或 private_key_jwt；令牌十分钟有效。 · "
    "OAuth 2.0 client_credentials by client_secret_basic or private_key_jwt (RFC 7523: iss = sub = client_id, "
    "aud = the issuer or this URL, exp within 10 minutes, a jti used once; ES256, EdDSA, PS256 or RS256). "
    "Errors are those of RFC 6749; a token lives for ten minutes.",
    form=TokenForm,
    answer=Answer(200, TokenSchema),
    answers={400: OAuthErrorSchema, 401: OAuthErrorSchema},
    limit=LOGINS,
)
def get_client_token(call: Call) -> Response:
    asked = oauth.read()
    client = _authenticated(call, asked)
    try:
        granted = scopes.narrowed(client.scopes, asked.scope)
    except ScopeNotHeld:
        said = f"this client has {' '.join(client.scopes)}"
        raise OAuthError(code=OAuthCode.INVALID_SCOPE, description=said) from None
    if client.must_be_noted(call.now):
        _use(call, client)
    keys = call.services.session_keys
    token = tokens.issue_to_client(keys, client.client_id, client.credential_id, granted, call.now)
    return _answer(token, granted)


@blp.get(
    METADATA_PATH,
    guard=PUBLIC,
    summary=Summary("授权服务器元数据", "Authorization server metadata"),
    description="RFC 8414。",
    answer=Answer(200, MetadataSchema),
)
def get_authorization_server(call: Call) -> Response:
    ours = issuer(call)
    if ours is None:
        abort(404)
    response = jsonify(
        issuer=ours,
        token_endpoint=ours + TOKEN_PATH,
        token_endpoint_auth_methods_supported=["client_secret_basic", "private_key_jwt"],
        token_endpoint_auth_signing_alg_values_supported=list(SIGNING_ALGORITHMS),
        grant_types_supported=[GRANT],
        # Required, and of use to nobody here: there is no authorization endpoint.
        response_types_supported=[],
        scopes_supported=[str(scope) for scope in CLIENT_SCOPES],
        jwks_uri=f"{ours}/.well-known/jwks.json",
        service_documentation=f"{ours}/docs",
        ui_locales_supported=["zh-CN", "en"],
    )
    response.cache_control.public = True
    response.cache_control.max_age = ONE_HOUR
    return response


def _authenticated(call: Call, asked: TokenRequest) -> Authenticated:
    refused = OAuthError(
        code=OAuthCode.INVALID_CLIENT,
        description="client unknown or revoked, or its secret or assertion wrong",
    )
    count(
        CLIENT_TRIES,
        hashlib.sha256(asked.proof.client_id.encode(errors="surrogatepass")).hexdigest(),
        address(),
    )
    try:
        with call.services.database.read() as session:
            match asked.proof:
                case UnverifiedSecret(client_id, secret):
                    return authenticating.by_secret(session, client_id, secret)
                case UnverifiedAssertion() as assertion:
                    return authenticating.by_assertion(
                        session, assertion, audiences=audiences(call), now=call.now
                    )
    except ClientRefused:
        raise refused from None


def _use(call: Call, client: Authenticated) -> None:
    try:
        authenticating.use(call.session, client, call.now)
    except AssertionReplayed:
        raise OAuthError(
            code=OAuthCode.INVALID_CLIENT, description="this assertion was used before"
        ) from None


def _answer(access_token: str, granted: frozenset[Scope]) -> Response:
    response = jsonify(
        access_token=access_token,
        token_type="Bearer",  # noqa: S106  the scheme's name (RFC 6750), no secret
        expires_in=int(tokens.CLIENT_TOKEN_LIFETIME.total_seconds()),
        scope=" ".join(sorted(granted)),
    )
    response.headers["Pragma"] = "no-cache"
    return response
