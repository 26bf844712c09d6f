"""Which service people turn to after having used another one."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

# Arrays, because a number of Python's costs an operation as much again as the operation itself.
_DOUBT = np.array(10.0, np.float32)
_ONE, _NONE = np.array(1.0, np.float32), np.array(0.0, np.float32)


class Neighbours(NamedTuple):
    """Pairs: the other service, its chance to be next, and where among `width` neighbours of each source it stands."""

    items: IntArray
    chance: NDArray[np.float32]
    cells: IntArray
    sources: IntArray
    width: int

    def strongest_sources(self) -> dict[int, int]:
        """Return for each service the source that points to it most strongly."""
        rising = (-self.chance).argsort(kind="stable")[::-1]
        origins = self.sources[self.cells[rising] // self.width]
        return dict(zip(self.items[rising].tolist(), origins.tolist(), strict=True))


class CoUse:
    """For each service, how many people who had used it went on to which other service.

    A pair is counted when a person uses the second service for the first time, so a count is a number of distinct
    people. Each service keeps a bounded row; a pair that finds no free place takes that of the rarest pair.
    """

    STATE = ("ids", "counts", "followed")
    GROWS = STATE

    def __init__(self, size: int, neighbours: int) -> None:
        self.ids = np.full((size, neighbours), -1, np.int32)
        self.counts = np.zeros((size, neighbours), np.float32)
        self.followed = np.zeros(size, np.float32)

    def learn(self, sources: IntArray, item: int) -> None:
        """Count a person who had used `sources` and now uses `item` for the first time.

        Each count may rise towards the front of its row: a pair trades places with the one at half its index when it
        is the stronger. Rows thus stay roughly sorted, and a ranking reads only their first part.
        """
        ids, counts = self.ids.ravel(), self.counts.ravel()
        row = sources * self.ids.shape[1]
        rivals = self.counts.take(sources, axis=0)
        # so that the place taken is the pair's own, and that of the rarest only where there is none
        rivals[self.ids.take(sources, axis=0) == item] = -1
        slot = rivals.argmin(axis=1)
        cell, half = row + slot, row + (slot >> 1)
        count, weaker = np.where(ids[cell] == item, counts[cell], _NONE) + _ONE, counts[half]
        front = np.where(weaker < count, half, cell)
        ids[cell] = ids[front]
        counts[cell] = weaker
        ids[front] = item
        counts[front] = count
        self.followed[sources] += _ONE

    def neighbours(self, sources: IntArray, limit: int, floor: int) -> Neighbours:
        """Find the pairs among the first `limit` of each source that at least `floor` people stand behind."""
        counts = self.counts.take(sources, axis=0)[:, :limit].copy()
        cells = (counts >= floor).ravel().nonzero()[0]
        chance = (counts / (self.followed[sources] + _DOUBT)[:, None]).ravel()[cells]
        near = self.ids.take(sources, axis=0)[:, :limit].ravel()[cells]
        return Neighbours(near.astype(np.int64), chance, cells, sources, counts.shape[1])
