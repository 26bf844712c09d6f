"""Decayed popularity at several speeds of forgetting, and which of them has been right so far."""

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
Matrix = NDArray[np.float32]

_REBASE_AT = 40.0
_CHECK_AFTER = 20.0
_LONG_AGO = 1000.0
_NOTHING = 1e-30
_FLOOR = 1e-6


class Popularity:
    """Uses per service, forgotten exponentially by time and by number of events.

    All masses of one speed share a scale that grows with time, instead of every mass shrinking: an event touches one
    row, and a share (mass / total) needs no decay at all when it is read.
    """

    STATE = ("mass", "total", "weights", "base", "events", "checked_at")
    GROWS = ("mass",)

    def __init__(self, size: int, seconds: tuple[float, ...], events: tuple[float, ...]) -> None:
        speeds = len(seconds) + len(events)
        self._rates = np.array([1 / h for h in seconds + events])
        # what each speed is counted by: the first by seconds, the others by events
        self._clocks = np.zeros(speeds)
        self._timed = len(seconds)
        self._mix = np.eye(speeds + 1, speeds)
        self.mass = np.zeros((size, speeds), np.float32)
        self.total = np.full(speeds, _NOTHING)
        self.weights = np.full(speeds, 1 / speeds)
        self.base = np.zeros(speeds)
        self.events = 0
        self.checked_at = 0
        self._check_seconds = _CHECK_AFTER * min(seconds)
        self._check_events = max(int(_CHECK_AFTER * min(events)), 1)

    def count(self, item: int, at: int, weight: float = 1.0) -> None:
        """One use of `item` at `at` seconds."""
        self.events += 1
        self._clocks[: self._timed] = at
        self._clocks[self._timed :] = self.events
        doublings = self._clocks * self._rates - self.base
        # the scales are looked at now and then: together with _REBASE_AT this stays far below 2**127 of float32
        if abs(at - self.checked_at) > self._check_seconds or self.events % self._check_events == 0:
            doublings = self._rebase(doublings, at)
        step = np.exp2(doublings)
        if weight != 1:
            step *= weight
        # not +=, which would cast both ways: half of the time
        self.mass[item] = self.mass[item] + step
        self.total += step

    def _rebase(self, doublings: NDArray[np.float64], at: int) -> NDArray[np.float64]:
        """Shrink the masses whose scale has grown too far; rare, so walking all services does not matter."""
        self.checked_at = at
        grown = np.where(doublings > _REBASE_AT, doublings, 0.0)
        if not grown.any():
            return doublings
        shrink = np.exp2(-np.minimum(grown, _LONG_AGO))
        self.mass *= shrink.astype(np.float32)
        self.total = self.total * shrink + _NOTHING
        self.base += grown
        return doublings - grown

    def shares(self, items: IntArray, into: Matrix) -> None:
        """Write the share of each service in the use remembered: a row per speed, and one of all as trusted."""
        self._mix[-1] = self.weights
        np.dot((self._mix / self.total).astype(np.float32), self.mass.take(items, axis=0).T, out=into)

    def learn(self, item: int, rate: float) -> None:
        """Move the trust towards the speeds that expected this use: one step of online EM for their mixture."""
        expected = self.weights * (self.mass[item] / self.total + _FLOOR)
        self.weights += rate * (expected / expected.sum() - self.weights)

    def blended(self) -> Matrix:
        """Share of every service when each speed is trusted as learnt."""
        blended: Matrix = self.mass @ (self.weights / self.total).astype(np.float32)
        return blended
