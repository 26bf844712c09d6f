"""What is handed in with a case: facts, each with where it comes from, sealed as one value."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from identity.crypto.cipher import PiiCipher


@dataclass(frozen=True, slots=True)
class Fact:
    """A field of a form as it was handed in.

    `value` is what JSON can hold. `locked` values were filled from a source and could not be typed over; `verified`
    tells that the source was asked again at submission and said the same. `source` says which, for who reads it
    (`kind, field, licence_id, as_of, digest`, or `identity`); None for a value that somebody typed.
    """

    key: str
    label: str
    value: Any
    locked: bool
    verified: bool
    source: Mapping[str, str | None] | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was handed in under this key."""
        return self.value is None or self.value in ("", [], {})

    @property
    def is_proven(self) -> bool:
        """Tell whether no hand had a part in this value."""
        return self.locked and self.verified and self.source is not None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule decided a case, in both languages as it was told."""

    code: str
    zh: str
    en: str


def seal(cipher: PiiCipher, case_id: str, facts: Sequence[Fact]) -> bytes | None:
    """Seal facts into a case's row; none for no facts."""
    return _seal(cipher, "facts", case_id, facts)


def open_facts(cipher: PiiCipher, case_id: str, sealed: bytes | None) -> tuple[Fact, ...]:
    """Return the facts of a case."""
    return tuple(Fact(**fact) for fact in _open(cipher, "facts", case_id, sealed))


def seal_reasons(cipher: PiiCipher, case_id: str, reasons: Sequence[Reason]) -> bytes | None:
    """Seal reasons: they say something of the person whose case it is."""
    return _seal(cipher, "reasons", case_id, reasons)


def open_reasons(cipher: PiiCipher, case_id: str, sealed: bytes | None) -> tuple[Reason, ...]:
    """Return why a case was decided at once."""
    return tuple(Reason(**reason) for reason in _open(cipher, "reasons", case_id, sealed))


def _seal(
    cipher: PiiCipher, what: str, case_id: str, items: Sequence[Fact] | Sequence[Reason]
) -> bytes | None:
    if not items:
        return None
    said = json.dumps([asdict(item) for item in items], ensure_ascii=False)
    return cipher.seal(said, f"cases.{what}:{case_id}")


def _open(cipher: PiiCipher, what: str, case_id: str, sealed: bytes | None) -> list[dict[str, Any]]:
    if sealed is None:
        return []
    items: list[dict[str, Any]] = json.loads(cipher.open(sealed, f"cases.{what}:{case_id}"))
    return items
