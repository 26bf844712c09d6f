"""Which services say a piece of text, and how rare the piece is: an inverted index over numpy arrays.

Pieces are numbered once, so that what a service says is two small arrays. An index of all of them is sorted
together from these: a catalogue that has changed a little costs little.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

# A piece that no service says tells little: filler words and slips of the finger are full of them.
RARITY_OF_UNKNOWN = 1.5


@dataclass(frozen=True, slots=True)
class Said:
    """The pieces that a service says, by number, and how plainly (1 in the name, less elsewhere)."""

    numbers: NDArray[np.int32]
    weights: Scores


@dataclass(frozen=True, slots=True)
class Match:
    """For each service: how much of what was typed it says, and how much of its name that makes (0 to 1)."""

    cover: Scores
    of_name: Scores


class Numbers:
    """Numbers of pieces of one sort. A piece keeps its number; what one catalogue has learnt, the next may use."""

    def __init__(self, pieces: Iterable[str] = ()) -> None:
        self._numbers: dict[str, int] = {piece: number for number, piece in enumerate(pieces)}

    def __len__(self) -> int:
        """Return how many pieces have one."""
        return len(self._numbers)

    def pieces(self) -> list[str]:
        """Return the pieces that have one, in order."""
        return list(self._numbers)

    def get(self, piece: str) -> int:
        """Return a piece's number; for one that has none, one beyond all."""
        return self._numbers.get(piece, len(self._numbers))

    def said(self, pieces: Mapping[str, float]) -> Said:
        """Return pieces and their weights by number; new ones are given theirs."""
        known = self._numbers
        numbers = [known.setdefault(piece, len(known)) for piece in pieces]
        return Said(np.array(numbers, np.int32), np.fromiter(pieces.values(), np.float32, len(pieces)))


class GramIndex:
    """Pieces of text of one sort, and the services that say them, by place."""

    def __init__(self, numbers: Numbers, said: Sequence[Said]) -> None:
        self._numbers, self._count, size = numbers, len(said), len(numbers)
        every = np.concatenate([one.numbers for one in said]) if said else np.zeros(0, np.int32)
        weights = np.concatenate([one.weights for one in said]) if said else np.zeros(0, np.float32)
        places = np.repeat(np.arange(self._count, dtype=np.int32), [len(one.numbers) for one in said])
        counts = np.bincount(every, minlength=size)
        rarity = np.log1p(self._count / np.maximum(counts, 1))
        in_name = (weights >= 1).astype(np.float32)
        totals = np.bincount(places, rarity.take(every) * in_name, self._count)
        order = np.argsort(every, kind="stable")
        self._name_totals: Scores = np.maximum(totals, 1).astype(np.float32)
        self._places, self._weights, self._in_name = places[order], weights[order], in_name[order]
        self._ends: list[int] = np.cumsum(counts).tolist()
        self._counts: list[int] = counts.tolist()
        self._rarity: list[float] = rarity.tolist()

    def pieces(self) -> list[str]:
        """Return the pieces that any service here says."""
        known = zip(self._numbers.pieces(), self._counts, strict=False)
        return [piece for piece, count in known if count]

    def match(self, pieces: Iterable[str]) -> Match:
        """Return how well every service matches the pieces of what was typed; each piece counts once."""
        cover = np.zeros(self._count, np.float32)
        of_name = np.zeros(self._count, np.float32)
        typed = 0.0
        for piece in pieces:
            number = self._numbers.get(piece)
            # A number may be younger than this index, or of what only a former catalogue said.
            if number >= len(self._counts) or not self._counts[number]:
                typed += RARITY_OF_UNKNOWN
                continue
            end, rarity = self._ends[number], np.float32(self._rarity[number])
            here = slice(end - self._counts[number], end)
            typed += float(rarity)
            cover[self._places[here]] += rarity * self._weights[here]
            of_name[self._places[here]] += rarity * self._in_name[here]
        return Match(cover / np.float32(max(typed, 1e-9)), of_name / self._name_totals)
