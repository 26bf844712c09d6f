"""How likely a person is to come back to a service, from everybody's returns so far."""

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

COUNT_BINS = 8
GAP_BINS = 10
TIME_BINS = 24
MINUTE = 60.0
_DOUBT = 20.0
_OCTAVE = np.log2(np.maximum(np.arange(1024), 1)).astype(np.int64)
_COUNT_CELL = np.minimum(_OCTAVE, COUNT_BINS - 1) * GAP_BINS
_GAP_BIN = np.minimum(_OCTAVE, GAP_BINS - 1)


def _cell_of(counts: FloatArray, gaps: FloatArray) -> IntArray:
    """Cell of the repetition table; whole numbers from 1 are binned by octave: 1 → 0, 2 and 3 → 1, 4 to 7 → 2 ..."""
    return _COUNT_CELL.take(counts.astype(np.int64), mode="clip") + _GAP_BIN.take(
        gaps.astype(np.int64), mode="clip"
    )


def octaves(seconds: FloatArray) -> FloatArray:
    """Doublings of a minute; 0 for no time at all."""
    doublings: FloatArray = np.log2(seconds / MINUTE + 1)
    return doublings


class Rhythm:
    """Two tables of returns.

    `offered` and `taken`: how often a used service was used again at the next visit, by the number of its uses and by
    the visits since, over all services. `returned` and `open`: per service, after which time (in octaves of a
    minute) people came back, and for how many that time was still open.
    """

    STATE = ("offered", "taken", "returned", "open", "all_returned", "all_open")
    GROWS = ("returned", "open")

    def __init__(self, size: int) -> None:
        self.offered = np.ones((COUNT_BINS, GAP_BINS))
        self.taken = np.full((COUNT_BINS, GAP_BINS), 0.3)
        self.returned = np.zeros((size, TIME_BINS), np.float32)
        self.open = np.zeros((size, TIME_BINS), np.float32)
        self.all_returned = np.full(TIME_BINS, 0.1)
        self.all_open = np.ones(TIME_BINS)

    def learn_first(self, item: int) -> None:
        """Someone used `item` for the first time, and may never return."""
        self.open[item] += 1
        self.all_open += 1

    def learn_return(self, item: int, seconds: int) -> None:
        """Someone came back to `item` after so many seconds."""
        after = min(int(math.log2(seconds / MINUTE + 1)), TIME_BINS - 1)
        self.returned[item, after] += 1
        self.open[item, : after + 1] += 1
        self.all_returned[after] += 1
        self.all_open[: after + 1] += 1

    def learn_visit(self, counts: FloatArray, gaps: FloatArray, taken: NDArray[np.bool_]) -> None:
        """At a visit a person could use these services again, and `taken` were."""
        cell = _cell_of(counts, gaps)
        self.offered += np.bincount(cell, minlength=COUNT_BINS * GAP_BINS).reshape(COUNT_BINS, GAP_BINS)
        self.taken += np.bincount(cell, taken, COUNT_BINS * GAP_BINS).reshape(COUNT_BINS, GAP_BINS)

    def repeat_chance(self, counts: FloatArray, gaps: FloatArray) -> FloatArray:
        """Chance of use at the next visit, by number of uses and visits since the last one."""
        cell = _cell_of(counts, gaps)
        chance: FloatArray = self.taken.take(cell) / self.offered.take(cell)
        return chance

    def return_chance(
        self, items: IntArray, idle_octaves: FloatArray, trusted: NDArray[np.bool_]
    ) -> FloatArray:
        """Chance of a return about now, after this long; drawn towards (untrusted: equal to) that of all services."""
        after = np.minimum(idle_octaves.astype(np.int64), TIME_BINS - 1)
        usual = (self.all_returned / self.all_open).take(after)
        cell = items * TIME_BINS + after
        returned, still_open = self.returned.take(cell) * trusted, self.open.take(cell) * trusted
        chance: FloatArray = (returned + _DOUBT * usual) / (still_open + _DOUBT)
        return chance
