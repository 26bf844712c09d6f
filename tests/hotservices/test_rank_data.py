"""What the ranking is judged on: nothing that is asked for has been seen before it is asked for."""

import gzip
import json
from pathlib import Path

from tests.bench.rank_data import Asked, Described, Used, made_up, read
from tests.bench.rank_eval import OwnCounts, replay

EVENTS = "user,at,item\n" + "".join(f"u{n % 2},{100 + n // 2},i{n % 3}\n" for n in range(10))


def folder_with(path: Path, events: str | None, split: object | None, users: str | None = None) -> Path:
    if events:
        (path / "events.csv.gz").write_bytes(gzip.compress(events.encode()))
    if users:
        (path / "users.csv.gz").write_bytes(gzip.compress(users.encode()))
    if split:
        (path / "split.json").write_text(json.dumps(split))
    return path


def test_a_stream_is_asked_for_before_each_use_of_its_window(tmp_path: Path) -> None:
    split = {"protocol": "stream", "val_from": 4, "test_from": 8}

    data = read(folder_with(tmp_path, EVENTS, split), "val")

    asked = [(n, step) for n, step in enumerate(data.steps) if isinstance(step, Asked)]
    assert len(asked) == 4
    assert len(data.steps) == 8 + 4
    for n, step in asked:
        after = data.steps[n + 1]
        assert isinstance(after, Used)
        assert (after.user, step.wanted) == (step.user, frozenset({after.item}))


def test_events_without_a_split_are_a_stream_whose_last_fifth_is_asked_for(tmp_path: Path) -> None:
    data = read(folder_with(tmp_path, EVENTS, None), "test")

    assert sum(isinstance(step, Asked) for step in data.steps) == 2


def test_the_last_visits_of_those_held_back_are_never_seen(tmp_path: Path) -> None:
    split = {"protocol": "next_basket", "folds": [{"val": ["u0"], "test": ["u1"]}]}

    data = read(folder_with(tmp_path, EVENTS, split), "val")

    (asked,) = [step for step in data.steps if isinstance(step, Asked)]
    assert (asked.user, asked.at, asked.earlier) == ("u0", 104, 4)
    assert all(step.at < 104 for step in data.steps if isinstance(step, Used))


def test_at_a_cold_start_people_of_the_split_are_described_and_never_seen_to_use_anything(
    tmp_path: Path,
) -> None:
    users = "user,split,sex,items\na,train,f,x|y\nb,val,m,x\nc,test,m,y\n"

    data = read(folder_with(tmp_path, None, {"protocol": "cold_start"}, users), "val")

    assert {step.user for step in data.steps if isinstance(step, Used)} == {"a"}
    assert data.steps[-2:] == [Described("b", {"sex": "m"}), Asked("b", data.steps[-1].at, frozenset("x"), 0)]  # type: ignore[union-attr]


def test_a_list_is_scored_by_what_it_found_and_how_early() -> None:
    data = made_up(people=30, count=300, services=40)

    scores = replay(OwnCounts(), data, 10)

    assert len(scores) == 60
    assert all(0 <= ndcg <= recall <= 1 for _, recall, ndcg in scores)
