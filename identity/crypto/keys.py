"""What a key is: its purpose, its state, its material."""

from dataclasses import dataclass
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric import ec


class KeyRingError(Exception):
    """A key ring is absent or unusable: the start stops, with a sentence that names it."""


class UnknownKey(Exception):
    """No key of that `kid` may verify (any more)."""


class Purpose(StrEnum):
    """What a ring is for."""

    SHOW = "show"
    OFFLINE = "offline"
    RECEIPTS = "receipts"
    CONSENTS = "consents"
    WEBHOOKS = "webhooks"
    SESSIONS = "sessions"
    PII = "pii"


# The first character of each kid: what keeps kids apart across purposes.
KID_PREFIX = {
    Purpose.SHOW: "s",
    Purpose.OFFLINE: "o",
    Purpose.RECEIPTS: "r",
    Purpose.CONSENTS: "c",
    Purpose.WEBHOOKS: "w",
    Purpose.SESSIONS: "a",
    Purpose.PII: "p",
}
# Rings of secrets; the keys of every other ring sign.
SYMMETRIC = frozenset({Purpose.SESSIONS, Purpose.PII})


class KeyState(StrEnum):
    """The life of a key: announced, in use, only trusted, no longer trusted."""

    NEXT = "next"
    SIGNING = "signing"
    VERIFYING = "verifying"
    RETIRED = "retired"


Material = ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey | bytes


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `material` is an EC key (a public one where an HSM has the other half), or symmetric bytes."""

    kid: str
    state: KeyState
    material: Material

    @property
    def secret(self) -> bytes:
        """Return a symmetric key's bytes."""
        if not isinstance(self.material, bytes):
            msg = f"key {self.kid} is not symmetric"
            raise KeyRingError(msg)
        return self.material

    @property
    def private(self) -> ec.EllipticCurvePrivateKey:
        """Return an EC private key."""
        if not isinstance(self.material, ec.EllipticCurvePrivateKey):
            msg = f"key {self.kid} is not an EC private key"
            raise KeyRingError(msg)
        return self.material

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        """Return the public half of an EC key."""
        if isinstance(self.material, ec.EllipticCurvePublicKey):
            return self.material
        return self.private.public_key()
