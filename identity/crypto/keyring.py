"""Key rings: the keys of one purpose, each with a `kid` and a state.

A ring is a file `<directory>/<purpose>.json` that holds JSON Web Keys (RFC 7517):

    {"purpose": "show", "keys": [{"state": "signing", "jwk": {"kid": "sA1b", "kty": "EC", …}}]}

It is read again when the file changes, so a rotation reaches every worker without a restart.
A `kid` has at most 4 characters, of which the first names the purpose: it never repeats across rings.
"""

import json
import secrets
import string
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from jwt.exceptions import InvalidKeyError
from jwt.utils import base64url_decode, base64url_encode

KID_LENGTH = 4
SECRET_BYTES = 32
KID_ALPHABET = string.ascii_letters + string.digits


log = structlog.get_logger(__name__)


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


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `material` is an EC private key, or the bytes of a symmetric one."""

    kid: str
    state: KeyState
    material: ec.EllipticCurvePrivateKey | bytes

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
        if isinstance(self.material, bytes):
            msg = f"key {self.kid} is not an EC key"
            raise KeyRingError(msg)
        return self.material

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        """Return the public half of an EC key."""
        return self.private.public_key()


@dataclass(frozen=True, slots=True)
class _Content:
    """What a ring's file said, as one value, so that a change of it is seen whole or not at all."""

    read_at_ns: int
    keys: dict[str, Key]
    publics: dict[str, ec.EllipticCurvePublicKey]
    signing: Key


class KeyRing:
    """The keys of one purpose, read from a file and read again when it changes."""

    def __init__(self, directory: Path, purpose: Purpose) -> None:
        """Read the ring. Raises KeyRingError when it is absent or broken."""
        self.purpose = purpose
        self.path = directory / f"{purpose}.json"
        self._content = _read_content(self.path, purpose)

    def signing(self) -> Key:
        """Return the key that signs (or encrypts) now."""
        return self._current().signing

    def trusted(self, kid: str) -> Key:
        """Return the key of that kid unless it is retired. Raises UnknownKey."""
        return _trusted(self._current(), kid)

    def oldest(self) -> Key:
        """Return the ring's first key, whatever its state."""
        return next(iter(self._current().keys.values()))

    def public(self, kid: str) -> ec.EllipticCurvePublicKey:
        """Return the public key that verifies that kid's signatures. Raises UnknownKey."""
        content = self._current()
        return content.publics[_trusted(content, kid).kid]

    def require_readable(self) -> None:
        """Raise KeyRingError unless the ring's file, as it lies there now, could be started with."""
        _read_content(self.path, self.purpose)

    def jwks(self) -> list[dict[str, str]]:
        """Return the public JWKs of every key that a verifier may meet (RFC 7517 §5).

        `next` keys are announced before they sign, so that offline verifiers know them in time.
        """
        keys = self._current().keys.values()
        return [_public_jwk(key) for key in keys if key.state is not KeyState.RETIRED]

    def _current(self) -> _Content:
        # One stat a call (about a microsecond) is the price of rotation without a restart.
        try:
            if self.path.stat().st_mtime_ns != self._content.read_at_ns:
                self._content = _read_content(self.path, self.purpose)
        except (OSError, KeyRingError) as error:
            # Half a file, or none for a moment: the keys that served until now go on serving.
            log.warning("key ring unreadable, the last good one is kept", error=str(error))
        return self._content


def _trusted(content: _Content, kid: str) -> Key:
    key = content.keys.get(kid)
    if key is None or key.state is KeyState.RETIRED:
        raise UnknownKey(kid)
    return key


def _read_content(path: Path, purpose: Purpose) -> _Content:
    try:
        read_at_ns = path.stat().st_mtime_ns
    except OSError as error:
        msg = f"key ring {path} can't be read: {error.strerror}"
        raise KeyRingError(msg) from error
    keys = _read_ring(path, purpose)
    signing = [key for key in keys if key.state is KeyState.SIGNING]
    if len(signing) != 1:
        msg = f"key ring {path} needs exactly one key in state 'signing', has {len(signing)}"
        raise KeyRingError(msg)
    return _Content(
        read_at_ns=read_at_ns,
        keys={key.kid: key for key in keys},
        publics={key.kid: key.public for key in keys if not isinstance(key.material, bytes)},
        signing=signing[0],
    )


def _read_ring(path: Path, purpose: Purpose) -> list[Key]:
    try:
        ring = json.loads(path.read_bytes())
        keys = [_key_from_jwk(purpose, entry["jwk"], KeyState(entry["state"])) for entry in ring["keys"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidKeyError) as error:
        # A missing member is named; what stands in a key is not repeated.
        msg = f"key ring {path} is unreadable: {type(error).__name__}: {error}"
        raise KeyRingError(msg) from error
    if len({key.kid for key in keys}) != len(keys):
        msg = f"key ring {path} has a kid twice"
        raise KeyRingError(msg)
    return keys


def _key_from_jwk(purpose: Purpose, jwk: dict[str, Any], state: KeyState) -> Key:
    prefix = KID_PREFIX[purpose]
    if not jwk["kid"].startswith(prefix) or len(jwk["kid"]) > KID_LENGTH:
        msg = f"a kid must start with {prefix!r} and have at most {KID_LENGTH} characters"
        raise ValueError(msg)
    if purpose in SYMMETRIC:
        secret = base64url_decode(jwk["k"])
        if len(secret) != SECRET_BYTES:
            msg = "a symmetric key has 256 bits"
            raise ValueError(msg)
        return Key(jwk["kid"], state, secret)
    private = ECAlgorithm.from_jwk(jwk)
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != ec.SECP256R1.name:
        msg = "a signing ring needs private keys on P-256"
        raise TypeError(msg)
    return Key(jwk["kid"], state, private)


def _public_jwk(key: Key) -> dict[str, str]:
    jwk = ECAlgorithm.to_jwk(key.public, as_dict=True)
    public = {name: str(jwk[name]) for name in ("kty", "crv", "x", "y")}
    return public | {"kid": key.kid, "alg": "ES256", "use": "sig"}


def new_jwk(purpose: Purpose) -> dict[str, str]:
    """Make the private JWK of a fresh key for a purpose: P-256 to sign, 256 random bits otherwise."""
    kid = KID_PREFIX[purpose] + "".join(secrets.choice(KID_ALPHABET) for _ in range(KID_LENGTH - 1))
    if purpose in SYMMETRIC:
        return {"kty": "oct", "k": base64url_encode(secrets.token_bytes(SECRET_BYTES)).decode(), "kid": kid}
    jwk = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True)
    return {name: str(jwk[name]) for name in ("kty", "crv", "x", "y", "d")} | {"kid": kid}


def create_ring(directory: Path, purpose: Purpose) -> None:
    """Create a ring with one fresh signing key, readable by its owner alone, unless it exists."""
    path = directory / f"{purpose}.json"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    ring = {"purpose": purpose, "keys": [{"state": KeyState.SIGNING, "jwk": new_jwk(purpose)}]}
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(ring, indent=1))
    try:
        # link() fails when another worker was first: nobody ever sees half a ring, or two.
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
