"""Data that a ranking is judged on, as a sequence of things done: people described, services used, lists asked for.

A folder has one of three forms, told by the `protocol` of its split.json or meta.json:

- `stream`: events.csv.gz (user,at,item, sorted by at). From a row on each event is asked for, then observed.
- `next_basket`: the same file. Of the people in `val` or `test` the last visit is held back, and asked for.
- `cold_start`: users.csv.gz (user,split,<attributes>,items). People of the split are described, then asked for.

A folder with events alone is a stream whose last fifth is asked for. Without a folder, people are made up.
"""

import csv
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Event = tuple[str, int, str]

ASKED_SHARE = 0.2
WEEK = 7 * 86_400
START = 1_700_000_000


@dataclass(frozen=True, slots=True)
class Described:
    """What is known of a person at sign-up."""

    user: str
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Used:
    """A use of a service at `at` seconds."""

    user: str
    item: str
    at: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A list is asked for; `wanted` is what was used next, `earlier` how many uses were seen before."""

    user: str
    at: int
    wanted: frozenset[str]
    earlier: int


Step = Described | Used | Asked


@dataclass(frozen=True, slots=True)
class Data:
    """A catalogue and what happened, in order."""

    items: Sequence[str]
    steps: Sequence[Step]


def read(folder: Path, split: str) -> Data:
    """Read a folder; `split` is `val` or `test`."""
    protocol = _protocol(folder)
    if protocol["protocol"] == "cold_start":
        return _cold_start(folder, split)
    events = _events(folder)
    if protocol["protocol"] == "next_basket":
        fold = protocol["folds"][0]
        hidden = {str(user) for user in (*fold["val"], *fold["test"])}
        return _data(events, _next_baskets(events, hidden, {str(user) for user in fold[split]}))
    first = protocol.get(f"{split}_from", int(len(events) * (1 - ASKED_SHARE)))
    last = protocol.get("test_from", len(events)) if split == "val" else len(events)
    return _data(events, _stream(events[:last], first))


def made_up(people: int = 3000, count: int = 60_000, services: int = 400, seed: int = 7) -> Data:
    """Half of the use repeats habits, a fifth follows the week's fashion, the rest stays near one interest."""
    rng = np.random.default_rng(seed)
    interest = rng.integers(0, 20, people)
    used: dict[int, list[int]] = {}
    events: list[Event] = []
    for n, user in enumerate(rng.integers(0, people, count).tolist()):
        at = START + n * 200
        habits, draw = used.setdefault(user, []), rng.random()
        if habits and draw < 0.5:
            item = habits[int(len(habits) * rng.random() ** 2)]
        elif draw < 0.7:
            item = int(at // WEEK * 37 + rng.integers(0, 5)) % services
        else:
            item = int(interest[user] * 20 + min(rng.geometric(0.2), 20) - 1)
        habits.append(item)
        events.append((f"u{user}", at, f"s{item}"))
    return _data(events, _stream(events, int(count * (1 - ASKED_SHARE))))


def _protocol(folder: Path) -> dict[str, Any]:
    for name in ("split.json", "meta.json"):
        if (folder / name).exists():
            found: dict[str, Any] = json.loads((folder / name).read_bytes())
            return found
    return {"protocol": "stream"}


def _events(folder: Path) -> list[Event]:
    with gzip.open(folder / "events.csv.gz", "rt", newline="") as lines:
        return [(row["user"], int(row["at"]), row["item"]) for row in csv.DictReader(lines)]


def _data(events: Sequence[Event], steps: Iterator[Step]) -> Data:
    return Data(sorted({item for _, _, item in events}), list(steps))


def _stream(events: Sequence[Event], first: int) -> Iterator[Step]:
    earlier: Counter[str] = Counter()
    for n, (user, at, item) in enumerate(events):
        if n >= first:
            yield Asked(user, at, frozenset({item}), earlier[user])
        yield Used(user, item, at)
        earlier[user] += 1


def _next_baskets(events: Sequence[Event], hidden: set[str], asked: set[str]) -> Iterator[Step]:
    last = {user: at for user, at, _ in events}
    targets: dict[str, set[str]] = defaultdict(set)
    earlier: Counter[str] = Counter()
    for user, at, item in events:
        if user in hidden and at == last[user]:
            targets[user].add(item)
            continue
        yield Used(user, item, at)
        earlier[user] += 1
    for user in sorted(asked & set(earlier)):
        yield Asked(user, last[user], frozenset(targets[user]), earlier[user])


def _cold_start(folder: Path, split: str) -> Data:
    with gzip.open(folder / "users.csv.gz", "rt", newline="") as lines:
        rows = list(csv.DictReader(lines))
    held = {row["user"]: [item for item in row["items"].split("|") if item] for row in rows}
    return Data(
        sorted({item for items in held.values() for item in items}), list(_sign_ups(rows, held, split))
    )


def _sign_ups(rows: Sequence[dict[str, str]], held: dict[str, list[str]], split: str) -> Iterator[Step]:
    at = START
    for row in rows:
        if row["split"] == "train":
            at += 1
            yield Described(row["user"], _attributes(row))
            yield from (Used(row["user"], item, at) for item in held[row["user"]])
    for row in rows:
        if row["split"] == split and held[row["user"]]:
            yield Described(row["user"], _attributes(row))
            yield Asked(row["user"], at + 1, frozenset(held[row["user"]]), 0)


def _attributes(row: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name not in {"user", "split", "items"}}
