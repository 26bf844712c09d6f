"""What is remembered of one person: a small value that fits a database row."""

import struct
from array import array
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

COUNT, FIRST_AT, LAST_AT, LAST_VISIT = range(4)
FACTS = 4
_LATEST = 2**32 - 1
_VERSION = 2
_HEAD = struct.Struct("<BBqIHHIH")
_DAY = 86_400
_CHINA = 8 * 3600

DAMPING: tuple[float, ...] = (1.0, 0.5, 0.25)
"""What the first, second and third use of a service on one day weigh for others; later ones weigh nothing."""
USES_A_DAY = 40
"""Uses of any service on one day after which a person weighs nothing for others."""


class PersonUnreadableError(ValueError):
    """The bytes are not an exported person of this version."""


class Person:
    """Distinct services used, with count, first and last time (seconds), last visit and decayed weight of each.

    Uses with the same time are one visit. The rows are flat arrays, not objects: a person with 50 uses of 30
    services takes about a kilobyte.
    """

    __slots__ = (
        "day",
        "facts",
        "items",
        "last_at",
        "open_example",
        "overflowed",
        "today",
        "traits",
        "visits",
        "weights",
    )

    def __init__(self) -> None:
        self.items = array("I")
        self.facts = array("I")
        self.weights = array("f")
        self.traits: array[float] | None = None
        # What was used on the day (China's, counted from 1970) of the latest use, once for each use that counted.
        self.today = array("I")
        self.day = 0
        self.visits = 0
        self.last_at = 0
        self.open_example = -1
        self.overflowed = False

    def begins_visit(self, at: int) -> bool:
        """Whether a use at `at` opens a new visit."""
        return at != self.last_at or not self.visits

    def position(self, item: int) -> int:
        """Where the service stands in the person's memory, -1 if nowhere."""
        # asking first, because raising takes longer than looking twice
        return self.items.index(item) if item in self.items else -1

    def weight(self, item: int, at: int) -> float:
        """Return what one more use of the service would weigh for others: a robot's thousandth use weighs nothing."""
        # A late use counts among today's: telling of many days at once must not multiply what one weighs.
        if _day_of(at) > self.day:
            return 1.0
        used = self.today.count(item)
        return DAMPING[used] if used < len(DAMPING) and len(self.today) < USES_A_DAY else 0.0

    def used_in_visit(self, item: int, at: int) -> bool:
        """Whether the visit that a use at `at` belongs to has had this service already."""
        position = self.position(item)
        if position < 0 or self.begins_visit(at):
            return False
        return self.facts[position * FACTS + LAST_VISIT] == self.visits

    def times_by_item(self) -> dict[int, int]:
        """Return for each service the number of visits with it."""
        return dict(zip(self.items, self.facts[COUNT::FACTS], strict=True))

    def idle_since(self, position: int, at: int) -> int:
        """Seconds since the last use of the service at this position."""
        return max(at - self.facts[position * FACTS + LAST_AT], 0)

    def use(self, item: int, at: int, decay: float, limit: int) -> None:
        """Remember one use, and at most `limit` services."""
        self._use_today(item, at)
        late = bool(self.visits) and at < self.last_at
        if self.begins_visit(at) and not late:
            self.visits += 1
            self.last_at = at
        stamp = min(max(at, 0), _LATEST)
        position = self.position(item)
        if position < 0:
            self.items.append(item)
            # What is told late was used before the visit that is the latest.
            self.facts.extend((1, stamp, stamp, self.visits - late))
            self.weights.append(1.0)
            if len(self.items) > limit:
                self.forget_weakest(decay)
            return
        base = position * FACTS
        gap = self.visits - self.facts[base + LAST_VISIT]
        if late:
            self.facts[base + COUNT] += 1
        elif gap:
            self.facts[base + COUNT] += 1
            self.facts[base + LAST_AT] = stamp
            self.facts[base + LAST_VISIT] = self.visits
            self.weights[position] = self.weights[position] * decay**gap + 1.0

    def _use_today(self, item: int, at: int) -> None:
        day = _day_of(at)
        if day > self.day:
            self.day = day
            self.today = array("I", (item,))
        elif len(self.today) < USES_A_DAY and self.today.count(item) < len(DAMPING):
            self.today.append(item)

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

    def fact_table(self) -> NDArray[np.int64]:
        """Rows COUNT, FIRST_AT, LAST_AT, LAST_VISIT; a column per service."""
        return np.array(self.facts, np.int64).reshape(-1, FACTS).T

    def recent_items(self, limit: int) -> NDArray[np.int64]:
        """Up to `limit` services, those of the latest visits."""
        return most_recent(self.item_array(), np.array(self.facts[LAST_VISIT::FACTS]), limit)

    def to_bytes(self) -> bytes:
        """Pack the person; what is bound to this process (the open example) is left out."""
        traits = self.traits if self.traits is not None else array("d")
        sizes = len(self.items), len(traits), self.day, len(self.today)
        head = _HEAD.pack(_VERSION, self.overflowed, self.last_at, self.visits, *sizes)
        parts = self.items, self.facts, self.weights, traits, self.today
        return head + b"".join(part.tobytes() for part in parts)

    @classmethod
    def from_bytes(cls, packed: bytes) -> "Person":
        """Rebuild a person. Raises PersonUnreadableError."""
        person = cls()
        if len(packed) < _HEAD.size or packed[0] != _VERSION:
            raise PersonUnreadableError
        _, person.overflowed, person.last_at, person.visits, items, traits, person.day, today = (
            _HEAD.unpack_from(packed)
        )
        sizes = _HEAD.size, 4 * items, 4 * FACTS * items, 4 * items, 8 * traits, 4 * today
        ends = list(accumulate(sizes))
        if ends[-1] != len(packed):
            raise PersonUnreadableError
        person.overflowed = bool(person.overflowed)
        person.items.frombytes(packed[ends[0] : ends[1]])
        person.facts.frombytes(packed[ends[1] : ends[2]])
        person.weights.frombytes(packed[ends[2] : ends[3]])
        if traits:
            person.traits = array("d", packed[ends[3] : ends[4]])
        person.today.frombytes(packed[ends[4] :])
        return person


def most_recent(items: NDArray[np.int64], visits: NDArray[Any], limit: int) -> NDArray[np.int64]:
    """Of services with the number of the last visit to each up to `limit`, the latest."""
    return items if len(items) <= limit else items[visits.argsort(kind="stable")[-limit:]]


def _day_of(at: int) -> int:
    return max(at + _CHINA, 0) // _DAY
