"""Writes key rings in any state, as an operator who rotates keys would leave them."""

import json
import os
from pathlib import Path

from identity.crypto.keyring import KeyRing, KeyState, Purpose, new_jwk

Jwk = dict[str, str]


def write(folder: Path, purpose: Purpose, *keys: tuple[KeyState, Jwk]) -> None:
    """Write a ring's file; its modification time always moves on."""
    path = folder / f"{purpose}.json"
    before = path.stat().st_mtime_ns if path.exists() else 0
    ring = {"purpose": purpose, "keys": [{"state": state, "jwk": jwk} for state, jwk in keys]}
    path.write_text(json.dumps(ring), encoding="utf-8")
    after = max(path.stat().st_mtime_ns, before + 1_000_000)
    os.utime(path, ns=(after, after))


def ring_of(folder: Path, purpose: Purpose, *keys: tuple[KeyState, Jwk]) -> KeyRing:
    """Write a ring and read it."""
    write(folder, purpose, *keys)
    return KeyRing(folder, purpose)


def fresh(purpose: Purpose, kid: str | None = None) -> Jwk:
    """Make a key, of a kid of one's choosing if need be."""
    jwk = new_jwk(purpose)
    return jwk | {"kid": kid} if kid else jwk
