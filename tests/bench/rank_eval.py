"""Quality of the ranking: python -m tests.bench.rank_eval [--data FOLDER] [--split val|test] [--k K] [--plot FILE.png]
[--ablation]

Replays what happened in order, asks for lists where the data say so (see `tests.bench.rank_data`), and prints recall
and NDCG at K of the ranking, of popularity and of own counts; draws recall over the length of the history. With
--ablation the ranking is replayed once more without each signal: what it falls by is what the signal adds.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt

from hotservices.ranking import Ranker
from hotservices.signals.columns import SIGNALS, ReasonCode
from hotservices.signals.lineup import Lineup, LineupBuilder
from tests.bench.rank_data import WEEK, Asked, Data, Described, Used, made_up, read

Score = tuple[int, float, float]  # earlier uses by the person, recall, NDCG

HISTORIES = ((0, 0), (1, 1), (2, 4), (5, 9), (10, 19), (20, 10**9))


class Ranking(Protocol):
    """What is judged."""

    def observe(self, user: str, item: str, at: int) -> None:
        """Take one event."""

    def rank(self, user: str, k: int, at: int) -> list[str]:
        """List the best first."""

    def set_user(self, user: str, attrs: Mapping[str, object]) -> None:
        """Take what is known at sign-up."""

    def refresh(self, at: int) -> None:
        """Do what is done in the background."""


class Popularity:
    """How often everybody has used a service."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def observe(self, user: str, item: str, at: int) -> None:
        """Count."""
        self._counts[item] += 1

    def rank(self, user: str, k: int, at: int) -> list[str]:
        """List the most used."""
        return [item for item, _ in self._counts.most_common(k)]

    def set_user(self, user: str, attrs: Mapping[str, object]) -> None:
        """Ignore it."""

    def refresh(self, at: int) -> None:
        """Do nothing."""


class OwnCounts(Popularity):
    """How often the person has used a service, then everybody."""

    def __init__(self) -> None:
        super().__init__()
        self._own: dict[str, Counter[str]] = {}

    def observe(self, user: str, item: str, at: int) -> None:
        """Count."""
        self._own.setdefault(user, Counter())[item] += 1
        super().observe(user, item, at)

    def rank(self, user: str, k: int, at: int) -> list[str]:
        """List the person's own first."""
        own = [item for item, _ in self._own.get(user, Counter()).most_common(k)]
        return (own + [item for item in super().rank(user, 2 * k, at) if item not in own])[:k]


class Without(LineupBuilder):
    """Candidates as they would be described without one signal."""

    signals: tuple[ReasonCode, ...] = ()

    def build(self, *args: object, **kwargs: object) -> Lineup:
        """Describe the candidates, then blank the signal."""
        lineup = super().build(*args, **kwargs)  # type: ignore[arg-type]
        for signal in self.signals:
            lineup.columns[list(SIGNALS[signal])] = 0
        return lineup


def ranker_without(items: Sequence[str], *signals: ReasonCode) -> Ranker:
    """Return a ranker that is blind to these signals."""
    ranker = Ranker(items)
    blind = type("Blind", (Without,), {"signals": signals})
    ranker._builder = blind(ranker.settings, ranker._shared)
    return ranker


def replay(ranking: Ranking, data: Data, k: int) -> list[Score]:
    """Do what happened; before the first list, and then once a week of theirs, comes the background's work."""
    scores: list[Score] = []
    due = -1
    for step in data.steps:
        match step:
            case Described(user, attributes):
                ranking.set_user(user, attributes)
            case Used(user, item, at):
                ranking.observe(user, item, at)
            case Asked(user, at, wanted, earlier):
                if at >= due:
                    ranking.refresh(at)
                    due = at + WEEK
                scores.append((earlier, *_judged(ranking.rank(user, k, at), wanted, k)))
    return scores


def _judged(listed: Sequence[str], wanted: frozenset[str], k: int) -> tuple[float, float]:
    """Return recall and NDCG (ideal cut at k) of a list."""
    worth = 1 / np.log2(np.arange(2, k + 2))
    hits = np.array([item in wanted for item in listed], float)
    ideal = worth[: min(k, len(wanted))].sum()
    return float(hits.sum() / len(wanted)), float((hits * worth[: len(hits)]).sum() / ideal)


def show(name: str, scores: Sequence[Score], k: int) -> None:
    """Print a line."""
    recall, ndcg = np.mean([score[1:] for score in scores], axis=0)
    print(f"{name:<28} recall@{k} {recall:.4f}   NDCG@{k} {ndcg:.4f}", flush=True)


def draw(results: Mapping[str, Sequence[Score]], path: Path, k: int) -> None:
    """Draw recall over the length of the history."""
    mpl.use("Agg")
    figure, axes = plt.subplots(figsize=(7, 4.2))
    for name, scores in results.items():
        means = []
        for low, high in HISTORIES:
            hits = [recall for length, recall, _ in scores if low <= length <= high]
            means.append(float(np.mean(hits)) if hits else float("nan"))
        axes.plot(range(len(HISTORIES)), means, marker="o", label=name)
    axes.set_xticks(range(len(HISTORIES)), ["0", "1", "2-4", "5-9", "10-19", "20+"])
    axes.set(xlabel="earlier uses by the person", ylabel=f"recall@{k}", ylim=(0, 1))
    axes.grid(alpha=0.3)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.14), ncols=len(results), frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150, bbox_inches="tight")
    print(f"drawn: {path}")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("--split", choices=("val", "test"), default="test")
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--plot", type=Path, default=Path(".data/rank-eval.png"))
    parser.add_argument("--ablation", action="store_true")
    asked = parser.parse_args()
    data = read(asked.data, asked.split) if asked.data else made_up()
    rankings: dict[str, Ranking] = {
        "popularity": Popularity(),
        "own counts, then popularity": OwnCounts(),
        "ranker": Ranker(data.items),
    }
    results = {name: replay(ranking, data, asked.k) for name, ranking in rankings.items()}
    for name, scores in results.items():
        show(name, scores, asked.k)
    draw(results, asked.plot, asked.k)
    for signal in SIGNALS if asked.ablation else ():
        show(f"  without {signal}", replay(ranker_without(data.items, signal), data, asked.k), asked.k)


if __name__ == "__main__":
    main()
