"""Reading a compact JWS (RFC 7515 §7.1) that comes from outside: form first, then key, then signature.

Whoever reads one pins its `typ` and its algorithm. The header holds `alg`, `kid` and `typ` and nothing else, so
that a `crit` or a `jwk` of the sender's choosing has no place in it; a JSON key given twice is refused.
"""

import base64
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm, HMACAlgorithm

# RFC 7518 §3.1: a signature of whoever holds a key on P-256, and a MAC of whoever shares a secret.
ES256, HS256 = "ES256", "HS256"
SIGNATURE_BYTES = {ES256: 64, HS256: 32}
HEADER_NAMES = frozenset({"alg", "kid", "typ"})

_ES256 = ECAlgorithm(ECAlgorithm.SHA256, ec.SECP256R1)
_HS256 = HMACAlgorithm(HMACAlgorithm.SHA256)
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_KID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class JwsMalformed(Exception):
    """Not a compact JWS of the expected type and algorithm."""


@dataclass(frozen=True, slots=True)
class UnverifiedJws:
    """A JWS whose form is right. Nothing in it is true until `is_signed_by` or `is_sealed_with` says so."""

    kid: str
    payload: dict[str, Any]
    signing_input: bytes
    signature: bytes

    def is_signed_by(self, public: ec.EllipticCurvePublicKey) -> bool:
        """Tell whether a key on P-256 made the signature (ES256)."""
        return bool(_ES256.verify(self.signing_input, public, self.signature))

    def is_sealed_with(self, secret: bytes) -> bool:
        """Tell whether the signature is the MAC under a secret (HS256), in the same time wherever it differs."""
        return bool(_HS256.verify(self.signing_input, secret, self.signature))


def parse(unverified: str, *, typ: str, max_characters: int, algorithm: str = ES256) -> UnverifiedJws:
    """Take a JWS apart. Raises JwsMalformed."""
    if len(unverified) > max_characters or not _COMPACT.fullmatch(unverified):
        raise JwsMalformed
    signing_input, _, signature = unverified.rpartition(".")
    head, _, body = signing_input.partition(".")
    kid, payload = _kid_of(head, typ, algorithm), json_object(body)
    signed = decode_segment(signature)
    if len(signed) != SIGNATURE_BYTES[algorithm]:
        raise JwsMalformed
    return UnverifiedJws(kid, payload, signing_input.encode(), signed)


# Genuine headers are as few as keys, and come again with every request.
@lru_cache(maxsize=64)
def _kid_of(head: str, typ: str, algorithm: str) -> str:
    """Return the kid of a header of this type and algorithm. Raises JwsMalformed."""
    header = json_object(head)
    kid = header.get("kid")
    if set(header) != HEADER_NAMES or not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise JwsMalformed
    if header["alg"] != algorithm or header["typ"] != typ:
        raise JwsMalformed
    return kid


def json_object(segment: str) -> dict[str, Any]:
    """Return the JSON object of a header or a payload, none of whose keys is given twice. Raises JwsMalformed."""
    try:
        found = json.loads(
            decode_segment(segment), object_pairs_hook=_pairs_once, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError):
        raise JwsMalformed from None
    if not isinstance(found, dict):
        raise JwsMalformed
    return found


def _pairs_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JwsMalformed
    return found


def _refuse_constant(_word: str) -> Any:
    # NaN and Infinity are no JSON, whatever Python's reader thinks.
    raise JwsMalformed


def decode_segment(text: str) -> bytes:
    """Return the bytes of base64url without padding, in its one spelling. Raises JwsMalformed."""
    try:
        decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise JwsMalformed from None
    # Base64url has spare bits in its last character; only one spelling of a JWS is taken.
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != text:
        raise JwsMalformed
    return decoded
