"""Quality of the ranking: python -m tests.bench.rank_eval [--data FOLDER] [--plot FILE.png] [--ablation]

Replays events in time order; in the last fifth each event is first asked for and then observed. Prints recall and
NDCG at 10 of the ranking, of popularity and of own counts, and draws recall over the length of the history. With
--ablation the ranking is replayed once more without each signal. FOLDER holds events.csv.gz (user,at,item, sorted by
at); without it, people with habits, fashions and neighbouring interests are made up.
"""

import argparse
import csv
import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt

from hotservices.ranking import Ranker
from hotservices.signals.columns import SIGNALS, ReasonCode
from hotservices.signals.lineup import Lineup, LineupBuilder

Event = tuple[str, int, str]
Score = tuple[int, float, float]  # earlier events of the person, recall, NDCG

K = 10
ASKED_SHARE = 0.2
WEEK = 7 * 86_400
HISTORIES = ((0, 0), (1, 1), (2, 4), (5, 9), (10, 19), (20, 10**9))


class Ranking(Protocol):
    """What is judged."""

    def observe(self, user: str, item: str, at: int) -> None:
        """Take one event."""

    def rank(self, user: str, k: int, at: int) -> list[str]:
        """List the best first."""


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


class OwnCounts:
    """How often the person has used a service, then everybody."""

    def __init__(self) -> None:
        self._own: dict[str, Counter[str]] = {}
        self._all = Popularity()

    def observe(self, user: str, item: str, at: int) -> None:
        """Count."""
        self._own.setdefault(user, Counter())[item] += 1
        self._all.observe(user, item, at)

    def rank(self, user: str, k: int, at: int) -> list[str]:
        """List the person's own first."""
        own = [item for item, _ in self._own.get(user, Counter()).most_common(k)]
        return (own + [item for item in self._all.rank(user, 2 * k, at) if item not in own])[:k]


class Without(LineupBuilder):
    """Candidates as they would be described without one signal."""

    signals: tuple[ReasonCode, ...] = ()

    def build(self, *args: object, **kwargs: object) -> Lineup:
        """Describe the candidates, then blank the signal."""
        lineup = super().build(*args, **kwargs)  # type: ignore[arg-type]
        for signal in self.signals:
            lineup.columns[list(SIGNALS[signal])] = 0
        return lineup


def ranker_without(items: list[str], *signals: ReasonCode) -> Ranker:
    """Return a ranker that is blind to these signals."""
    ranker = Ranker(items)
    blind = type("Blind", (Without,), {"signals": signals})
    ranker._builder = blind(ranker.settings, ranker._shared)
    return ranker


def read(folder: Path) -> list[Event]:
    """Read the events of a folder."""
    with gzip.open(folder / "events.csv.gz", "rt", newline="") as lines:
        return [(row["user"], int(row["at"]), row["item"]) for row in csv.DictReader(lines)]


def made_up(people: int = 3000, events: int = 60_000, services: int = 400, seed: int = 7) -> list[Event]:
    """Half of the use repeats habits, a fifth follows the week's fashion, the rest stays near one interest."""
    rng = np.random.default_rng(seed)
    interest = rng.integers(0, 20, people)
    used: dict[int, list[int]] = {}
    found: list[Event] = []
    for n, user in enumerate(rng.integers(0, people, events).tolist()):
        at = 1_700_000_000 + n * 200
        habits, draw = used.setdefault(user, []), rng.random()
        if habits and draw < 0.5:
            item = habits[int(len(habits) * rng.random() ** 2)]
        elif draw < 0.7:
            item = int(at // WEEK * 37 + rng.integers(0, 5)) % services
        else:
            item = int(interest[user] * 20 + min(rng.geometric(0.2), 20) - 1)
        habits.append(item)
        found.append((f"u{user}", at, f"s{item}"))
    return found


def replay(
    ranking: Ranking, events: list[Event], refresh: Callable[[int], None] | None = None
) -> list[Score]:
    """Observe all events and ask before each of the last fifth."""
    asked_from = int(len(events) * (1 - ASKED_SHARE))
    history: Counter[str] = Counter()
    scores: list[Score] = []
    due = 0
    for n, (user, at, item) in enumerate(events):
        if refresh and n >= asked_from and at >= due:
            refresh(at)
            due = at + WEEK
        if n >= asked_from:
            listed = ranking.rank(user, K, at)
            place = listed.index(item) if item in listed else None
            hit = place is not None
            scores.append((history[user], float(hit), 1 / np.log2(place + 2) if place is not None else 0.0))
        ranking.observe(user, item, at)
        history[user] += 1
    return scores


def show(name: str, scores: list[Score]) -> None:
    """Print a line."""
    recall, ndcg = np.mean([score[1:] for score in scores], axis=0)
    print(f"{name:<28} recall@{K} {recall:.4f}   NDCG@{K} {ndcg:.4f}", flush=True)


def draw(results: dict[str, list[Score]], path: Path) -> None:
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
    axes.set(xlabel="earlier uses by the person", ylabel=f"recall@{K}", ylim=(0, 1))
    axes.grid(alpha=0.3)
    axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150, bbox_inches="tight")
    print(f"drawn: {path}")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("--plot", type=Path, default=Path(".data/rank-eval.png"))
    parser.add_argument("--ablation", action="store_true")
    asked = parser.parse_args()
    events = read(asked.data) if asked.data else made_up()
    items = sorted({item for _, _, item in events})
    ranker = Ranker(items)
    results = {
        "popularity": replay(Popularity(), events),
        "own counts, then popularity": replay(OwnCounts(), events),
        "ranker": replay(ranker, events, ranker.refresh),
    }
    for name, scores in results.items():
        show(name, scores)
    draw(results, asked.plot)
    for signal in SIGNALS if asked.ablation else ():
        blind = ranker_without(items, signal)
        show(f"  without {signal}", replay(blind, events, blind.refresh))


if __name__ == "__main__":
    main()
