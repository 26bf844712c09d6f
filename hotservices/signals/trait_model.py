"""Which services people with these attributes turn to: a multinomial logit over values and pairs of values."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotservices.signals.columns import Column
from hotservices.signals.examples import Examples
from hotservices.signals.traits import Alphabet, TraitLog, learn_alphabet

IntArray = NDArray[np.int64]
Matrix = NDArray[np.float32]

_MAX_ITEMS = 512
_EPOCHS = 12
_BATCH = 256
_RATE = 0.03
_PENALTY = 0.001
_MOMENTUM, _SPREAD = 0.9, 0.99
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class TraitModel:
    """`weights`: (places, items); `items`: the services that enough people with attributes have used."""

    alphabet: Alphabet
    weights: Matrix
    items: IntArray

    def lift(self, traits: Sequence[float], size: int) -> Matrix:
        """Log of how much more than usual each of `size` services is wanted; 0 where nothing is known."""
        lift = np.zeros(size, np.float32)
        lift[self.items] = self.weights[self.alphabet.places(traits)].sum(axis=0)
        return lift

    def best(self, lift: Matrix, limit: int) -> IntArray:
        """Return the services with the highest lift."""
        if len(self.items) <= limit:
            return self.items
        return self.items[np.argpartition(-lift[self.items], limit)[:limit]]


def fit_trait_model(
    log: TraitLog, chosen: NDArray[np.bool_], floor: int, rng: np.random.Generator
) -> TraitModel | None:
    """Fit to the chosen rows of the log; None when too few people stand behind any service."""
    rows, items, weights = (
        log.rows[: log.filled()][chosen],
        log.items[: log.filled()][chosen],
        log.faded_weights()[chosen],
    )
    counts = np.bincount(items) if len(items) else np.zeros(0, np.int64)
    known = np.argsort(-counts, kind="stable")[:_MAX_ITEMS]
    known = np.sort(known[counts[known] >= floor])
    if len(known) < 2:  # noqa: PLR2004  one service cannot be told from another
        return None
    kept = np.isin(items, known)
    alphabet, places = learn_alphabet(rows[kept], floor)
    targets = np.searchsorted(known, items[kept])
    problem = _Problem(places, targets, weights[kept], (alphabet.size, len(known)), floor)
    return TraitModel(alphabet, problem.solve(rng), known)


def refit_traits(
    log: TraitLog, examples: Examples, floor: int, rng: np.random.Generator
) -> TraitModel | None:
    """Fit on everybody to serve, and on either half to tell the examples what was not learnt from themselves."""
    folds = log.folds[: log.filled()]
    halves = {fold: fit_trait_model(log, folds != fold, floor, rng) for fold in (False, True)}
    for slot in np.flatnonzero(~np.isnan(examples.traits).all(axis=1)).tolist():
        model = halves[bool(examples.folds[slot])]
        if model is not None:
            items = examples.items[slot]
            lift = model.lift(examples.traits[slot].tolist(), int(max(items.max(), model.items.max())) + 1)
            examples.columns[slot, Column.TRAITS] = lift[items]
    return fit_trait_model(log, np.ones(len(folds), np.bool_), floor, rng)


class _Problem:
    """One fit: Adam (Kingma and Ba, ICLR 2015) over mini-batches."""

    def __init__(
        self,
        places: NDArray[np.int32],
        targets: IntArray,
        weights: Matrix,
        shape: tuple[int, int],
        floor: int,
    ) -> None:
        self._places, self._targets, self._weights, self._shape = places, targets, weights, shape
        base = np.bincount(targets, weights, shape[1]) + 0.1
        self._bias = np.log(base / base.sum()).astype(np.float32)
        self._allowed = self._well_supported(floor)

    def _well_supported(self, floor: int) -> NDArray[np.bool_]:
        """Only what at least `floor` people with the same attribute did may weigh anything."""
        counts = np.zeros(self._shape, np.int32)
        for column in self._places.T:
            np.add.at(counts, (column, self._targets), 1)
        allowed: NDArray[np.bool_] = counts >= floor
        allowed[0] = False
        return allowed

    def solve(self, rng: np.random.Generator) -> Matrix:
        """Return the weights."""
        weights = np.zeros(self._shape, np.float32)
        mean, square = np.zeros_like(weights), np.zeros_like(weights)
        step = 0
        for epoch in range(_EPOCHS):
            order = rng.permutation(len(self._targets))
            for batch in np.array_split(order, max(len(order) // _BATCH, 1)):
                step += 1
                slope = self._slope(weights, batch)
                mean += (1 - _MOMENTUM) * (slope - mean)
                square += (1 - _SPREAD) * (slope * slope - square)
                rate = _RATE * (1 - epoch / _EPOCHS) * np.sqrt(1 - _SPREAD**step) / (1 - _MOMENTUM**step)
                weights -= np.float32(rate) * mean / (np.sqrt(square) + np.float32(_TINY))
        return weights

    def _slope(self, weights: Matrix, batch: IntArray) -> Matrix:
        """Gradient of the penalised cross-entropy, zero where the support is too small."""
        places = self._places[batch]
        margin = self._bias + weights[places].sum(axis=1)
        chance = np.exp(margin - margin.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        chance[np.arange(len(batch)), self._targets[batch]] -= 1
        chance *= (self._weights[batch] / len(batch))[:, None]
        slope: Matrix = np.float32(_PENALTY) * weights
        order = np.argsort(places, axis=None, kind="stable")
        ordered = places.ravel()[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        slope[ordered[starts]] += np.add.reduceat(chance[order // places.shape[1]], starts, axis=0)
        slope *= self._allowed
        return slope
