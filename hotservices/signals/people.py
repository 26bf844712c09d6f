"""What is remembered of one person: a small value that fits a database row."""

import struct
from array import array

import numpy as np
from numpy.typing import NDArray

COUNT, FIRST_AT, LAST_AT, LAST_VISIT = range(4)
FACTS = 4
_LATEST = 2**32 - 1
_VERSION = 1
_HEAD = struct.Struct("<BBqIHH")


class PersonUnreadableError(ValueError):
    """The bytes are not an exported person of this version."""


class Person:
    """Distinct services used, with count, first and last time (seconds), last visit and decayed weight of each.

    Uses with the same time are one visit. The rows are flat arrays, not objects: a person with 50 uses of 30
    services takes about a kilobyte.
    """

    __slots__ = ("facts", "items", "last_at", "open_example", "overflowed", "traits", "visits", "weights")

    def __init__(self) -> None:
        self.items = array("I")
        self.facts = array("I")
        self.weights = array("f")
        self.traits: "array[float] | None" = None
        self.visits = 0
        self.last_at = 0
        self.open_example = -1
        self.overflowed = False

    def begins_visit(self, at: int) -> bool:
        """Whether a use at `at` opens a new visit."""
        return at != self.last_at or not self.visits

    def position(self, item: int) -> int:
        """Where the service stands in the person's memory, -1 if nowhere."""
        try:
            return self.items.index(item)
        except ValueError:
            return -1

    def idle_since(self, position: int, at: int) -> int:
        """Seconds since the last use of the service at this position."""
        return max(at - self.facts[position * FACTS + LAST_AT], 0)

    def use(self, item: int, position: int, at: int, decay: float) -> None:
        """Remember one use; `position` is what `position(item)` said."""
        if self.begins_visit(at):
            self.visits += 1
            self.last_at = at
        stamp = min(max(at, 0), _LATEST)
        if position < 0:
            self.items.append(item)
            self.facts.extend((1, stamp, stamp, self.visits))
            self.weights.append(1.0)
            return
        base = position * FACTS
        gap = self.visits - self.facts[base + LAST_VISIT]
        if gap:
            self.facts[base + COUNT] += 1
            self.facts[base + LAST_AT] = stamp
            self.facts[base + LAST_VISIT] = self.visits
            self.weights[position] = self.weights[position] * decay**gap + 1.0

    def forget_weakest(self, decay: float) -> None:
        """Drop the service whose decayed weight is smallest."""
        gaps = self.visits - self.fact_table()[LAST_VISIT]
        weakest = int((self.weight_array() * decay**gaps).argmin())
        del self.items[weakest]
        del self.weights[weakest]
        del self.facts[weakest * FACTS : (weakest + 1) * FACTS]
        self.overflowed = True

    def item_array(self) -> NDArray[np.int64]:
        """Return the services, in the order of first use."""
        return np.array(self.items, np.int64)

    def weight_array(self) -> NDArray[np.float32]:
        """Weights, each as of the service's last visit."""
        return np.array(self.weights, np.float32)

    def fact_table(self) -> NDArray[np.float64]:
        """Rows COUNT, FIRST_AT, LAST_AT, LAST_VISIT; a column per service."""
        return np.array(self.facts, np.float64).reshape(-1, FACTS).T

    def recent_items(self, limit: int) -> NDArray[np.int64]:
        """Up to `limit` services, those of the latest visits."""
        items = self.item_array()
        if len(items) <= limit:
            return items
        return items[np.argsort(self.fact_table()[LAST_VISIT], kind="stable")[-limit:]]

    def to_bytes(self) -> bytes:
        """Pack the person; what is bound to this process (the open example) is left out."""
        traits = self.traits if self.traits is not None else array("d")
        head = _HEAD.pack(_VERSION, self.overflowed, self.last_at, self.visits, len(self.items), len(traits))
        return head + b"".join(part.tobytes() for part in (self.items, self.facts, self.weights, traits))

    @classmethod
    def from_bytes(cls, packed: bytes) -> "Person":
        """Rebuild a person. Raises PersonUnreadableError."""
        person = cls()
        if len(packed) < _HEAD.size or packed[0] != _VERSION:
            raise PersonUnreadableError
        _, person.overflowed, person.last_at, person.visits, items, traits = _HEAD.unpack_from(packed)
        ends = np.cumsum((_HEAD.size, 4 * items, 4 * FACTS * items, 4 * items, 8 * traits)).tolist()
        if ends[-1] != len(packed):
            raise PersonUnreadableError
        person.overflowed = bool(person.overflowed)
        person.items.frombytes(packed[ends[0] : ends[1]])
        person.facts.frombytes(packed[ends[1] : ends[2]])
        person.weights.frombytes(packed[ends[2] : ends[3]])
        if traits:
            person.traits = array("d", packed[ends[3] :])
        return person
