"""Show tokens made by hand, with the app's own keys where the forger is meant to have them."""

import base64
import json
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from api.services import Services
from identity.crypto.keyring import Purpose

JTI = "AAAAAAAAAAAAAAAAAAAAAA"


def segment(part: Any) -> str:
    """Return base64url of bytes, of text, or of an object's JSON."""
    if isinstance(part, str):
        part = part.encode()
    raw = (
        part
        if isinstance(part, bytes)
        else json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()
    )
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sign(key: ec.EllipticCurvePrivateKey, header: Any, payload: Any) -> str:
    """Return a compact JWS with an ES256 signature over whatever header and payload are given."""
    signing_input = f"{segment(header)}.{segment(payload)}"
    r, s = decode_dss_signature(key.sign(signing_input.encode(), ec.ECDSA(SHA256())))
    return f"{signing_input}.{segment(r.to_bytes(32) + s.to_bytes(32))}"


def a_strangers_key() -> ec.EllipticCurvePrivateKey:
    """Return a key that nobody here trusts."""
    return ec.generate_private_key(ec.SECP256R1())


def our_key(parts: Services) -> ec.EllipticCurvePrivateKey:
    """Return the key that signs show tokens."""
    return parts.rings[Purpose.SHOW].signing().private


def header(parts: Services, **change: Any) -> dict[str, Any]:
    """Return the header of a genuine show token, changed."""
    return {"alg": "ES256", "kid": parts.rings[Purpose.SHOW].signing().kid, "typ": "lz"} | change


def payload(expires_at: datetime, **change: Any) -> dict[str, Any]:
    """Return the payload of a show token that was never issued, changed."""
    return {"jti": JTI, "exp": int(expires_at.timestamp())} | change
