"""Gradient-boosted symmetric trees that order a list, in numpy.

A symmetric tree asks the same question of every row at one level (Prokhorenkova et al., "CatBoost", NeurIPS 2018), so
a forest is two arrays of questions and one of answers, and scores a list without a loop over candidates. The loss is
the listwise softmax of Cao et al., "Learning to rank", ICML 2007.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from hotservices.signals.examples import Lists

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Matrix = NDArray[np.float32]
Floats = NDArray[np.floating[Any]]

_LIST_SHARE = 0.5
_COLUMN_SHARE = 0.6
_LEAF_PENALTY = 5.0
_LEAST_CURVE = 1e-6
_LEAST_CHANCE = 1e-12
_PATIENCE = 8
_QUANTILE_SAMPLE = 50_000
# What the answers to a tree's questions count in the number of its leaf, the first question the most.
_PLACES = (1 << np.arange(7, -1, -1, dtype=np.uint8))[:, None]


@dataclass(slots=True)
class Forest:
    """`features`, `thresholds`: (trees, depth); `leaves`: (trees, 2**depth)."""

    STATE: ClassVar = ("features", "thresholds", "leaves")

    features: IntArray
    thresholds: Matrix
    leaves: Matrix

    def score(self, columns: Matrix) -> Matrix:
        """Score candidates, given as (features, candidates)."""
        trees, depth = self.features.shape
        answers = columns.take(self.features.T.ravel(), axis=0) > self.thresholds.T.reshape(-1, 1)
        bits = answers.view(np.uint8).reshape(depth, -1) * _PLACES[-depth:]
        leaf = np.add.reduce(bits, axis=0, dtype=np.uint8).astype(np.int64).reshape(trees, -1)
        leaf += np.arange(0, trees << depth, 1 << depth)[:, None]
        scores: Matrix = np.add.reduce(self.leaves.ravel()[leaf], axis=0)
        return scores


@dataclass(frozen=True, slots=True)
class Growth:
    """How a forest is grown: at most `trees`, of `depth` questions, with `bins` possible answers a column."""

    trees: int
    depth: int
    bins: int
    rate: float


@dataclass(frozen=True, slots=True)
class _Tree:
    features: IntArray
    thresholds: Matrix
    leaves: Matrix


class _Ground:
    """Lists to learn from: columns cut into codes, and the margin reached so far."""

    def __init__(self, lists: Lists, margin: Matrix, cuts: list[Matrix]) -> None:
        self.lists, self.cuts = lists, cuts
        self.lengths = lists.lengths()
        self.weights = np.repeat(lists.weights, self.lengths)
        self.margin = margin.astype(np.float64)
        self.codes = np.stack([cut.searchsorted(lists.rows[:, n]) for n, cut in enumerate(cuts)]).astype(
            np.uint8
        )

    def chances(self) -> FloatArray:
        """Softmax of the margin over each list."""
        starts = self.lists.starts
        raised = np.exp(self.margin - np.repeat(np.maximum.reduceat(self.margin, starts), self.lengths))
        chances: FloatArray = raised / np.repeat(np.add.reduceat(raised, starts), self.lengths)
        return chances

    def loss(self) -> float:
        """Mean cross-entropy of a list."""
        return float(
            -(self.weights * self.lists.wanted * np.log(self.chances() + _LEAST_CHANCE)).sum()
            / len(self.lengths)
        )

    def leaf_of(self, splits: list[tuple[int, int]]) -> IntArray:
        """Leaf of every row under these (column, code) questions."""
        leaf = np.zeros(len(self.margin), np.int64)
        for column, cut in splits:
            leaf = leaf * 2 + (self.codes[column] > cut)
        return leaf


def no_forest(depth: int) -> Forest:
    """Return the forest that has learnt nothing yet."""
    return Forest(
        np.zeros((0, depth), np.int64), np.zeros((0, depth), np.float32), np.zeros((0, 2**depth), np.float32)
    )


def grow(learn: Lists, judge: Lists, line: Matrix, growth: Growth, rng: np.random.Generator) -> Forest:
    """Grow trees on top of the margin `rows @ line`, as long as they help on the lists to judge by."""
    sample = learn.rows[rng.integers(0, len(learn.rows), min(len(learn.rows), _QUANTILE_SAMPLE))]
    quantiles = np.quantile(sample, np.linspace(0, 1, growth.bins + 1)[1:-1], axis=0).astype(np.float32)
    cuts = [np.unique(column) for column in quantiles.T]
    ground, trial = (_Ground(lists, lists.rows @ line, cuts) for lists in (learn, judge))
    trees: list[_Tree] = []
    best, kept = trial.loss(), 0
    while len(trees) < growth.trees and len(trees) - kept < _PATIENCE:
        trees.append(_grow_tree(ground, trial, growth, rng))
        loss = trial.loss()
        if loss < best:
            best, kept = loss, len(trees)
    if not kept:
        return no_forest(growth.depth)
    parts = [(tree.features, tree.thresholds, tree.leaves) for tree in trees[:kept]]
    features, thresholds, leaves = (np.stack(part) for part in zip(*parts, strict=True))
    # in memory level by level, as `score` reads them
    return Forest(np.asfortranarray(features), np.asfortranarray(thresholds), leaves)


def _grow_tree(ground: _Ground, trial: _Ground, growth: Growth, rng: np.random.Generator) -> _Tree:
    """Add one tree to both margins."""
    chances = ground.chances()
    slope = (ground.lists.wanted - chances) * ground.weights
    curve = np.maximum(chances * (1 - chances), _LEAST_CURVE) * ground.weights
    rows = np.flatnonzero(np.repeat(rng.random(len(ground.lengths)) < _LIST_SHARE, ground.lengths))
    columns = np.flatnonzero(rng.random(len(ground.cuts)) < _COLUMN_SHARE)
    splits = _best_splits({int(n): ground.codes[n][rows] for n in columns}, slope[rows], curve[rows], growth)
    leaf = ground.leaf_of(splits)
    size = 2**growth.depth
    leaves = growth.rate * np.bincount(leaf, slope, size) / (np.bincount(leaf, curve, size) + _LEAF_PENALTY)
    ground.margin += leaves[leaf]
    trial.margin += leaves[trial.leaf_of(splits)]
    thresholds = [ground.cuts[n][cut] if cut < len(ground.cuts[n]) else np.inf for n, cut in splits]
    return _Tree(
        np.array([n for n, _ in splits]), np.array(thresholds, np.float32), leaves.astype(np.float32)
    )


def _best_splits(
    codes: dict[int, NDArray[np.uint8]], slope: Floats, curve: Floats, growth: Growth
) -> list[tuple[int, int]]:
    """Choose level by level the question that gains most over all nodes of the level."""
    node = np.zeros(len(slope), np.int64)
    splits: list[tuple[int, int]] = []
    for level in range(growth.depth):
        shape = (2**level, growth.bins)
        best = (-1.0, 0, growth.bins)
        for column, code in codes.items():
            cell = node * growth.bins + code
            gains = _gains(
                np.bincount(cell, slope, shape[0] * shape[1]).reshape(shape),
                np.bincount(cell, curve, shape[0] * shape[1]).reshape(shape),
            )
            cut = int(gains.argmax())
            best = max(best, (float(gains[cut]), column, cut))
        splits.append(best[1:])
        node = node * 2 + (codes[best[1]] > best[2]) if codes else node
    return splits


def _gains(slope: NDArray[Any], curve: NDArray[Any]) -> FloatArray:
    """Gain of cutting every node after each code. (nodes, codes) → (codes)."""
    left_slope, left_curve = slope.cumsum(axis=1), curve.cumsum(axis=1)
    right_slope, right_curve = left_slope[:, -1:] - left_slope, left_curve[:, -1:] - left_curve
    gains: FloatArray = (
        left_slope**2 / (left_curve + _LEAF_PENALTY) + right_slope**2 / (right_curve + _LEAF_PENALTY)
    ).sum(axis=0)
    return gains
