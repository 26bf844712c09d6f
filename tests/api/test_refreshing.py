"""The background's refit seen from a worker: it may fail, be ended, or teach, and requests go on."""

import sys
import threading
import time

import pytest
from structlog.testing import capture_logs

from api.config import Config
from hotservices.ranking import Ranker
from hotservices.signals.columns import Column
from hotservices.signals.settings import Settings
from hotservices.usage import snapshots
from hotservices.usage.refitting import Refitter
from tests.sandbox import JSON, Sandbox, running

SCHOOL = "SVC0101"


class Teacher(Refitter):
    """Answers at once, and always the same."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self._answer = answer

    def refit(self, lessons: bytes, settings: Settings, at: int) -> bytes:
        """Return the answer."""
        return self._answer


def child(words: str) -> Refitter:
    return Refitter((sys.executable, "-c", words))


def use(sandbox: Sandbox) -> None:
    event = {"service_code": SCHOOL, "action": "apply"}
    sandbox.log_in("li-na").expect(202, "POST", "/v1/service-events", json={"events": [event]})
    sandbox.parts.ranking.catch_up()


def weight_of_attributes(ranker: Ranker | None) -> float:
    assert ranker is not None
    return float(ranker._blend.line[Column.TRAITS])


def listed(sandbox: Sandbox) -> list[JSON]:
    items: list[JSON] = sandbox.anybody.expect(200, "GET", "/v1/hot-services")["items"]
    return items


@pytest.mark.parametrize(
    ("refitter", "reason"),
    [
        (child("raise MemoryError"), "ended with 1 MemoryError"),
        (child("print('nonsense')"), "SharedUnreadableError"),
        (Teacher(b""), "SharedUnreadableError"),
    ],
)
def test_a_failed_refit_is_a_line_in_the_log_and_lists_go_on(
    sandbox: Sandbox, refitter: Refitter, reason: str
) -> None:
    use(sandbox)
    desk = sandbox.parts.ranking
    before = weight_of_attributes(desk.ranker)
    desk._refitter = refitter

    with capture_logs() as logs:
        desk.refresh()

    said = [line for line in logs if line["event"] == "the ranking could not be refitted"]
    assert [line["error"] for line in said] == [reason]
    assert weight_of_attributes(desk.ranker) == before
    assert listed(sandbox)


def test_a_worker_that_closes_does_not_wait_for_its_refit(config: Config) -> None:
    with capture_logs() as logs:
        with running(config) as sandbox:
            use(sandbox)
            desk = sandbox.parts.ranking
            desk._refitter = child("import time; time.sleep(600)")
            refreshing = threading.Thread(target=desk.refresh)
            refreshing.start()
            while desk._refitter._child is None:
                time.sleep(0.01)
            # Learning and lists go on beside it.
            use(sandbox)
            assert listed(sandbox)
            began = time.monotonic()
        refreshing.join(30)

    assert time.monotonic() - began < 5
    assert not refreshing.is_alive()
    assert [line for line in logs if line["event"] == "the ranking could not be refitted"] == []


def test_a_snapshot_holds_what_was_just_learnt_and_says_up_to_where(sandbox: Sandbox) -> None:
    use(sandbox)
    parts = sandbox.parts
    taught = Ranker([])
    taught._blend.line[Column.TRAITS] = 5
    parts.ranking._refitter = Teacher(taught.export_learnt())

    parts.ranking.refresh()

    with parts.database.read() as session:
        snapshot = snapshots.read(session, parts.cipher)
    kept = Ranker([])
    assert snapshot is not None
    kept.load_shared(snapshot.tables)
    assert parts.ranking.ranker is not None
    assert weight_of_attributes(kept) == weight_of_attributes(parts.ranking.ranker) == 5
    assert kept.visits() == parts.ranking.ranker.visits() == 1
    assert snapshot.log_id == parts.ranking._tail.read_up_to
