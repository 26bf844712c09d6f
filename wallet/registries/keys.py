"""The keys by which registries sign what they push: public ones only, but for the sandbox's own.

A registry publishes a JWKS (RFC 7517 §5) of P-256 keys. The sandbox makes a key pair for each of its
departments, in a file beside the key rings, so that developers can sign events as a department would.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from jwt.exceptions import InvalidKeyError

SANDBOX_FILE = "sandbox_registries.json"

PublicKeys = Mapping[str, ec.EllipticCurvePublicKey]


class RegistryKeyError(ValueError):
    """A registry's keys can't be used; the text says why."""


class RegistrySigner:
    """A department of the sandbox, signing its events (see `identity.crypto.signer.Signer`)."""

    def __init__(self, kid: str, private: ec.EllipticCurvePrivateKey) -> None:
        self.kid = kid
        self._private = private

    def sign(self, signing_input: bytes, _kid: str) -> bytes:
        """Return the raw ES256 signature."""
        return ECAlgorithm(ECAlgorithm.SHA256).sign(signing_input, self._private)

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        """Return the public half."""
        return self._private.public_key()


def read_jwks(jwks: Any) -> PublicKeys:
    """Return the public keys of a JWKS by their `kid`. Raises RegistryKeyError."""
    try:
        keys = {jwk["kid"]: _public(jwk) for jwk in jwks["keys"]}
    except (KeyError, TypeError, InvalidKeyError, ValueError) as error:
        msg = f"needs public EC keys on P-256, each with a kid ({type(error).__name__})"
        raise RegistryKeyError(msg) from error
    if len(keys) != len(jwks["keys"]):
        msg = "has a kid twice"
        raise RegistryKeyError(msg)
    return keys


def _public(jwk: dict[str, Any]) -> ec.EllipticCurvePublicKey:
    key = ECAlgorithm.from_jwk(jwk)
    if not isinstance(jwk["kid"], str) or not isinstance(key, ec.EllipticCurvePublicKey):
        msg = "a private key has no place here"
        raise TypeError(msg)
    if key.curve.name != ec.SECP256R1.name:
        msg = "not P-256"
        raise ValueError(msg)
    return key


def sandbox_signers(directory: Path, codes: Sequence[str]) -> dict[str, RegistrySigner]:
    """Return a signer for each department of the sandbox; the keys are made when first asked for."""
    path = directory / SANDBOX_FILE
    if not path.exists():
        _make(path, codes)
    stored = json.loads(path.read_bytes())
    return {code: RegistrySigner(jwk["kid"], _private(jwk)) for code, jwk in stored.items()}


def _private(jwk: dict[str, Any]) -> ec.EllipticCurvePrivateKey:
    key = ECAlgorithm.from_jwk(jwk)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        msg = "the sandbox's registries need private keys"
        raise RegistryKeyError(msg)
    return key


def _make(path: Path, codes: Sequence[str]) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({code: _new_jwk(code) for code in codes}, indent=1))
    try:
        # link() fails when another worker was first: all sign with the same keys.
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _new_jwk(code: str) -> dict[str, str]:
    jwk = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True)
    return {name: str(jwk[name]) for name in ("kty", "crv", "x", "y", "d")} | {"kid": f"{code}-1"}
