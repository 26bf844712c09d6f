"""How likely a person is to come back to a service, from everybody's returns so far."""

import math

import numpy as np
from numpy.typing import NDArray

from hotservices.signals.columns import MINUTE

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Matrix = NDArray[np.float32]

COUNT_BINS = 8
GAP_BINS = 10
TIME_BINS = 24
# Arrays, because a number of Python's costs an operation as much again as the operation itself.
_DOUBT = np.array(20.0)
_ONE_MORE = np.array(1.0, np.float32)
_OCTAVE = np.log2(np.maximum(np.arange(1024), 1)).astype(np.int64)
_COUNT_CELL = np.minimum(_OCTAVE, COUNT_BINS - 1) * GAP_BINS
_GAP_BIN = np.minimum(_OCTAVE[1:], GAP_BINS - 1)  # by the visits missed: one less than the gap
_OCTAVE_ENDS = MINUTE * (2.0 ** np.arange(1, TIME_BINS) - 1)  # seconds


def _cell_of(counts: IntArray, missed: IntArray) -> IntArray:
    """Cell of the repetition table, by the number of uses and the visits missed since the last one.

    Uses and gaps (visits missed + 1) are binned by octave: 1 → 0, 2 and 3 → 1, 4 to 7 → 2 ...
    """
    return _COUNT_CELL.take(counts, mode="clip") + _GAP_BIN.take(missed, mode="clip")


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
        self.open[item] += _ONE_MORE
        self.all_open += 1

    def learn_return(self, item: int, seconds: int) -> None:
        """Someone came back to `item` after so many seconds."""
        after = min(int(math.log2(seconds / MINUTE + 1)), TIME_BINS - 1)
        self.returned[item, after] += 1
        self.open[item, : after + 1] += _ONE_MORE
        self.all_returned[after] += 1
        self.all_open[: after + 1] += 1

    def learn_visit(self, counts: IntArray, missed: IntArray, taken: NDArray[np.bool_]) -> None:
        """At a visit a person could use these services again, and `taken` were."""
        cell = _cell_of(counts, missed)
        self.offered += np.bincount(cell, minlength=COUNT_BINS * GAP_BINS).reshape(COUNT_BINS, GAP_BINS)
        self.taken += np.bincount(cell, taken, COUNT_BINS * GAP_BINS).reshape(COUNT_BINS, GAP_BINS)

    def repeat_chance(self, counts: IntArray, missed: IntArray) -> FloatArray:
        """Chance of use at the next visit, by number of uses and visits missed since the last one."""
        cell = _cell_of(counts, missed)
        chance: FloatArray = (self.taken / self.offered).ravel()[cell]
        return chance

    def return_chance(self, items: IntArray, idle: IntArray, trust: Matrix) -> FloatArray:
        """Chance of a return about now, after so many seconds.

        Drawn towards that of all services; equal to it where `trust` is 0.
        """
        after = _OCTAVE_ENDS.searchsorted(idle, "right")
        cell = items * TIME_BINS + after
        usual = (self.all_returned / self.all_open)[after]
        chance = usual * _DOUBT
        chance += self.returned.ravel()[cell]
        chance /= self.open.ravel()[cell] + _DOUBT
        return np.where(trust, chance, usual)
