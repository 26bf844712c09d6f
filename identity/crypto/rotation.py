"""Rotating the keys of a ring's file: staged, promoted, retired. Running workers read the file again by themselves.

A new key is first `next`: published, so that whoever verifies without a network learns of it in time. Then it
signs, and the one before it goes on `verifying` what it signed. New keys are written behind the old ones: the
first of the PII ring, which the blind index hangs on, stays the first.
"""

import fcntl
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from identity.crypto.keyring import KeyRing, KeyRingError, KeyState, Purpose, new_jwk


def stage(directory: Path, purpose: Purpose) -> str:
    """Announce a fresh key; return its kid. Raises KeyRingError when one is announced already."""
    with _changing(directory, purpose) as keys:
        if any(entry["state"] == KeyState.NEXT for entry in keys):
            msg = f"ring {purpose} has a next key already"
            raise KeyRingError(msg)
        taken = {entry["jwk"]["kid"] for entry in keys}
        jwk = next(jwk for jwk in iter(lambda: new_jwk(purpose), None) if jwk["kid"] not in taken)
        keys.append({"state": KeyState.NEXT, "jwk": jwk})
        return jwk["kid"]


def promote(directory: Path, purpose: Purpose) -> str:
    """Let the announced key sign, and the one before it verify; return the kid that signs now.

    Raises KeyRingError when none is announced.
    """
    with _changing(directory, purpose) as keys:
        announced = next((entry for entry in keys if entry["state"] == KeyState.NEXT), None)
        if announced is None:
            msg = f"ring {purpose} has no next key"
            raise KeyRingError(msg)
        for entry in keys:
            if entry["state"] == KeyState.SIGNING:
                entry["state"] = KeyState.VERIFYING
        announced["state"] = KeyState.SIGNING
        return str(announced["jwk"]["kid"])


def retire(directory: Path, purpose: Purpose, kid: str) -> None:
    """Trust a key no longer. Raises KeyRingError unless it is there and only verifies."""
    with _changing(directory, purpose) as keys:
        entry = next((entry for entry in keys if entry["jwk"]["kid"] == kid), None)
        if entry is None or entry["state"] != KeyState.VERIFYING:
            msg = f"ring {purpose} has no verifying key {kid}"
            raise KeyRingError(msg)
        entry["state"] = KeyState.RETIRED


def states(directory: Path, purpose: Purpose) -> list[tuple[str, KeyState]]:
    """Return the kids of a ring with their states, oldest first. Raises KeyRingError."""
    KeyRing(directory, purpose).require_readable()
    ring = json.loads(_path(directory, purpose).read_bytes())
    return [(entry["jwk"]["kid"], KeyState(entry["state"])) for entry in ring["keys"]]


@contextmanager
def _changing(directory: Path, purpose: Purpose) -> Iterator[list[dict[str, Any]]]:
    """Lend a ring's keys; what was made of them takes the file's place, whole and readable by its owner alone."""
    KeyRing(directory, purpose).require_readable()
    path = _path(directory, purpose)
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ring = json.loads(path.read_bytes())
        yield ring["keys"]
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(ring, indent=1))
        draft.replace(path)


def _path(directory: Path, purpose: Purpose) -> Path:
    return directory / f"{purpose}.json"
