"""Signing behind one protocol, so that an HSM or SM2 can take the place of a key in a file."""

from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import Algorithm, ECAlgorithm
from jwt.api_jws import PyJWS

from identity.crypto.keyring import KeyRing

_ES256 = ECAlgorithm(ECAlgorithm.SHA256, ec.SECP256R1)


class Signer(Protocol):
    """Whoever holds a private key and signs with it."""

    @property
    def kid(self) -> str:
        """The id under which the public key is published."""
        ...

    def sign(self, signing_input: bytes) -> bytes:
        """Return the raw signature r‖s (RFC 7518 §3.4), 64 bytes."""
        ...


class KeyRingSigner:
    """ES256 with whichever key of a ring is signing at the moment."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    @property
    def kid(self) -> str:
        """The signing key's id."""
        return self._ring.signing().kid

    def sign(self, signing_input: bytes) -> bytes:
        """Sign with the ring's signing key."""
        return _ES256.sign(signing_input, self._ring.signing().private)


class _SignerAlgorithm(Algorithm):
    """Lets PyJWT assemble a JWS while a Signer does the signing."""

    def prepare_key(self, key: Any) -> Any:
        return key

    def sign(self, msg: bytes, key: Any) -> bytes:
        signature: bytes = key.sign(msg)
        return signature

    def verify(self, msg: bytes, key: Any, sig: bytes) -> bool:
        raise AssertionError

    @staticmethod
    def to_jwk(key_obj: Any, as_dict: bool = False) -> Any:
        raise AssertionError

    @staticmethod
    def from_jwk(jwk: Any) -> Any:
        raise AssertionError


_jws = PyJWS(algorithms=[])
_jws.register_algorithm("ES256", _SignerAlgorithm())


def sign_compact(payload: bytes, signer: Signer, typ: str) -> str:
    """Return a compact ES256 JWS (RFC 7515 §7.1) with the signer's `kid` and the given `typ`."""
    headers = {"kid": signer.kid, "typ": typ}
    key: Any = signer  # PyJWT's types know its own keys only; our algorithm takes a Signer
    return _jws.encode(payload, key, algorithm="ES256", headers=headers)
