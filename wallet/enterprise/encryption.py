"""Encrypting a pull to its client's registered key: a compact JWE (RFC 7516) around the signed answer.

ECDH-ES (RFC 7518 §4.6) for keys on P-256, RSA-OAEP-256 for RSA ones, and A256GCM for the content in both.
"""

import json
from typing import Any

from joserfc import jwe
from joserfc.jwk import ECKey, RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.clients.models import ClientCredentialRow
from identity.clients.public_keys import KeyUse

CONTENT = "A256GCM"
DEFAULT = {"EC": "ECDH-ES", "RSA": "RSA-OAEP-256"}


def key_of(session: Session, client_id: str) -> dict[str, Any] | None:
    """Return the newest JSON Web Key that a client wants to be written to with, if it has one."""
    jwk = session.scalar(
        select(ClientCredentialRow.jwk)
        .where(
            ClientCredentialRow.client_id == client_id,
            ClientCredentialRow.kind == KeyUse.ENCRYPTION,
            ClientCredentialRow.revoked_at.is_(None),
        )
        .order_by(ClientCredentialRow.id.desc())
        .limit(1),
    )
    found: dict[str, Any] | None = json.loads(jwk) if jwk else None
    return found


def encrypt(signed: str, jwk: dict[str, Any]) -> str:
    """Return a JWS as a JWE that only the holder of the key's private half can open."""
    key = RSAKey.import_key(jwk) if jwk["kty"] == "RSA" else ECKey.import_key(jwk)
    algorithm = jwk.get("alg", DEFAULT[jwk["kty"]])
    header = {"alg": algorithm, "enc": CONTENT, "kid": jwk["kid"], "cty": "JOSE"}
    return jwe.encrypt_compact(header, signed.encode(), key, algorithms=[algorithm, CONTENT])
