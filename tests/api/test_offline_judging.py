"""Scans made without a network are judged by what was so when they were made."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from identity.ids import PersonId
from tests.sandbox import Citizen, Sandbox, Staff
from tests.scans import KIND, MINUTE, SECOND, brought_in, item, shown_and_scanned
from wallet.showing.models import ShowTokenRow
from wallet.showing.offline.scan_times import MOST_AHEAD, MOST_BEHIND
from wallet.status_lists import entries


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


@pytest.fixture
def officer(sandbox: Sandbox) -> Staff:
    return sandbox.staff()


def freeze(sandbox: Sandbox, at: datetime) -> None:
    with sandbox.parts.database.write() as session:
        person = PersonId(session.scalars(select(ShowTokenRow.person_id)).first() or "")
        entries.set_frozen(session, person, at, frozen=True)


@pytest.mark.parametrize(
    ("status", "reason"), [("suspended", "licence_suspended"), ("revoked", "licence_revoked")]
)
def test_what_its_department_decided_before_the_scan_counts_and_after_it_does_not(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
    status: str,
    reason: str,
) -> None:
    identifier = citizen.licence(KIND)["identifier"]
    codes = [citizen.show(KIND, mode="offline", lifetime_seconds=300)["qr_text"] for _ in range(2)]
    begin = sandbox.now()
    sandbox.pass_time(10 * SECOND)
    sandbox.decide(identifier, status)

    before, after = brought_in(officer, item(codes[0], begin), item(codes[1], begin + 30 * SECOND))

    assert (before["outcome"], before["status_then"], before["status_now"]) == ("accepted", "valid", status)
    assert (after["outcome"], after["reason"], after["status_then"]) == ("rejected", reason, status)


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (timedelta(0), None),
        (59 * SECOND, None),
        (60 * SECOND, "expired"),
        (-60 * SECOND, None),
        (-120 * SECOND, "not_yet_valid"),
    ],
)
def test_a_codes_life_is_judged_at_the_scan(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
    after: timedelta,
    reason: str | None,
) -> None:
    shown = citizen.show(KIND, mode="offline")
    issued = datetime.fromisoformat(shown["issued_at"])
    sandbox.pass_time(20 * MINUTE)

    (done,) = brought_in(officer, item(shown["qr_text"], issued + after))

    assert done["reason"] == reason


def test_a_scan_too_far_ahead_or_back_is_rejected_by_itself(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    text, now = citizen.show(KIND, mode="offline")["qr_text"], sandbox.now()
    times = [now + MOST_AHEAD + MINUTE, now - MOST_BEHIND - MINUTE]

    ahead, back = brought_in(officer, *(item(text, at) for at in times))

    assert (ahead["outcome"], ahead["reason"]) == ("rejected", "not_yet_valid")
    assert (back["outcome"], back["reason"]) == ("rejected", "expired")
    # The device's time is no longer believed: a record that said 2001 would be purged the next night.
    assert {record["at"] for record in citizen.access_records()} == {f"{now:%Y-%m-%dT%H:%M:%SZ}"}


def test_a_code_that_was_withdrawn_only_after_the_scan_was_good(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    shown, begin = citizen.show(KIND, mode="offline", lifetime_seconds=300), sandbox.now()
    other = citizen.show(KIND, mode="offline", lifetime_seconds=300)
    sandbox.pass_time(20 * SECOND)
    for token in (shown, other):
        citizen.expect(200, "POST", f"/v1/show-tokens/{token['id']}/withdraw")

    before, after = brought_in(
        officer, item(shown["qr_text"], begin + SECOND), item(other["qr_text"], begin + 30 * SECOND)
    )

    assert (before["outcome"], after["reason"]) == ("accepted", "withdrawn")


def test_a_kind_that_the_organisation_may_not_verify_is_not_used_up(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    scan = shown_and_scanned(sandbox, citizen)

    (hotel,) = brought_in(sandbox.staff("hotel", "H001"), scan)
    (police,) = brought_in(officer, scan)

    assert hotel["reason"] == "not_permitted"
    assert (police["outcome"], police["double_use"]) == ("accepted", True)


def test_a_wallet_that_was_frozen_at_the_scan_is_said_to_have_been(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    scan = shown_and_scanned(sandbox, citizen)
    begin = datetime.fromisoformat(scan["scanned_at"])
    freeze(sandbox, begin - SECOND)

    (done,) = brought_in(officer, scan)

    assert (done["reason"], done["status_then"]) == ("wallet_frozen", "valid")
