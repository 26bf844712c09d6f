"""Client assertions (RFC 7523 §3, `private_key_jwt` of OpenID Connect Core §9): a JWT that a client signs for itself.

The algorithm is the registered key's. Its `jti` is used once: that is a row, written by whoever grants the token.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from jwt.algorithms import Algorithm, ECAlgorithm, OKPAlgorithm, RSAAlgorithm, RSAPSSAlgorithm

from identity.clients.public_keys import ClientKey
from identity.crypto import jws
from identity.crypto.jws import JwsMalformed

MAX_CHARACTERS = 8192
# The longest that an assertion may be good for, seen from now: who finds one in a log finds it too old.
LONGEST_LIFE = timedelta(minutes=10)
# How far a client's clock may be ahead of ours.
SKEW = timedelta(seconds=60)
MAX_JTI_CHARACTERS = 255
TYPES = frozenset({None, "JWT", "jwt", "client-authentication+jwt"})

# A NumericDate that fits a datetime.
_LATEST = 4_102_444_800
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_VERIFIERS: dict[str, Algorithm] = {
    "ES256": ECAlgorithm(ECAlgorithm.SHA256),
    "EdDSA": OKPAlgorithm(),
    "PS256": RSAPSSAlgorithm(RSAPSSAlgorithm.SHA256),
    "RS256": RSAAlgorithm(RSAAlgorithm.SHA256),
}


class AssertionRefused(Exception):
    """Malformed, forged, for somebody else, too old or good for too long."""


@dataclass(frozen=True, slots=True)
class UnverifiedAssertion:
    """An assertion whose form is right. Nothing in it is true until it is verified."""

    client_id: str
    algorithm: str
    kid: str | None
    claims: dict[str, Any]
    signing_input: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """A genuine assertion of a client: `id` is what is used once, until `expires_at`."""

    id: bytes
    key: ClientKey
    expires_at: datetime


def parse(unverified: str) -> UnverifiedAssertion:
    """Take an assertion apart. Raises AssertionRefused."""
    if len(unverified) > MAX_CHARACTERS or not _COMPACT.fullmatch(unverified):
        raise AssertionRefused
    signing_input, _, signature = unverified.rpartition(".")
    head, _, body = signing_input.partition(".")
    try:
        header, claims, signed = jws.json_object(head), jws.json_object(body), jws.decode_segment(signature)
    except JwsMalformed:
        raise AssertionRefused from None
    algorithm, kid, typ = header.get("alg"), header.get("kid"), header.get("typ")
    # What a header calls critical must be understood (RFC 7515 §4.1.11), and there is nothing that we do.
    if "crit" in header or not isinstance(algorithm, str) or not isinstance(kid, str | None):
        raise AssertionRefused
    if algorithm not in _VERIFIERS or not isinstance(typ, str | None) or typ not in TYPES:
        raise AssertionRefused
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or claims.get("sub") != issuer:
        raise AssertionRefused
    return UnverifiedAssertion(issuer, algorithm, kid, claims, signing_input.encode(), signed)


def verify(
    assertion: UnverifiedAssertion,
    keys: Sequence[ClientKey],
    *,
    audiences: frozenset[str],
    now: datetime,
) -> Proof:
    """Check signature, audience and times. Raises AssertionRefused."""
    key = _signer(assertion, keys)
    claims = assertion.claims
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    # Whoever else it is meant for could bring it here, and the other way round.
    if not named or not all(isinstance(one, str) and one in audiences for one in named):
        raise AssertionRefused
    expires_at = _instant(claims, "exp", required=True)
    if expires_at is None or not now < expires_at <= now + LONGEST_LIFE:
        raise AssertionRefused
    for name in ("nbf", "iat"):
        begins = _instant(claims, name, required=False)
        if begins is not None and begins > now + SKEW:
            raise AssertionRefused
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= MAX_JTI_CHARACTERS:
        raise AssertionRefused
    used_once = hashlib.sha256(f"{assertion.client_id}\0{jti}".encode(errors="surrogatepass")).digest()
    return Proof(used_once, key, expires_at)


def _signer(assertion: UnverifiedAssertion, keys: Sequence[ClientKey]) -> ClientKey:
    for key in keys:
        fits = assertion.algorithm in key.algorithms and assertion.kid in {None, key.kid}
        if fits and _is_signed_by(assertion, key):
            return key
    raise AssertionRefused


def _is_signed_by(assertion: UnverifiedAssertion, key: ClientKey) -> bool:
    verifier = _VERIFIERS[assertion.algorithm]
    return bool(verifier.verify(assertion.signing_input, key.public, assertion.signature))


def _instant(claims: dict[str, Any], name: str, *, required: bool) -> datetime | None:
    """Return a NumericDate (RFC 7519 §2), in whole seconds."""
    value = claims.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < _LATEST:
        raise AssertionRefused
    return datetime.fromtimestamp(int(value), UTC)
