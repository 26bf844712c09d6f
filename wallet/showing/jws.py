"""Opening a compact ES256 JWS (RFC 7515 §7.1) that somebody hands us.

Everything is `unverified` until its size, form, key and signature have been checked, in this order. The
algorithm is pinned to ES256, and the header must be exactly the one that we write: a JSON key given twice, a
`crit` or a `jwk` of the sender's choosing has no place in it.
"""

import base64
import json
import re
from collections.abc import Callable, Collection
from typing import Any, Protocol, TypeVar

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from identity.crypto.keyring import UnknownKey
from wallet.showing.reasons import Reason

ALGORITHM = "ES256"
Claims = TypeVar("Claims")

_ES256 = ECAlgorithm(ECAlgorithm.SHA256, ec.SECP256R1)
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}")
_KID = re.compile(r"[A-Za-z0-9]{1,4}")


class PublicKeys(Protocol):
    """Whoever knows public keys by their ids."""

    def public(self, kid: str) -> ec.EllipticCurvePublicKey:
        """Return the key that verifies that kid's signatures. Raises UnknownKey."""
        ...


class Untrusted(Exception):
    """A token is not one of ours: `reason` is malformed, unknown_key or bad_signature."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def open_compact(
    unverified: str,
    keys: PublicKeys,
    *,
    typ: str,
    names: Collection[str],
    most_characters: int,
    read: Callable[[dict[str, Any]], Claims],
) -> Claims:
    """Return what `read` makes of a genuine token's payload, which has exactly the members `names`.

    Objects inside it come as tuples of pairs; `plain` makes dicts of them.

    Raises Untrusted; so does `read`, with `malformed`, for values that we would not write.
    """
    if len(unverified) > most_characters or not _COMPACT.fullmatch(unverified):
        raise Untrusted(Reason.MALFORMED)
    signing_input, _, signature = unverified.rpartition(".")
    header, _, payload = signing_input.partition(".")
    kid = _kid(_decode_object(header, {"alg", "kid", "typ"}), typ)
    claims = read(_decode_object(payload, names))
    try:
        public = keys.public(kid)
    except UnknownKey:
        raise Untrusted(Reason.UNKNOWN_KEY) from None
    if not _ES256.verify(signing_input.encode(), public, _decode_segment(signature)):
        raise Untrusted(Reason.BAD_SIGNATURE)
    return claims


def unverified_typ(unverified: str, most_characters: int) -> str | None:
    """Return what a token says it is; None when it says nothing that could be read."""
    if len(unverified) > most_characters or not _COMPACT.fullmatch(unverified):
        return None
    try:
        typ = _decode_object(unverified.partition(".")[0], {"alg", "kid", "typ"})["typ"]
    except Untrusted:
        return None
    return typ if isinstance(typ, str) else None


def plain(value: Any) -> Any:
    """Return what stands inside a payload with its objects as dicts. Raises Untrusted for a key given twice."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, tuple):
        return value
    members = {name: plain(item) for name, item in value}
    if len(members) != len(value):
        raise Untrusted(Reason.MALFORMED)
    return members


def _kid(header: dict[str, Any], typ: str) -> str:
    kid = header["kid"]
    well_formed = isinstance(kid, str) and _KID.fullmatch(kid)
    if not well_formed or header["alg"] != ALGORITHM or header["typ"] != typ:
        raise Untrusted(Reason.MALFORMED)
    return str(kid)


def _decode_object(segment: str, names: Collection[str]) -> dict[str, Any]:
    try:
        # Objects come as tuples of pairs, so that neither a key given twice nor a list passes for one.
        pairs = json.loads(_decode_segment(segment), object_pairs_hook=tuple)
        if (
            not isinstance(pairs, tuple)
            or len(pairs) != len(names)
            or {name for name, _ in pairs} != set(names)
        ):
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
