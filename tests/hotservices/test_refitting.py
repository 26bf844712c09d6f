"""The refit in a process of its own: what goes there and comes back, and whatever may befall it."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hotservices.ranking import Ranker
from hotservices.signals.columns import Column
from hotservices.signals.snapshot import SharedUnreadableError
from hotservices.usage.refitting import NICENESS, PROGRAM, RefitError, Refitter
from tests.paths import ROOT

NOW = 1_700_000_000
DAY = 86_400
CATALOGUE = [f"S{n}" for n in range(40)]
SMALL: dict[str, Any] = {
    "exploration_rate": 0.0,
    "example_capacity": 1024,
    "trait_capacity": 1024,
    "trees": 12,
}
FOREVER = "import time; time.sleep(600)"


def seasoned() -> Ranker:
    """Return a ranker with habits and attributes to learn from, and nothing learnt from them yet."""
    ranker = Ranker(CATALOGUE, **SMALL)
    rng = np.random.default_rng(1)
    favourites = rng.integers(0, len(CATALOGUE), (400, 2))
    for person in range(400):
        ranker.set_user(f"P{person}", {"born": 1950 + person % 50, "area": f"A{favourites[person, 0] % 3}"})
    for visit in range(12):
        for person in range(400):
            item = CATALOGUE[favourites[person, rng.integers(0, 2)]]
            ranker.observe(f"P{person}", item, NOW + visit * DAY + person)
    return ranker


@pytest.fixture(scope="module")
def export() -> bytes:
    return seasoned().export_shared()


@pytest.fixture(scope="module")
def refreshed(export: bytes) -> bytes:
    ranker = loaded(export)
    ranker.refresh(NOW + 12 * DAY)
    return ranker.export_shared()


def loaded(export: bytes) -> Ranker:
    ranker = Ranker(CATALOGUE, **SMALL)
    ranker.load_shared(export)
    return ranker


def child(words: str) -> tuple[str, ...]:
    return sys.executable, "-c", words


def refit(ranker: Ranker, refitter: Refitter) -> bytes:
    return refitter.refit(ranker.export_lessons(), ranker.settings, NOW + 12 * DAY)


def learnt(ranker: Ranker) -> dict[str, NDArray[Any]]:
    forest, model = ranker._blend.forest, ranker._builder.trait_model
    assert model is not None
    assert len(forest.features) > 0
    # Of two questions that part the examples alike, rounding decides, and that differs with the number of threads.
    examples = ranker._examples.lists().rows
    return {
        "scores": forest.score(examples.T),
        "line": ranker._blend.line,
        "pairs": model.alphabet.pairs,
        "weights": model.weights,
        "items": model.items,
    }


def test_a_child_learns_what_a_refresh_in_the_process_learns(
    export: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = loaded(export), loaded(export)
    monkeypatch.chdir(tmp_path)

    here.refresh(NOW + 12 * DAY)
    there.take_learnt(refit(there, Refitter()))

    mine, theirs = learnt(here), learnt(there)
    for name, table in mine.items():
        np.testing.assert_allclose(theirs[name], table, rtol=1e-4, atol=1e-6, err_msg=name)
    assert there._builder.trait_model.alphabet.values == here._builder.trait_model.alphabet.values  # type: ignore[union-attr]


def test_what_is_learnt_on_during_a_refit_is_kept(export: bytes, refreshed: bytes) -> None:
    ranker, elsewhere = loaded(export), loaded(refreshed)
    ranker._blend.line[Column.OWN_COUNT] = 7
    visits = ranker.visits()

    ranker.observe("P1", "S1", NOW + 13 * DAY)
    ranker.take_learnt(elsewhere.export_learnt())

    assert ranker._blend.line[Column.OWN_COUNT] != elsewhere._blend.line[Column.OWN_COUNT]
    assert ranker._blend.line[Column.TRAITS] == elsewhere._blend.line[Column.TRAITS]
    assert ranker.visits() == visits + 1


def test_a_refit_with_too_little_to_grow_trees_from_leaves_those_that_are_there(refreshed: bytes) -> None:
    ranker = Ranker(CATALOGUE, **SMALL, examples_to_grow=10**6)
    ranker.load_shared(refreshed)
    before = ranker._blend.forest.features.tolist()

    ranker.take_learnt(refit(ranker, Refitter()))

    assert ranker._blend.forest.features.tolist() == before


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("raise KeyError('the lamp shop')", "ended with 1 KeyError"),
        ("import sys; sys.stdin.buffer.read(10); sys.exit(3)", "ended with 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended with -9"),
    ],
)
def test_a_child_that_fails_is_told_of_without_what_people_did(
    export: bytes, words: str, reason: str
) -> None:
    with pytest.raises(RefitError) as failure:
        refit(loaded(export), Refitter(child(words)))

    assert str(failure.value) == reason


def test_a_program_that_is_not_there_is_a_failed_refit(export: bytes) -> None:
    with pytest.raises(RefitError, match="FileNotFoundError"):
        refit(loaded(export), Refitter(("/nowhere/python",)))


def test_a_child_that_takes_too_long_is_ended(export: bytes) -> None:
    began = time.monotonic()

    with pytest.raises(RefitError, match="ended with -9"):
        refit(loaded(export), Refitter(child(FOREVER), timeout=0.2))

    assert time.monotonic() - began < 30


@pytest.mark.parametrize("answer", [b"", b"PK\x03\x04 nonsense", b"a line\n" * 1000])
def test_a_nonsensical_answer_changes_nothing(refreshed: bytes, answer: bytes) -> None:
    ranker = loaded(refreshed)

    with pytest.raises(SharedUnreadableError):
        ranker.take_learnt(answer)

    assert ranker.export_shared() == refreshed


def test_closing_ends_the_child_at_once_and_lets_no_other_begin(export: bytes) -> None:
    refitter, reasons = Refitter(child(FOREVER)), []
    lessons, settings = loaded(export).export_lessons(), Ranker([]).settings

    def ask() -> None:
        with pytest.raises(RefitError) as failure:
            refitter.refit(lessons, settings, NOW)
        reasons.append(str(failure.value))

    waiting = threading.Thread(target=ask)
    waiting.start()
    while refitter._child is None:
        time.sleep(0.01)
    began = time.monotonic()

    refitter.close()
    waiting.join(30)
    ask()

    assert reasons == ["ended with -9", "closed"]
    assert time.monotonic() - began < 5


def test_a_child_has_nothing_of_the_servers_environment_but_where_things_are(
    export: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = {"DATABASE_URL": "postgresql://hunter2", "KEYS_DIR": "/keys", "METRICS_TOKEN": "hunter2"}
    for name, secret in secrets.items():
        monkeypatch.setenv(name, secret)
    words = (
        "import os, sys, json; sys.stdin.buffer.read(1); print(json.dumps([dict(os.environ), os.nice(0)]))"
    )

    environment, priority = json.loads(refit(loaded(export), Refitter(child(words))))

    # LC_CTYPE is the interpreter's own doing.
    assert set(environment) - {"PATH", "LD_LIBRARY_PATH", "LANG", "LC_CTYPE", "PYTHONPATH"} == {
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
    }
    assert priority == max(NICENESS, os.nice(0))


def test_a_child_ends_when_its_server_is_gone(export: bytes) -> None:
    ranker = loaded(export)
    lessons = ranker.export_lessons()
    order = json.dumps({"bytes": len(lessons), "settings": SMALL, "at": NOW})
    pipe = subprocess.PIPE
    with subprocess.Popen([*PROGRAM, order], cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe) as orphan:
        assert orphan.stdin is not None
        assert orphan.stdout is not None
        assert orphan.stderr is not None
        orphan.stdin.write(lessons)
        orphan.stdin.flush()

        orphan.stdin.close()

        assert (orphan.stdout.read(), orphan.stderr.read(), orphan.wait(30)) == (b"", b"", 1)
