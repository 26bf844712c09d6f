"""Show tokens on the wire: a compact ES256 JWS (RFC 7515) with `typ: lz`, at most 213 characters.

The payload is `jti` (128 random bits) and `exp`; nothing about the person. Everything that comes back is
`unverified` until its size, form, key and signature have been checked, in this order.
"""

import base64
import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from identity.crypto.keyring import KeyRing, UnknownKey
from identity.crypto.signer import Signer, sign_compact
from wallet.showing.reasons import Reason

TYP = "lz"
ALGORITHM = "ES256"
MAX_TOKEN_CHARACTERS = 213
MAX_LIFETIME = timedelta(seconds=300)
# How far two workers' clocks may be apart before a fresh token seems to come from the future.
CLOCK_LEEWAY = timedelta(seconds=60)

_ES256 = ECAlgorithm(ECAlgorithm.SHA256, ec.SECP256R1)
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}")
_JTI = re.compile(r"[A-Za-z0-9_-]{22}")
_KID = re.compile(r"[A-Za-z0-9]{1,4}")
# NumericDates that fit a datetime.
_MAX_EXP = 4_102_444_800


@dataclass(frozen=True, slots=True)
class ShowClaims:
    """What a genuine show token says."""

    jti: str
    expires_at: datetime


class Untrusted(Exception):
    """A token is not one of ours: `reason` is malformed, unknown_key or bad_signature."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def new_jti() -> str:
    """Return 128 random bits, base64url, 22 characters."""
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()


def seal(jti: str, expires_at: datetime, signer: Signer) -> str:
    """Return the signed token of a jti; `expires_at` is in whole seconds."""
    payload = json.dumps({"jti": jti, "exp": int(expires_at.timestamp())}, separators=(",", ":"))
    return sign_compact(payload.encode(), signer, TYP)


def open_token(unverified: str, keys: KeyRing) -> ShowClaims:
    """Return the claims of a genuine token, whatever the time. Raises Untrusted.

    The algorithm is pinned to ES256, and the header must be exactly the one that `seal` writes: a JSON
    key given twice, a `crit` or a `jwk` of the sender's choosing has no place in it.
    """
    if len(unverified) > MAX_TOKEN_CHARACTERS or not _COMPACT.fullmatch(unverified):
        raise Untrusted(Reason.MALFORMED)
    signing_input, _, signature = unverified.rpartition(".")
    header, _, payload = signing_input.partition(".")
    kid = _kid(_decode_object(header, {"alg", "kid", "typ"}))
    claims = _claims(_decode_object(payload, {"jti", "exp"}))
    try:
        public = keys.public(kid)
    except UnknownKey:
        raise Untrusted(Reason.UNKNOWN_KEY) from None
    if not _ES256.verify(signing_input.encode(), public, _decode_segment(signature)):
        raise Untrusted(Reason.BAD_SIGNATURE)
    return claims


def lifetime_fault(claims: ShowClaims, now: datetime) -> Reason | None:
    """Judge a genuine token's time: `now == exp` is expired; ends too far ahead, it is not from now."""
    if claims.expires_at - now > MAX_LIFETIME + CLOCK_LEEWAY:
        return Reason.NOT_YET_VALID
    return Reason.EXPIRED if claims.expires_at <= now else None


def _kid(header: dict[str, Any]) -> str:
    kid = header["kid"]
    well_formed = isinstance(kid, str) and _KID.fullmatch(kid)
    if not well_formed or header["alg"] != ALGORITHM or header["typ"] != TYP:
        raise Untrusted(Reason.MALFORMED)
    return str(kid)


def _claims(payload: dict[str, Any]) -> ShowClaims:
    jti, exp = payload["jti"], payload["exp"]
    if not isinstance(jti, str) or not _JTI.fullmatch(jti):
        raise Untrusted(Reason.MALFORMED)
    if type(exp) is not int or not 0 <= exp <= _MAX_EXP:
        raise Untrusted(Reason.MALFORMED)
    return ShowClaims(jti, datetime.fromtimestamp(exp, UTC))


def _decode_object(segment: str, names: set[str]) -> dict[str, Any]:
    try:
        # Objects come as tuples of pairs, so that neither a key given twice nor a list passes for one.
        pairs = json.loads(_decode_segment(segment), object_pairs_hook=tuple)
        if not isinstance(pairs, tuple) or len(pairs) != len(names) or {name for name, _ in pairs} != names:
            raise Untrusted(Reason.MALFORMED)
        return dict(pairs)
    except (ValueError, TypeError, RecursionError):
        raise Untrusted(Reason.MALFORMED) from None


def _decode_segment(segment: str) -> bytes:
    decoded = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    # Base64url has spare bits in its last character; only one spelling of a token is ours.
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != segment:
        raise Untrusted(Reason.MALFORMED)
    return decoded
