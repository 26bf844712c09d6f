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

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from jwt.exceptions import InvalidKeyError
from jwt.utils import base64url_decode, base64url_encode

KID_LENGTH = 4
SECRET_BYTES = 32
KID_ALPHABET = string.ascii_letters + string.digits


class KeyRingError(Exception):
    """A key ring is absent or unusable: the start stops, with a sentence that names it."""


class UnknownKey(Exception):
    """No key of that `kid` may verify (any more)."""


class Purpose(StrEnum):
    """What a ring is for."""

    SHOW = "show"
    SESSIONS = "sessions"
    PII = "pii"


# The first character of each kid: what keeps kids apart across purposes.
KID_PREFIX = {Purpose.SHOW: "s", Purpose.SESSIONS: "a", Purpose.PII: "p"}


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


class KeyRing:
    """The keys of one purpose, read from a file and read again when it changes."""

    def __init__(self, directory: Path, purpose: Purpose) -> None:
        """Read the ring. Raises KeyRingError when it is absent or broken."""
        self.purpose = purpose
        self.path = directory / f"{purpose}.json"
        self._read_at_ns = -1
        self._keys: dict[str, Key] = {}
        self._signing: Key | None = None
        self._publics: dict[str, ec.EllipticCurvePublicKey] = {}
        self._refresh()

    def signing(self) -> Key:
        """Return the key that signs (or encrypts) now."""
        self._refresh()
        if self._signing is None:
            msg = f"key ring {self.path} has no key in state 'signing'"
            raise KeyRingError(msg)
        return self._signing

    def trusted(self, kid: str) -> Key:
        """Return the key of that kid unless it is retired. Raises UnknownKey."""
        self._refresh()
        key = self._keys.get(kid)
        if key is None or key.state is KeyState.RETIRED:
            raise UnknownKey(kid)
        return key

    def oldest(self) -> Key:
        """Return the ring's first key, whatever its state."""
        self._refresh()
        return next(iter(self._keys.values()))

    def public(self, kid: str) -> ec.EllipticCurvePublicKey:
        """Return the public key that verifies that kid's signatures. Raises UnknownKey."""
        self.trusted(kid)
        return self._publics[kid]

    def jwks(self) -> list[dict[str, str]]:
        """Return the public JWKs of every key that a verifier may meet (RFC 7517 §5).

        `next` keys are announced before they sign, so that offline verifiers know them in time.
        """
        self._refresh()
        return [_public_jwk(key) for key in self._keys.values() if key.state is not KeyState.RETIRED]

    def _refresh(self) -> None:
        # One stat a call (about a microsecond) is the price of rotation without a restart.
        try:
            modified = self.path.stat().st_mtime_ns
        except OSError as error:
            msg = f"key ring {self.path} can't be read: {error.strerror}"
            raise KeyRingError(msg) from error
        if modified != self._read_at_ns:
            self._load(modified)

    def _load(self, modified: int) -> None:
        keys = _read_ring(self.path, self.purpose)
        signing = [key for key in keys if key.state is KeyState.SIGNING]
        if len(signing) != 1:
            msg = f"key ring {self.path} needs exactly one key in state 'signing', has {len(signing)}"
            raise KeyRingError(msg)
        self._publics = {k.kid: k.public for k in keys if not isinstance(k.material, bytes)}
        self._keys = {key.kid: key for key in keys}
        self._signing = signing[0]
        self._read_at_ns = modified


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
    if purpose is not Purpose.SHOW:
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
    if purpose is Purpose.SHOW:
        jwk = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True)
        return {name: str(jwk[name]) for name in ("kty", "crv", "x", "y", "d")} | {"kid": kid}
    return {"kty": "oct", "k": base64url_encode(secrets.token_bytes(SECRET_BYTES)).decode(), "kid": kid}


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
