"""Turns what is known of the candidates into an order: a line learnt online, and trees grown on top of it."""

import numpy as np
from numpy.typing import NDArray

from hotservices.signals import trees
from hotservices.signals.columns import COLUMNS, Column
from hotservices.signals.examples import Lists
from hotservices.signals.settings import Settings

IntArray = NDArray[np.int64]
Matrix = NDArray[np.float32]

_JUDGE_EVERY = 10
_NEWTON_STEPS = 8
_TRAIT_PENALTY = 1.0
_FIRST_GUESS = {
    Column.BLEND: 0.7,
    Column.OWN_WEIGHT: 2.0,
    Column.REPEAT: 1.5,
    Column.CO_SUM: 0.3,
    Column.TRAITS: 1.0,
}


class Blend:
    """Scores candidates in two stages: the line orders all of them, the trees the best few."""

    STATE = ("line", "steepness")

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.line = np.zeros(COLUMNS, np.float32)
        for column, weight in _FIRST_GUESS.items():
            self.line[column] = weight
        self.steepness = np.ones(COLUMNS, np.float32)
        self.forest = trees.no_forest(settings.tree_depth)

    def shortlist(self, columns: Matrix, size: int) -> tuple[IntArray, Matrix]:
        """Indexes of the best candidates by the line, best first, and the line's score of all."""
        scores: Matrix = np.dot(self.line, columns)
        return (-scores).argsort(kind="stable")[:size], scores

    def order(self, columns: Matrix, k: int) -> IntArray:
        """Indexes of the best k candidates, best first."""
        size = self._settings.shortlist
        short, scores = self.shortlist(columns, max(k, size))
        if not len(self.forest.features):
            return short[:k]
        first = short[:size]
        second = scores[first] + self.forest.score(columns.take(first, axis=1))
        best = first[(-second).argsort(kind="stable")]
        return best[:k] if k <= size else np.concatenate((best, short[size:]))[:k]

    def score(self, columns: Matrix) -> Matrix:
        """Return the full score, both stages, of every candidate."""
        scores: Matrix = self.line @ columns
        if len(self.forest.features):
            scores = scores + self.forest.score(columns)
        return scores

    def learn(self, columns: Matrix, scores: Matrix, used: NDArray[np.bool_]) -> None:
        """Move the line so that the used candidate would have stood higher (softmax loss, AdaGrad)."""
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        slope = columns @ (used - chances)
        self.steepness += slope * slope
        self.line += np.float32(self._settings.line_rate) * slope / np.sqrt(self.steepness)

    def refit(self, lists: Lists, rng: np.random.Generator) -> None:
        """Weigh the attributes, then grow the trees anew; the latest lists judge how many."""
        count = len(lists.starts)
        if count < self._settings.examples_to_grow:
            return
        self._weigh_traits(lists)
        settings = self._settings
        growth = trees.Growth(settings.trees, settings.tree_depth, settings.tree_bins, settings.tree_rate)
        # judges are taken from all along: holding back the latest would cost the trees what is true now
        judging = np.arange(count) % _JUDGE_EVERY == 0
        self.forest = trees.grow(lists.pick(~judging), lists.pick(judging), self.line, growth, rng)

    def _weigh_traits(self, lists: Lists) -> None:
        """Fit the weight of the attributes by Newton's method: before the first refit the line has not seen them."""
        lift = lists.rows[:, Column.TRAITS]
        if not lift.any():
            return
        rest = lists.rows @ self.line - self.line[Column.TRAITS] * lift
        weight = 0.0
        for _ in range(_NEWTON_STEPS):
            margin = rest + weight * lift
            raised = np.exp(margin - np.repeat(np.maximum.reduceat(margin, lists.starts), lists.lengths()))
            chance = raised / np.repeat(np.add.reduceat(raised, lists.starts), lists.lengths())
            mean = np.repeat(np.add.reduceat(chance * lift, lists.starts), lists.lengths())
            slope = float(((lists.wanted - chance) * lift).sum()) - _TRAIT_PENALTY * weight
            weight += slope / (float((chance * (lift - mean) ** 2).sum()) + _TRAIT_PENALTY)
        self.line[Column.TRAITS] = weight
