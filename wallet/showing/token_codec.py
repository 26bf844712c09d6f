"""Show tokens on the wire: a compact ES256 JWS (RFC 7515) with `typ: lz`, at most 213 characters.

The payload is `jti` (128 random bits) and `exp`; nothing about the person.
"""

import base64
import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from identity.crypto.signer import Signer, sign_compact
from wallet.showing.jws import PublicKeys, Untrusted, open_compact
from wallet.showing.reasons import Reason

TYP = "lz"
MAX_TOKEN_CHARACTERS = 213
MAX_LIFETIME = timedelta(seconds=300)
# How far two workers' clocks may be apart before a fresh token seems to come from the future.
CLOCK_LEEWAY = timedelta(seconds=60)

_JTI = re.compile(r"[A-Za-z0-9_-]{22}")
# NumericDates that fit a datetime.
_MAX_EXP = 4_102_444_800


@dataclass(frozen=True, slots=True)
class ShowClaims:
    """What a genuine show token says."""

    jti: str
    expires_at: datetime


def new_jti() -> str:
    """Return 128 random bits, base64url, 22 characters."""
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()


def seal(jti: str, expires_at: datetime, signer: Signer) -> str:
    """Return the signed token of a jti; `expires_at` is in whole seconds."""
    payload = json.dumps({"jti": jti, "exp": int(expires_at.timestamp())}, separators=(",", ":"))
    return sign_compact(payload.encode(), signer, TYP)


def open_token(unverified: str, keys: PublicKeys) -> ShowClaims:
    """Return the claims of a genuine token, whatever the time. Raises Untrusted."""
    return open_compact(
        unverified,
        keys,
        typ=TYP,
        names=("jti", "exp"),
        most_characters=MAX_TOKEN_CHARACTERS,
        read=lambda payload: ShowClaims(read_jti(payload["jti"]), read_instant(payload["exp"])),
    )


def lifetime_fault(claims: ShowClaims, now: datetime) -> Reason | None:
    """Judge a genuine token's time: `now == exp` is expired; ends too far ahead, it is not from now."""
    if claims.expires_at - now > MAX_LIFETIME + CLOCK_LEEWAY:
        return Reason.NOT_YET_VALID
    return Reason.EXPIRED if claims.expires_at <= now else None


def read_jti(value: Any) -> str:
    """Return a token's number. Raises Untrusted."""
    if not isinstance(value, str) or not _JTI.fullmatch(value):
        raise Untrusted(Reason.MALFORMED)
    return value


def read_instant(value: Any) -> datetime:
    """Return a NumericDate in whole seconds as an instant. Raises Untrusted."""
    if type(value) is not int or not 0 <= value <= _MAX_EXP:
        raise Untrusted(Reason.MALFORMED)
    return datetime.fromtimestamp(value, UTC)
