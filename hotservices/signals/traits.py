"""What a person's attributes (age, region, licences held) are made of, as numbers a model can use."""

import math
import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
Matrix = NDArray[np.float32]
Cuts = dict[int, tuple[NDArray[np.float64], ...]]

MAX_FIELDS = 32
_MAX_WORDS = 65_536
_MAX_VALUES = 1024
_MAX_FEATURES = 4096
_NUMERIC_FROM = 12
_QUANTILES = (np.linspace(0, 1, 17)[1:-1], np.linspace(0, 1, 5)[1:-1])
_PART = re.compile(r"[^\W_]+")


class TraitCodes:
    """Gives every field a place and every word a number; numbers stay themselves, words count down from -1."""

    def __init__(self) -> None:
        self.fields: dict[str, int] = {}
        self.words: dict[str, int] = {}

    def encode(self, attributes: Mapping[str, object]) -> "array[float]":
        """One number per field, NaN where nothing is said; the parts of a date or a list are fields of their own."""
        row = array("d")
        for name, value in attributes.items():
            text = str(value)
            parts = _PART.findall(text)
            self._put(row, name, text)
            for n, part in enumerate(parts if len(parts) > 1 else ()):
                self._put(row, f"{name}.{n}", part)
        return row

    def _put(self, row: "array[float]", field: str, text: str) -> None:
        place = self.fields.get(field, len(self.fields))
        if not text or place >= MAX_FIELDS:
            return
        self.fields[field] = place
        row.extend([np.nan] * (place + 1 - len(row)))
        row[place] = self._number(text)

    def _number(self, text: str) -> float:
        try:
            return float(text)
        except ValueError:
            if len(self.words) >= _MAX_WORDS:
                return np.nan
            return self.words.setdefault(text, -1 - len(self.words))


class TraitLog:
    """The latest first uses by people with known attributes.

    `times` are seconds; `folds` parts the people in two halves, so that a model can be judged on people it has not
    learnt from.
    """

    STATE = ("rows", "items", "times", "weights", "folds", "size")

    def __init__(self, capacity: int, half_life: float) -> None:
        self._half_life = half_life
        self.rows = np.full((capacity, MAX_FIELDS), np.nan)
        self.items = np.zeros(capacity, np.int64)
        self.times = np.zeros(capacity)
        self.weights = np.zeros(capacity, np.float32)
        self.folds = np.zeros(capacity, np.bool_)
        self.size = 0

    def add(self, traits: "array[float]", item: int, at: int, weight: float, *, fold: bool) -> None:
        """Note a first use of `item` at `at` seconds."""
        slot = self.size % len(self.rows)
        self.rows[slot, : len(traits)] = traits
        self.rows[slot, len(traits) :] = np.nan
        self.items[slot], self.times[slot] = item, at
        self.weights[slot], self.folds[slot] = weight, fold
        self.size += 1

    def filled(self) -> int:
        """Return how many rows hold something."""
        return min(self.size, len(self.rows))

    def faded_weights(self) -> Matrix:
        """Return what the filled rows weigh, the older the less, in all as much as before fading."""
        filled = self.filled()
        times, weights = self.times[:filled], self.weights[:filled]
        faded = weights * np.exp2((times - times.max()) / self._half_life)
        weighing: Matrix = (faded * (weights.sum() / faded.sum())).astype(np.float32)
        return weighing


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Values of fields and pairs of values, each with the place of its weights; place 0 weighs nothing.

    `values`: (field, cut, value) → token; `pairs`: (tokens, tokens) → place, a token with itself being the value alone.
    """

    cuts: Cuts
    values: dict[tuple[int, int, float], int]
    pairs: NDArray[np.int32]
    size: int

    def places(self, traits: Sequence[float]) -> NDArray[np.int32]:
        """Places of everything that is known of a person."""
        tokens = np.array([token for key in self._keys(traits) if (token := self.values.get(key))], np.int64)
        grid = self.pairs[tokens[:, None], tokens]
        return grid[grid > 0]

    def _keys(self, traits: Sequence[float]) -> list[tuple[int, int, float]]:
        keys = []
        for field, value in enumerate(traits):
            if math.isnan(value):
                continue
            if field in self.cuts:
                keys += [(field, n, float(cut.searchsorted(value))) for n, cut in enumerate(self.cuts[field])]
            else:
                keys.append((field, 0, value))
        return keys


def learn_alphabet(rows: NDArray[np.float64], floor: int) -> tuple[Alphabet, NDArray[np.int32]]:
    """Choose the values and pairs that at least `floor` rows have; also return each row's places."""
    cuts = _find_cuts(rows)
    values: dict[tuple[int, int, float], int] = {}
    columns = []
    for field, column in enumerate(rows.T):
        known = ~np.isnan(column)
        codes = [cut.searchsorted(column).astype(np.float64) for cut in cuts.get(field, ())]
        for n, code in enumerate(codes or [column]):
            tokens = _tokens(code, known, (field, n), values, floor)
            if tokens.any():
                columns.append(tokens)
    table = np.stack(columns, axis=1) if columns else np.zeros((len(rows), 1), np.int64)
    pairs, places = _pair_up(table, len(values) + 1, floor)
    return Alphabet(cuts, values, pairs, int(pairs.max()) + 1), places


def _find_cuts(rows: NDArray[np.float64]) -> Cuts:
    """Quantiles, fine and coarse, of the fields that hold many different numbers."""
    cuts: Cuts = {}
    for field, column in enumerate(rows.T):
        known = column[~np.isnan(column)]
        if len(known) and known.min() >= 0 and len(np.unique(known)) > _NUMERIC_FROM:
            cuts[field] = tuple(np.unique(np.quantile(known, quantiles)) for quantiles in _QUANTILES)
    return cuts


def _tokens(
    code: NDArray[np.float64],
    known: NDArray[np.bool_],
    key: tuple[int, int],
    values: dict[tuple[int, int, float], int],
    floor: int,
) -> IntArray:
    """Token of each row in one column; values of fewer than `floor` rows get none."""
    tokens = np.zeros(len(code), np.int64)
    found, counts = np.unique(code[known], return_counts=True)
    for value in found[counts >= floor].tolist():
        if len(values) < _MAX_VALUES:
            values[*key, float(value)] = len(values) + 1
            tokens[known & (code == value)] = len(values)
    return tokens


def _pair_up(tokens: IntArray, size: int, floor: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give the most frequent pairs of tokens a place each."""
    left, right = np.tril_indices(tokens.shape[1])
    cells = tokens[:, right] * size + tokens[:, left]
    cells[(tokens[:, left] == 0) | (tokens[:, right] == 0)] = 0
    found, counts = np.unique(cells[cells > 0], return_counts=True)
    frequent = np.argsort(-counts, kind="stable")[: _MAX_FEATURES - 1]
    frequent = frequent[counts[frequent] >= floor]
    pairs = np.zeros(size * size, np.int32)
    pairs[found[frequent]] = np.arange(1, len(frequent) + 1, dtype=np.int32)
    return pairs.reshape(size, size), pairs[cells]
