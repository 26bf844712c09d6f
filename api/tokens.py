"""Access and refresh tokens (JWT, RFC 7519), through flask-jwt-extended.

That library and PyJWT read the system clock. Their time checks are switched off by a leeway of centuries,
and `exp` is checked here against the request's `now`, which the sandbox can move. Whether the session
behind a token still lives is read from the database at every call.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, g
from flask_jwt_extended import JWTManager, create_access_token, create_refresh_token, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from api.errors import Unauthenticated
from identity.crypto.keyring import Key, KeyRing, UnknownKey
from identity.ids import ClientId, SessionId
from identity.sessions import ACCESS_TOKEN_LIFETIME, REFRESH_TOKEN_LIFETIME

ALGORITHM = "HS256"
MAX_TOKEN_CHARACTERS = 2048
# Of a machine client, which gets another whenever it wants.
CLIENT_TOKEN_LIFETIME = timedelta(minutes=10)
CITIZEN, STAFF, CLIENT = "citizen", "staff", "client"
ACCESS, REFRESH = "access", "refresh"
CENTURIES = timedelta(days=365 * 400)


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a login or a refresh hands out. `expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"  # noqa: S105  the scheme's name (RFC 6750), no secret
    expires_in: int = int(ACCESS_TOKEN_LIFETIME.total_seconds())


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a genuine token says. A client's has scopes, and in the session's place the credential it was got with."""

    role: str
    session_id: SessionId
    generation: int
    scopes: frozenset[str] = frozenset()


def register(app: Flask, keys: KeyRing) -> None:
    """Let flask-jwt-extended sign and verify with the sessions ring."""
    app.config.update(
        JWT_ALGORITHM=ALGORITHM,
        JWT_DECODE_ALGORITHMS=[ALGORITHM],
        JWT_ENCODE_NBF=False,
        JWT_COOKIE_CSRF_PROTECT=False,
        JWT_DECODE_LEEWAY=CENTURIES,
    )
    manager = JWTManager(app)
    manager.encode_key_loader(lambda _identity: _signing_key(keys).secret)
    manager.additional_headers_loader(lambda _identity: {"kid": _signing_key(keys).kid})
    manager.decode_key_loader(lambda header, _claims: keys.trusted(str(header.get("kid"))).secret)


def _signing_key(keys: KeyRing) -> Key:
    # One key for a request: a rotation between header and signature would make a token of neither key.
    if "sessions_key" not in g:
        g.sessions_key = keys.signing()
    key: Key = g.sessions_key
    return key


def issue(
    subject: str,
    role: str,
    session_id: SessionId,
    generation: int,
    now: datetime,
    *,
    refresh_lifetime: timedelta = REFRESH_TOKEN_LIFETIME,
) -> TokenPair:
    """Return tokens of a session's generation."""
    claims = {"sid": session_id, "role": role, "gen": generation, "iat": int(now.timestamp())}
    access_exp = int((now + ACCESS_TOKEN_LIFETIME).timestamp())
    refresh_exp = int((now + refresh_lifetime).timestamp())
    return TokenPair(
        create_access_token(subject, additional_claims=claims | {"exp": access_exp}),
        create_refresh_token(subject, additional_claims=claims | {"exp": refresh_exp}),
    )


def issue_to_client(client_id: ClientId, credential_id: str, scopes: Iterable[str], now: datetime) -> str:
    """Return an access token of a machine client."""
    claims = {"sid": credential_id, "role": CLIENT, "gen": 0, "iat": int(now.timestamp())}
    exp = int((now + CLIENT_TOKEN_LIFETIME).timestamp())
    scope = " ".join(sorted(scopes))
    token: str = create_access_token(client_id, additional_claims=claims | {"exp": exp, "scope": scope})
    return token


def read(unverified: str, token_type: str, now: datetime) -> TokenClaims:
    """Return the claims of a genuine, unexpired token of a type. Raises Unauthenticated."""
    if len(unverified) > MAX_TOKEN_CHARACTERS:
        raise Unauthenticated
    try:
        claims: dict[str, Any] = decode_token(unverified)
    except (PyJWTError, JWTExtendedException, UnknownKey, ValueError, RecursionError) as error:
        raise Unauthenticated from error
    if claims["type"] != token_type or claims["exp"] <= now.timestamp():
        raise Unauthenticated
    scopes = frozenset(claims.get("scope", "").split())
    return TokenClaims(claims["role"], SessionId(claims["sid"]), claims["gen"], scopes)
