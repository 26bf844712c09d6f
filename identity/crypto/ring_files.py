"""Changing a ring's file: announcing a key, letting it sign, retiring one.

One command at a time changes the rings of a folder (flock), and a ring is replaced whole or not at all (rename):
who serves meanwhile reads the one before or the one after. What would not start is never put in place.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from identity.crypto.keyring import VERSION, KeyRing, new_entry, read_content, write_draft
from identity.crypto.keys import KeyRingError, KeyState, Purpose, UnknownKey


class KeyInUse(Exception):
    """A key that signs (or encrypts) now can't be retired: it is rotated first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key as a list shows it. `created` is None where its ring does not say."""

    kid: str
    state: KeyState
    created: str | None
    is_index_key: bool


def entries(ring: KeyRing, text: bytes) -> list[Entry]:
    """Return what a ring's text says of its keys. Raises KeyRingError."""
    content = read_content(ring.path.name, text, ring.purpose, ring.in_hsm)
    created = {entry["jwk"]["kid"]: entry.get("created") for entry in json.loads(text)["keys"]}
    marked = content.index_kid if ring.purpose is Purpose.PII else None
    return [Entry(key.kid, key.state, created[key.kid], key.kid == marked) for key in content.keys.values()]


def announced(ring: KeyRing) -> str | None:
    """Return the kid of the key that signs next."""
    return next((key.kid for key in ring.all_keys() if key.state is KeyState.NEXT), None)


def announce(ring: KeyRing, jwk: dict[str, str], now: datetime) -> None:
    """Put a key into the ring that is published and trusted, and signs from the next `promote` on. Raises KeyRingError."""
    with _changing(ring) as content:
        if any(entry["state"] == KeyState.NEXT for entry in content["keys"]):
            msg = f"key ring {ring.path} has an announced key already"
            raise KeyRingError(msg)
        content["keys"].append(new_entry(KeyState.NEXT, jwk, now))


def promote(ring: KeyRing, kid: str) -> None:
    """Let an announced key sign, and the one that did so far only verify. Raises UnknownKey."""
    with _changing(ring) as content:
        found = _entry(content, kid)
        if found["state"] != KeyState.NEXT:
            raise UnknownKey(kid)
        for entry in content["keys"]:
            if entry["state"] == KeyState.SIGNING:
                entry["state"] = KeyState.VERIFYING
        found["state"] = KeyState.SIGNING


def retire(ring: KeyRing, kid: str) -> None:
    """Let nothing more be verified (or opened) with a key. Raises UnknownKey, KeyInUse.

    It stays in the file: the blind index may hang on it.
    """
    with _changing(ring) as content:
        entry = _entry(content, kid)
        if entry["state"] == KeyState.SIGNING:
            raise KeyInUse(kid)
        entry["state"] = KeyState.RETIRED


def _entry(content: dict[str, Any], kid: str) -> dict[str, Any]:
    for entry in content["keys"]:
        if entry["jwk"]["kid"] == kid:
            found: dict[str, Any] = entry
            return found
    raise UnknownKey(kid)


@contextmanager
def _changing(ring: KeyRing) -> Iterator[dict[str, Any]]:
    """Lend a ring's content to be changed; put it in place if it could be started with."""
    if not ring.is_file:
        msg = f"key ring {ring.purpose} comes from the environment: it is changed where that is set"
        raise KeyRingError(msg)
    with _alone_in(ring.path.parent):
        text = ring.path.read_bytes()
        index_kid = read_content(str(ring.path), text, ring.purpose, ring.in_hsm).index_kid
        content = json.loads(text)
        yield content
        content["version"] = VERSION
        if ring.purpose is Purpose.PII:
            # A ring from before there were marks gets its own, while its first key is still the first.
            content["index_kid"] = index_kid
        draft = write_draft(ring.path, content)
        try:
            read_content(str(ring.path), draft.read_bytes(), ring.purpose, ring.in_hsm)
            draft.replace(ring.path)
        finally:
            draft.unlink(missing_ok=True)
        _to_disk(ring.path.parent)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
