"""What we say of access records under signature: compact JWS of the receipts ring, each with its own `typ`.

They are opened again by `flask audit verify`, long after they were signed.
"""

import json
from typing import Any

import jwt
from jwt.exceptions import InvalidTokenError

from identity.crypto.keyring import KeyRing, UnknownKey
from identity.crypto.signer import Signer, sign_compact

RECEIPT_TYP, CHECKPOINT_TYP, ANCHOR_TYP = "lz-receipt", "lz-checkpoint", "lz-anchor"


class Unproven(Exception):
    """A statement is not one that we signed, or not of that kind."""


def state(signer: Signer, typ: str, claims: dict[str, Any]) -> str:
    """Return claims as a JWS (RFC 7515)."""
    payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":"))
    return sign_compact(payload.encode(), signer, typ)


def open_statement(unverified: str, ring: KeyRing, typ: str) -> dict[str, Any]:
    """Return the claims of a statement of ours. Raises Unproven."""
    try:
        header = jwt.get_unverified_header(unverified)
        if header.get("typ") != typ:
            raise Unproven(typ)
        opened = jwt.api_jws.decode(unverified, ring.public(str(header.get("kid"))), algorithms=["ES256"])
        claims = json.loads(opened)
    except (InvalidTokenError, UnknownKey, ValueError) as error:
        raise Unproven(typ) from error
    if not isinstance(claims, dict):
        raise Unproven(typ)
    return claims
