"""A use as the log carries it: what the shared tables learn from, without saying whose it was.

Packed as  version (1 byte) ‖ fold (1) ‖ place (4) ‖ at (8) ‖ length of attributes (2) ‖ attributes (JSON) ‖ the
person's state as it was before the use, in the ranking's own packing.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from hotservices.signals.people import Person, PersonUnreadableError
from identity.crypto.cipher import CipherError, PiiCipher

Attributes = Mapping[str, str | int]

SEALED_AT = "usage_log.use"
_VERSION = 1
_HEAD = struct.Struct("<B?IqH")


class UseUnreadable(ValueError):
    """A row of the log is not a use of this version, or can't be opened."""


@dataclass(frozen=True, slots=True)
class Use:
    """A service used at `at` (seconds) by somebody who was `before`; `fold` is the half of the people they are in."""

    place: int
    at: int
    fold: bool
    attributes: Attributes
    before: bytes

    def seal(self, cipher: PiiCipher) -> bytes:
        """Return the use as a row of the log holds it."""
        said = json.dumps(dict(self.attributes), separators=(",", ":")).encode()
        head = _HEAD.pack(_VERSION, self.fold, self.place, self.at, len(said))
        return cipher.seal(head + said + self.before, SEALED_AT)


def open_use(cipher: PiiCipher, sealed: bytes) -> tuple[Use, Person]:
    """Return a use from a row of the log, and the person as they were before it. Raises UseUnreadable."""
    try:
        packed = cipher.open(sealed, SEALED_AT)
        version, fold, place, at, length = _HEAD.unpack_from(packed)
        said = packed[_HEAD.size : _HEAD.size + length]
        before = packed[_HEAD.size + length :]
        if version != _VERSION:
            raise UseUnreadable
        return Use(place, at, fold, json.loads(said), before), Person.from_bytes(before)
    except (CipherError, struct.error, PersonUnreadableError, ValueError) as error:
        raise UseUnreadable from error
