"""Which services say a piece of text, and how rare the piece is: an inverted index over numpy arrays."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

# A piece that no service says tells little: filler words and slips of the finger are full of them.
RARITY_OF_UNKNOWN = 1.5


@dataclass(frozen=True, slots=True)
class _Said:
    """Who says a piece: their places, how plainly (1 in the name, less elsewhere), how rare it is."""

    places: NDArray[np.intp]
    weights: Scores
    in_name: Scores
    rarity: float


@dataclass(frozen=True, slots=True)
class Match:
    """For each service: how much of what was typed it says, and how much of its name that makes (0 to 1)."""

    cover: Scores
    of_name: Scores


class GramIndex:
    """Pieces of text of one sort, and the services that say them."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._weights: dict[str, dict[int, float]] = defaultdict(dict)
        self._said: dict[str, _Said] = {}
        self._name_totals: Scores = np.ones(count, np.float32)

    def add(self, place: int, pieces: Iterable[str], weight: float) -> None:
        """Note that the service at a place says pieces; a weight of 1 is for its name alone.

        What it says most plainly comes first: later weights don't change a piece that it said already.
        """
        for piece in pieces:
            self._weights[piece].setdefault(place, weight)

    def seal(self) -> None:
        """Turn what was added into arrays, once all is."""
        totals = np.zeros(self._count, np.float32)
        for piece, by_place in self._weights.items():
            weights = np.fromiter(by_place.values(), np.float32, len(by_place))
            said = _Said(
                places=np.fromiter(by_place, np.intp, len(by_place)),
                weights=weights,
                in_name=(weights >= 1).astype(np.float32),
                rarity=float(np.log1p(self._count / len(by_place))),
            )
            totals[said.places] += said.rarity * said.in_name
            self._said[piece] = said
        self._weights.clear()
        self._name_totals = np.maximum(totals, 1)

    def match(self, pieces: Iterable[str]) -> Match:
        """Return how well every service matches the pieces of what was typed; each piece counts once."""
        cover = np.zeros(self._count, np.float32)
        of_name = np.zeros(self._count, np.float32)
        typed = 0.0
        for piece in pieces:
            said = self._said.get(piece)
            if said is None:
                typed += RARITY_OF_UNKNOWN
                continue
            typed += said.rarity
            cover[said.places] += said.rarity * said.weights
            of_name[said.places] += said.rarity * said.in_name
        return Match(cover / max(typed, 1e-9), of_name / self._name_totals)
