"""Signing behind one protocol, so that an HSM or SM2 can take the place of a key in a file."""

from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import Algorithm, ECAlgorithm
from jwt.api_jws import PyJWS

from identity.crypto.keyring import KeyRing

_ES256 = ECAlgorithm(ECAlgorithm.SHA256, ec.SECP256R1)


class Signer(Protocol):
    """Whoever holds private keys and signs with them."""

    @property
    def kid(self) -> str:
        """The id under which the public half of the key that signs now is published."""
        ...

    def sign(self, signing_input: bytes, kid: str) -> bytes:
        """Return the raw signature r‖s (RFC 7518 §3.4), 64 bytes, of the key that `kid` said a moment ago.

        A rotation may come in between: what says to be of one key is never signed with another.
        """
        ...


class KeyRingSigner:
    """ES256 with whichever key of a ring is signing at the moment."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    @property
    def kid(self) -> str:
        """The signing key's id."""
        return self._ring.signing().kid

    def sign(self, signing_input: bytes, kid: str) -> bytes:
        """Sign with a key of the ring."""
        return _ES256.sign(signing_input, self._ring.trusted(kid).private)


@dataclass(frozen=True, slots=True)
class _Pinned:
    """A signer, and the key that the header of this one token names."""

    signer: Signer
    kid: str


class _SignerAlgorithm(Algorithm):
    """Lets PyJWT assemble a JWS while a Signer does the signing."""

    def prepare_key(self, key: Any) -> Any:
        return key

    def sign(self, msg: bytes, key: Any) -> bytes:
        pinned: _Pinned = key
        return pinned.signer.sign(msg, pinned.kid)

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
    pinned = _Pinned(signer, signer.kid)
    key: Any = pinned  # PyJWT's types know its own keys only; our algorithm takes a Signer
    return _jws.encode(payload, key, algorithm="ES256", headers={"kid": pinned.kid, "typ": typ})
