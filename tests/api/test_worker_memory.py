"""Counters of one worker: exact, over when their window is, and swept out."""

import time

import pytest

from api import worker_memory
from api.worker_memory import WorkerMemory


def test_a_window_counts_from_its_first_hit_and_begins_anew_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, now = WorkerMemory(), 1000.0
    monkeypatch.setattr(time, "time", lambda: now)

    first_window = [store.incr("a", 60), store.incr("a", 60), store.get("a"), store.get_expiry("a")]
    now = 1060.0
    second_window = [store.get("a"), store.incr("a", 60)]

    assert first_window == [1, 2, 2, 1060.0]
    assert second_window == [0, 1]


def test_counters_that_are_over_are_swept_out(monkeypatch: pytest.MonkeyPatch) -> None:
    store, now = WorkerMemory(), 1000.0
    store._sweep_at = 100
    monkeypatch.setattr(worker_memory, "SWEEP_AT", 100)
    monkeypatch.setattr(time, "time", lambda: now)

    for number in range(100):
        store.incr(f"old {number}", 1)
    now = 1002.0
    for number in range(2):
        store.incr(f"new {number}", 1)

    assert sorted(store._counters) == ["new 0", "new 1"]


def test_a_counter_can_be_forgotten_alone_or_with_all_others() -> None:
    store = WorkerMemory()
    store.incr("a", 60)
    store.incr("b", 60)

    store.clear("a")
    left = store.get("a"), store.get("b")
    forgotten = store.reset()

    assert (left, forgotten, store.get("b"), store.check()) == ((0, 1), 1, 0, True)
