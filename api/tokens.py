"""Access and refresh tokens (JWT, RFC 7519), signed with the sessions ring.

`exp` is checked against the request's `now`, which the sandbox can move. Whether the session behind a token
still lives is read from the database at every call.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from api.errors import Unauthenticated
from identity.crypto import jws
from identity.crypto.jws import JwsMalformed
from identity.crypto.keyring import Key, KeyRing, UnknownKey
from identity.ids import ClientId, SessionId, new_id
from identity.sessions import ACCESS_TOKEN_LIFETIME, REFRESH_TOKEN_LIFETIME

TYPE = "JWT"
MAX_TOKEN_CHARACTERS = 2048
# Of a machine client, which gets another whenever it wants.
CLIENT_TOKEN_LIFETIME = timedelta(minutes=10)
CITIZEN, STAFF, CLIENT = "citizen", "staff", "client"
ACCESS, REFRESH = "access", "refresh"


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a login or a refresh hands out. `expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"  # noqa: S105  the scheme's name (RFC 6750), no secret
    expires_in: int = int(ACCESS_TOKEN_LIFETIME.total_seconds())


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a genuine token says: of whom, and by which session.

    A client's has scopes, and in the session's place the credential it was got with. Since it was issued, a session may
    have passed to another account than its `subject`.
    """

    role: str
    subject: str
    session_id: SessionId
    generation: int
    scopes: frozenset[str] = frozenset()


def issue(
    keys: KeyRing,
    subject: str,
    role: str,
    session_id: SessionId,
    generation: int,
    *,
    now: datetime,
    refresh_lifetime: timedelta = REFRESH_TOKEN_LIFETIME,
) -> TokenPair:
    """Return tokens of a session's generation."""
    claims = {"sub": subject, "sid": session_id, "role": role, "gen": generation}
    # One key for both: a rotation in between must not make a pair of two keys.
    key = keys.signing()
    return TokenPair(
        _signed(key, claims | {"type": ACCESS}, now, ACCESS_TOKEN_LIFETIME),
        _signed(key, claims | {"type": REFRESH}, now, refresh_lifetime),
    )


def issue_to_client(
    keys: KeyRing, client_id: ClientId, credential_id: str, scopes: Iterable[str], now: datetime
) -> str:
    """Return an access token of a machine client."""
    claims = {"sub": client_id, "sid": credential_id, "role": CLIENT, "gen": 0, "type": ACCESS}
    scope = " ".join(sorted(scopes))
    return _signed(keys.signing(), claims | {"scope": scope}, now, CLIENT_TOKEN_LIFETIME)


def read(keys: KeyRing, unverified: str, token_type: str, now: datetime) -> TokenClaims:
    """Return the claims of a genuine, unexpired token of a type. Raises Unauthenticated."""
    try:
        token = jws.parse(unverified, typ=TYPE, max_characters=MAX_TOKEN_CHARACTERS, algorithm=jws.HS256)
        genuine = token.is_sealed_with(keys.trusted(token.kid).secret)
    except (JwsMalformed, UnknownKey) as error:
        raise Unauthenticated from error
    # Behind the seal the claims are our own words: nobody else has the secret.
    claims = token.payload
    if not genuine or claims["type"] != token_type or claims["exp"] <= now.timestamp():
        raise Unauthenticated
    scopes = frozenset(claims.get("scope", "").split())
    return TokenClaims(claims["role"], claims["sub"], SessionId(claims["sid"]), claims["gen"], scopes)


def _signed(key: Key, claims: dict[str, Any], now: datetime, lifetime: timedelta) -> str:
    times = {"iat": int(now.timestamp()), "exp": int((now + lifetime).timestamp())}
    said = claims | times | {"jti": new_id()}
    return jwt.encode(said, key.secret, algorithm=jws.HS256, headers={"kid": key.kid, "typ": TYPE})
