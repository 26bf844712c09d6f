"""A newer version takes an older one's place: whole, or not at all, wherever the process dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.api.registry_events import count, renew, send, signed
from tests.sandbox import Sandbox

KIND = "DRIVING_LICENCE"
WRITES = ("INSERT", "UPDATE", "DELETE")


class PowerCut(BaseException):
    """The process dies; no handler of ours catches it."""


@contextmanager
def dying_after(sandbox: Sandbox, writes: int) -> Iterator[list[str]]:
    """Let the process die when it has written so often; lends what was written."""
    done: list[str] = []
    engine = sandbox.parts.database.engine

    def watch(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(WRITES):
            if len(done) == writes:
                raise PowerCut
            done.append(statement)

    event.listen(engine, "before_cursor_execute", watch)
    try:
        yield done
    finally:
        event.remove(engine, "before_cursor_execute", watch)


def test_a_process_that_dies_anywhere_in_superseding_leaves_what_the_next_event_mends(
    sandbox: Sandbox,
) -> None:
    citizen = sandbox.citizen("zhang-wei")
    before = citizen.licence(KIND)
    citizen.expect(200, "POST", f"/v1/licences/{before['id']}/preferences", json={"pinned": True})
    before = citizen.licence(KIND)
    newer = renew(sandbox, before["identifier"])
    jws = signed(sandbox, "supersede", before["identifier"], version=2)

    deaths = 0
    while True:
        with dying_after(sandbox, deaths) as written:
            try:
                answer = send(sandbox, jws).get_json()
                break
            except PowerCut:
                deaths += 1
        assert citizen.licence(KIND) == before
        assert count(sandbox.parts.database, "registry_events") == 0

    after = citizen.licence(KIND)
    # The event, the new licence and its photo, the old one's end, and the holding, at the least.
    assert deaths == len(written) >= 6
    assert answer["outcome"] == "applied"
    assert (after["identifier"], after["pinned"]) == (newer, True)


def test_a_process_that_dies_anywhere_in_a_sync_leaves_what_the_next_sync_mends(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    before = citizen.licences()
    newer = renew(sandbox, citizen.licence(KIND)["identifier"])

    for writes in (1, 8, 16):
        with dying_after(sandbox, writes), pytest.raises(PowerCut):
            citizen.sync()
        assert citizen.licences() == before

    citizen.sync()
    assert citizen.licence(KIND)["identifier"] == newer
    assert len(citizen.licences()) == len(before)
