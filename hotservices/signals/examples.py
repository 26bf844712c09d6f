"""Learning examples: what a ranking would have known, and what the person then used."""

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotservices.signals.columns import COLUMNS
from hotservices.signals.traits import MAX_FIELDS

IntArray = NDArray[np.int64]
Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists one after the other.

    `rows`: (candidates, COLUMNS); `wanted` sums to 1 over a list; `starts` and `weights` (mean 1): one per list.
    """

    rows: Matrix
    wanted: Matrix
    starts: IntArray
    weights: Matrix

    def lengths(self) -> IntArray:
        """Return the number of candidates in each list."""
        return np.diff(np.append(self.starts, len(self.rows)))

    def pick(self, chosen: NDArray[np.bool_]) -> "Lists":
        """Return the chosen lists."""
        lengths = self.lengths()
        rows = np.repeat(chosen, lengths)
        kept = lengths[chosen]
        return Lists(self.rows[rows], self.wanted[rows], np.cumsum(kept) - kept, self.weights[chosen])


class Examples:
    """The latest examples in a ring; the number of an example tells for ever whether it is still there.

    `traits`: (examples, MAX_FIELDS), NaN where nothing is known; `folds`: the half of the people each is of.
    """

    STATE = ("columns", "items", "used", "weights", "traits", "folds", "size")

    def __init__(self, capacity: int, length: int) -> None:
        # half precision: the trees cut at quantiles anyway, and this is the largest table of all
        self.columns = np.zeros((capacity, COLUMNS, length), np.float16)
        self.items = np.full((capacity, length), -1, np.int32)
        self.used = np.zeros((capacity, length), np.bool_)
        self.weights = np.zeros(capacity, np.float32)
        self.traits = np.full((capacity, MAX_FIELDS), np.nan)
        self.folds = np.zeros(capacity, np.bool_)
        self.size = 0

    def add(self, items: IntArray, columns: Matrix, used: NDArray[np.bool_], weight: float) -> int:
        """Keep a list of candidates that stands for `weight` visits; returns its number."""
        slot = self.size % len(self.items)
        length = len(items)
        self.columns[slot, :, :length] = columns
        self.items[slot] = -1
        self.items[slot, :length] = items
        self.used[slot] = False
        self.used[slot, :length] = used
        self.weights[slot] = weight
        self.traits[slot] = np.nan
        self.size += 1
        return self.size - 1

    def describe(self, number: int, traits: "array[float]", *, fold: bool) -> None:
        """Note what is known of the person of the example that was added last, and their half of the people."""
        slot = number % len(self.items)
        self.traits[slot, : len(traits)] = traits
        self.folds[slot] = fold

    def also_used(self, number: int, item: int) -> None:
        """Note that the visit of this example went on with another service."""
        if number >= self.size - len(self.items):
            slot = number % len(self.items)
            self.used[slot] |= self.items[slot] == item

    def oldest_first(self) -> IntArray:
        """Slots in the order in which they were filled."""
        return np.arange(max(self.size - len(self.items), 0), self.size) % len(self.items)

    def lists(self) -> "Lists":
        """Everything kept, oldest first."""
        slots = self.oldest_first()
        there = self.items[slots] >= 0
        wanted = self.used[slots] / self.used[slots].sum(axis=1, keepdims=True)
        starts = np.cumsum(there.sum(axis=1)) - there.sum(axis=1)
        rows = self.columns[slots].transpose(0, 2, 1)[there].astype(np.float32)
        weights = self.weights[slots] / self.weights[slots].mean()
        return Lists(rows, wanted[there].astype(np.float32), starts, weights)
