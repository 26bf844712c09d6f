"""Key rings: the keys of one purpose, each with a `kid` and a state.

A ring is a file `<directory>/<purpose>.json` that holds JSON Web Keys (RFC 7517):

    {"version": 2, "purpose": "show", "keys": [{"state": "signing", "created": …, "jwk": {"kid": "sA1b", …}}]}

It is read again when the file changes, so a rotation reaches every worker without a restart. The same text may
come from the environment instead; then a rotation is another text and a restart.
A `kid` has at most 4 characters, of which the first names the purpose: it never repeats across rings.

The PII ring also says which key the blind index hangs on, `"index_kid": "pA1b"`, in whatever state that key is.
Rings from before version 2 have no such mark; there it is the first key.

Where an HSM holds a ring's private keys, under their kid, its JSON Web Keys are public ones.
"""

import json
import os
import secrets
import string
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from jwt.exceptions import InvalidKeyError
from jwt.utils import base64url_decode, base64url_encode

from identity.crypto.keys import KID_PREFIX, SYMMETRIC, Key, KeyRingError, KeyState, Purpose, UnknownKey

# Of a ring's text. From 2 on the PII ring names the key of the blind index.
VERSION = 2
KID_LENGTH = 4
SECRET_BYTES = 32
KID_ALPHABET = string.ascii_letters + string.digits


log = structlog.get_logger(__name__)


__all__ = [
    "KID_PREFIX",
    "SYMMETRIC",
    "Key",
    "KeyRing",
    "KeyRingError",
    "KeyState",
    "Purpose",
    "UnknownKey",
    "create_ring",
    "new_jwk",
]

# What tells that a file was replaced: two rotations can fall into one tick of its clock.
Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Content:
    """What a ring's text said, as one value, so that a change of it is seen whole or not at all."""

    keys: dict[str, Key]
    publics: dict[str, ec.EllipticCurvePublicKey]
    signing: Key
    index_kid: str
    stamp: Stamp | None = None


class KeyRing:
    """The keys of one purpose: read from a file and again when it changes, or given as `text`."""

    def __init__(
        self,
        directory: Path,
        purpose: Purpose,
        *,
        text: str | None = None,
        in_hsm: bool = False,
    ) -> None:
        """Read the ring. Raises KeyRingError when it is absent or broken."""
        self.purpose = purpose
        self.path = directory / f"{purpose}.json"
        self.in_hsm = in_hsm
        self.is_file = text is None
        name = f"KEYS_JSON_{purpose.upper()}"
        self._content = self._read() if text is None else read_content(name, text.encode(), purpose, in_hsm)

    def all_keys(self) -> list[Key]:
        """Return every key, in the ring's order."""
        return list(self._current().keys.values())

    def signing(self) -> Key:
        """Return the key that signs (or encrypts) now."""
        return self._current().signing

    def trusted(self, kid: str) -> Key:
        """Return the key of that kid unless it is retired. Raises UnknownKey."""
        return _trusted(self._current(), kid)

    def index_key(self) -> Key:
        """Return the key that the blind index hangs on, whatever its state."""
        content = self._current()
        return content.keys[content.index_kid]

    def public(self, kid: str) -> ec.EllipticCurvePublicKey:
        """Return the public key that verifies that kid's signatures. Raises UnknownKey."""
        content = self._current()
        return content.publics[_trusted(content, kid).kid]

    def require_readable(self) -> None:
        """Raise KeyRingError unless the ring's file, as it lies there now, could be started with."""
        if self.is_file:
            self._read()

    def jwks(self) -> list[dict[str, str]]:
        """Return the public JWKs of every key that a verifier may meet (RFC 7517 §5).

        `next` keys are announced before they sign, so that offline verifiers know them in time.
        """
        return [public_jwk(key) for key in self.all_keys() if key.state is not KeyState.RETIRED]

    def _current(self) -> _Content:
        # One stat a call (about a microsecond) is the price of rotation without a restart.
        try:
            if self.is_file and _stamp(self.path) != self._content.stamp:
                self._content = self._read()
        except (OSError, KeyRingError) as error:
            # Half a file, or none for a moment: the keys that served until now go on serving.
            log.warning("key ring unreadable, the last good one is kept", error=str(error))
        return self._content

    def _read(self) -> _Content:
        try:
            # The stamp first: a change after it is read again at the next call.
            stamp, text = _stamp(self.path), self.path.read_bytes()
        except OSError as error:
            msg = f"key ring {self.path} can't be read: {error.strerror}"
            raise KeyRingError(msg) from error
        return replace(read_content(str(self.path), text, self.purpose, self.in_hsm), stamp=stamp)


def _stamp(path: Path) -> Stamp:
    # os.stat: half of Path.stat, for every use of a key.
    stat = os.stat(path)  # noqa: PTH116
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


def _trusted(content: _Content, kid: str) -> Key:
    key = content.keys.get(kid)
    if key is None or key.state is KeyState.RETIRED:
        raise UnknownKey(kid)
    return key


def read_content(name: str, text: bytes, purpose: Purpose, in_hsm: bool = False) -> _Content:
    """Read a ring's text; `name` is what an error calls it. Raises KeyRingError."""
    try:
        ring = json.loads(text)
        keys = [
            _key_from_jwk(purpose, entry["jwk"], KeyState(entry["state"]), in_hsm) for entry in ring["keys"]
        ]
        by_kid = {key.kid: key for key in keys}
        index_kid = _index_kid(ring, purpose)
    except (ValueError, KeyError, TypeError, AttributeError, InvalidKeyError) as error:
        # A missing member is named; what stands in a key is not repeated.
        msg = f"key ring {name} is unreadable: {type(error).__name__}: {error}"
        raise KeyRingError(msg) from error
    signing = [key for key in keys if key.state is KeyState.SIGNING]
    if len(by_kid) != len(keys):
        fault = "has a kid twice"
    elif len(signing) != 1:
        fault = f"needs exactly one key in state 'signing', has {len(signing)}"
    elif index_kid not in by_kid:
        fault = f"lacks the key {index_kid} that the blind index hangs on: nobody would be found without it"
    else:
        publics = {key.kid: key.public for key in keys if not isinstance(key.material, bytes)}
        return _Content(by_kid, publics, signing[0], index_kid)
    msg = f"key ring {name} {fault}"
    raise KeyRingError(msg)


def _index_kid(ring: dict[str, Any], purpose: Purpose) -> str:
    first: str = ring["keys"][0]["jwk"]["kid"] if ring["keys"] else ""
    if purpose is not Purpose.PII:
        return first
    if "index_kid" not in ring and ring.get("version", 1) != 1:
        msg = "its 'index_kid', the key that the blind index hangs on, is gone"
        raise ValueError(msg)
    return str(ring.get("index_kid", first))


def _key_from_jwk(purpose: Purpose, jwk: dict[str, Any], state: KeyState, in_hsm: bool) -> Key:
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
    material, wanted = ECAlgorithm.from_jwk(jwk), "public" if in_hsm else "private"
    sort = ec.EllipticCurvePublicKey if in_hsm else ec.EllipticCurvePrivateKey
    if not isinstance(material, sort) or material.curve.name != ec.SECP256R1.name:
        msg = f"this ring needs {wanted} keys on P-256"
        raise TypeError(msg)
    return Key(jwk["kid"], state, material)


def public_jwk(key: Key) -> dict[str, str]:
    """Return what is published of a key."""
    jwk = ECAlgorithm.to_jwk(key.public, as_dict=True)
    public = {name: str(jwk[name]) for name in ("kty", "crv", "x", "y")}
    return public | {"kid": key.kid, "alg": "ES256", "use": "sig"}


def new_kid(purpose: Purpose) -> str:
    """Make the id of a fresh key."""
    return KID_PREFIX[purpose] + "".join(secrets.choice(KID_ALPHABET) for _ in range(KID_LENGTH - 1))


def new_jwk(purpose: Purpose, kid: str | None = None) -> dict[str, str]:
    """Make the private JWK of a fresh key for a purpose: P-256 to sign, 256 random bits otherwise."""
    kid = kid or new_kid(purpose)
    if purpose in SYMMETRIC:
        return {"kty": "oct", "k": base64url_encode(secrets.token_bytes(SECRET_BYTES)).decode(), "kid": kid}
    jwk = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True)
    return {name: str(jwk[name]) for name in ("kty", "crv", "x", "y", "d")} | {"kid": kid}


def create_ring(
    directory: Path,
    purpose: Purpose,
    jwk: dict[str, str] | None = None,
    now: datetime | None = None,
) -> bool:
    """Create a ring with one signing key, readable by its owner alone, unless it exists; tell whether it did not.

    The key is a fresh one, or the one given: the public half of one that an HSM holds.
    """
    path = directory / f"{purpose}.json"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    jwk = jwk or new_jwk(purpose)
    ring: dict[str, Any] = {"version": VERSION, "purpose": purpose}
    if purpose is Purpose.PII:
        ring["index_kid"] = jwk["kid"]
    draft = write_draft(path, ring | {"keys": [new_entry(KeyState.SIGNING, jwk, now)]})
    try:
        # link() fails when another worker was first: nobody ever sees half a ring, or two.
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def new_entry(state: KeyState, jwk: dict[str, str], now: datetime | None) -> dict[str, Any]:
    """Return a key as it stands in a ring."""
    return {"state": state, "created": now and now.isoformat(), "jwk": jwk}


def write_draft(path: Path, ring: dict[str, Any]) -> Path:
    """Write a ring beside its place, on the disk for certain and its owner's alone; return where."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    with draft.open("w", encoding="utf-8") as file:
        json.dump(ring, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return draft
