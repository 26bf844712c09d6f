"""Purging what offline verification leaves behind, where more counts than a row's age."""

from datetime import timedelta

from tests.api.test_purging import KIND, MARGIN, count, purge
from tests.sandbox import Sandbox
from tests.scans import brought_in, item
from wallet.status_lists import blocks, publishing
from wallet.status_lists.encoding import ListStatus
from wallet.status_lists.entries import ENTRIES_PER_HOLDING


def test_the_last_change_of_a_status_stays_so_that_deltas_still_come_to_the_list(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    citizen.show(KIND, mode="offline")
    for status in ("suspended", "revoked"):
        sandbox.decide(citizen.licence(KIND)["identifier"], status)
    there = count(sandbox, "status_changes")
    sandbox.pass_time(sandbox.parts.config.retention.status_changes + MARGIN)

    purge(sandbox)

    with sandbox.parts.database.read() as session:
        (list_id,) = publishing.all_ids(session)
        since = blocks.changed_since(session, list_id, 0, 100) or {}
        before = [blocks.status_at(session, list_id, place, sandbox.now()) for place in since]
    assert (there, count(sandbox, "status_changes")) == (2 * ENTRIES_PER_HOLDING, ENTRIES_PER_HOLDING)
    assert set(since.values()) == set(before) == {ListStatus.INVALID}


def test_a_scan_from_a_clock_far_ahead_goes_with_its_record(sandbox: Sandbox) -> None:
    shown = sandbox.citizen("zhang-wei").show(KIND, mode="offline")
    brought_in(sandbox.staff(), item(shown["qr_text"], sandbox.now() + timedelta(days=20_000)))
    there = count(sandbox, "offline_scans")
    sandbox.pass_time(sandbox.parts.config.retention.access_records + MARGIN)

    purge(sandbox)

    assert (there, count(sandbox, "offline_scans"), count(sandbox, "access_records")) == (1, 0, 0)
