"""Signing with keys that never leave an HSM (PKCS#11): a ring says which key, the HSM signs.

A key's label in the HSM is its kid. The ring's file holds the public halves, so verifying needs no HSM, and
`next`, `signing`, `verifying` and `retired` mean what they always do.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import pkcs11
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import PKCS11Error, UserAlreadyLoggedIn
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from identity.crypto.keyring import KeyRing, Purpose, public_jwk
from identity.crypto.keys import Key, KeyRingError, KeyState

CURVE = encode_named_curve_parameters("secp256r1")
# A private key that can be used, and neither read nor taken away.
KEPT = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}


@dataclass(frozen=True, slots=True)
class HsmSettings:
    """Which HSM, and the purposes whose private keys it holds."""

    module: Path
    token: str
    pin: str = field(repr=False)
    purposes: frozenset[Purpose]


class Hsm:
    """A token of a PKCS#11 module, logged in: one session in a process, which one thread uses at a time.

    python-pkcs11 promises nothing of threads, and a worker's share of signatures fits one session: SoftHSM makes
    about two thousand a second. More workers have more sessions.
    """

    def __init__(self, settings: HsmSettings) -> None:
        """Find the token and log in. Raises KeyRingError."""
        self._settings = settings
        self._turn = Lock()
        self._keys: dict[str, Any] = {}
        with self._told():
            self._session = self._open()

    def create_key(self, kid: str) -> dict[str, str]:
        """Make a key pair on P-256 that stays in the HSM; return its public JWK. Raises KeyRingError."""
        with self._told(), self._turn:
            curve = self._session.create_domain_parameters(
                KeyType.EC, {Attribute.EC_PARAMS: CURVE}, local=True
            )
            public, _ = curve.generate_keypair(store=True, label=kid, id=kid.encode(), private_template=KEPT)
            found = load_der_public_key(encode_ec_public_key(public))
        if not isinstance(found, ec.EllipticCurvePublicKey):
            msg = f"the HSM made no key on P-256 for {kid}"
            raise KeyRingError(msg)
        jwk = public_jwk(Key(kid, KeyState.NEXT, found))
        return {name: jwk[name] for name in ("kty", "crv", "x", "y", "kid")}

    def require_key(self, kid: str) -> None:
        """Raise KeyRingError unless the HSM holds the private key of that kid."""
        with self._told(), self._turn:
            self._private(kid)

    def sign(self, signing_input: bytes, kid: str) -> bytes:
        """Return the raw ES256 signature of a key. Raises PKCS11Error."""
        digest = hashlib.sha256(signing_input).digest()
        with self._turn:
            try:
                return self._sign(digest, kid)
            except PKCS11Error:
                # The HSM may have been restarted, and our session is gone with it: once more in a new one.
                self._keys.clear()
                self._session = self._open()
                return self._sign(digest, kid)

    def _sign(self, digest: bytes, kid: str) -> bytes:
        signature: bytes = self._private(kid).sign(digest, mechanism=Mechanism.ECDSA)
        return signature

    def _private(self, kid: str) -> Any:
        key = self._keys.get(kid)
        if key is None:
            key = self._keys[kid] = self._session.get_key(
                object_class=ObjectClass.PRIVATE_KEY, key_type=KeyType.EC, label=kid
            )
        return key

    def _open(self) -> Any:
        token = pkcs11.lib(str(self._settings.module)).get_token(token_label=self._settings.token)
        try:
            return token.open(rw=True, user_pin=self._settings.pin)
        except UserAlreadyLoggedIn:
            # Whoever is logged in in one session of a process is so in all of them.
            return token.open(rw=True)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (PKCS11Error, RuntimeError) as error:
            msg = f"the HSM's token {self._settings.token!r} can't be used: {type(error).__name__}"
            raise KeyRingError(msg) from error


class HsmSigner:
    """ES256 by an HSM, with whichever key of a ring is signing at the moment (see `identity.crypto.signer.Signer`)."""

    def __init__(self, ring: KeyRing, hsm: Hsm) -> None:
        """Take the ring's word for what signs. Raises KeyRingError where the HSM lacks the key."""
        self._ring = ring
        self._hsm = hsm
        hsm.require_key(ring.signing().kid)

    @property
    def kid(self) -> str:
        """The signing key's id."""
        return self._ring.signing().kid

    def sign(self, signing_input: bytes, kid: str) -> bytes:
        """Sign with a key of the ring."""
        return self._hsm.sign(signing_input, self._ring.trusted(kid).kid)
