"""Which service people turn to after having used another one."""

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

_DOUBT = 10.0


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
        """Count a person who had used `sources` and now uses `item` for the first time."""
        width = self.ids.shape[1]
        hit = self.ids.take(sources, axis=0) == item
        slot = hit.argmax(axis=1)
        known = hit.take(np.arange(len(sources)) * width + slot)
        if not known.all():
            slot = np.where(known, slot, self.counts.take(sources, axis=0).argmin(axis=1))
        row = sources * width
        # An array's take over one flat index costs a third of what two indexes in brackets do.
        count = self.counts.take(row + slot) * known + 1
        self.followed[sources] += 1
        self._place(row, slot, item, count)

    def _place(self, row: IntArray, slot: IntArray, item: int, count: NDArray[np.float32]) -> None:
        """Write the counts, letting each rise towards the front of its row.

        A pair trades places with the one at half its index when it is the stronger. Rows thus stay roughly sorted,
        and a ranking reads only their first part.
        """
        ids, counts = self.ids.ravel(), self.counts.ravel()
        cell, half = row + slot, row + slot // 2
        weaker = counts.take(half)
        front = np.where(weaker < count, half, cell)
        ids[cell] = ids.take(front)
        counts[cell] = weaker
        ids[front] = item
        counts[front] = count

    def neighbours(
        self, sources: IntArray, limit: int, floor: int
    ) -> tuple[IntArray, NDArray[np.float32], IntArray]:
        """Pairs known from at least `floor` people: the other service, its chance to be next, and its source."""
        counts = self.counts.take(sources, axis=0)[:, :limit]
        row, column = np.nonzero(counts >= floor)
        origin = sources.take(row)
        chance = counts[row, column] / (self.followed.take(origin) + _DOUBT)
        return self.ids[origin, column].astype(np.int64), chance, origin

    def strongest_source(self, sources: IntArray, item: int, limit: int, floor: int) -> int:
        """Which of the sources points to the item most strongly."""
        near, chance, origin = self.neighbours(sources, limit, floor)
        return int(origin[np.where(near == item, chance, -1).argmax()])
