"""Scans made without a network, brought in afterwards."""

import pytest
from sqlalchemy import func, select

from identity import principals
from identity.ids import SessionId
from identity.principals import StaffMember
from identity.sessions import SessionRow
from tests.sandbox import JSON, Citizen, Sandbox, Staff, at_once, words
from tests.scans import KIND, ROUTE, SECOND, brought_in, item, shown_and_scanned
from wallet.showing.models import AccessRecordRow, OfflineScanRow, ShowTokenRow, TokenState
from wallet.showing.offline.reconciling import OfflineScan


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


@pytest.fixture
def officer(sandbox: Sandbox) -> Staff:
    return sandbox.staff()


def test_a_scan_is_judged_by_its_own_time_recorded_and_told(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    scan = shown_and_scanned(sandbox, citizen)

    (done,) = brought_in(officer, scan)
    record = sandbox.log_in("zhang-wei").access_records()[0]
    (notice,) = citizen.expect(200, "GET", "/v1/notices")["items"]
    past = officer.expect(200, "GET", f"/v1/verifications/{done['verification_id']}")

    assert done | {"verification_id": None} == {
        "outcome": "accepted",
        "reason": None,
        "status_then": "valid",
        "status_now": "valid",
        "double_use": False,
        "verification_id": None,
    }
    assert (record["id"], record["outcome"]) == (done["verification_id"], "accepted")
    assert record["at"] == scan["scanned_at"][:19] + "Z"
    assert notice["kind"] == "code_scanned_offline"
    assert (past["outcome"], past["holder"]) == ("accepted", None)


def test_a_scan_that_a_batch_holds_twice_is_told_as_a_second_use(
    sandbox: Sandbox, citizen: Citizen, officer: Staff
) -> None:
    scan = shown_and_scanned(sandbox, citizen)

    first, second = brought_in(officer, scan, scan)
    (again,) = brought_in(officer, scan)

    assert (first["outcome"], first["double_use"]) == ("accepted", False)
    assert (second["outcome"], second["reason"], second["double_use"]) == ("rejected", "used", True)
    assert second["verification_id"] == first["verification_id"]
    assert again == first


def test_it_uses_the_code_up(sandbox: Sandbox, citizen: Citizen, officer: Staff) -> None:
    shown = citizen.show(KIND, mode="offline")

    brought_in(officer, item(shown["qr_text"], sandbox.now()))

    assert officer.scan(shown["qr_text"])["reason"] == "used"


def test_a_code_that_was_used_online_before_is_a_double_use(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    shown = citizen.show(KIND, mode="offline")
    officer.scan(shown["qr_text"])

    (done,) = brought_in(officer, item(shown["qr_text"], sandbox.now()))
    kinds = words(citizen.expect(200, "GET", "/v1/notices")["items"], "kind")

    assert (done["outcome"], done["reason"], done["double_use"]) == ("rejected", "used", True)
    assert "code_scanned_twice" in kinds


def test_of_two_scans_in_one_batch_the_earlier_counts_wherever_it_stands(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    shown, now = citizen.show(KIND, mode="offline"), sandbox.now()

    later, earlier = brought_in(
        officer, item(shown["qr_text"], now + 2 * SECOND), item(shown["qr_text"], now + SECOND)
    )

    assert (earlier["outcome"], earlier["double_use"]) == ("accepted", False)
    assert (later["outcome"], later["reason"], later["double_use"]) == ("rejected", "used", True)


def test_two_verifiers_who_scanned_the_same_code_are_told_apart(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    scan = shown_and_scanned(sandbox, citizen)
    other = sandbox.staff("hotel", "H001")

    (first,), (second,) = brought_in(officer, scan), brought_in(other, scan)

    assert (first["outcome"], first["double_use"]) == ("accepted", False)
    assert (second["outcome"], second["double_use"]) == ("rejected", True)


def test_a_batch_sent_again_gets_the_same_answers_and_does_nothing(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    scans = [shown_and_scanned(sandbox, citizen), item("nonsense", sandbox.now())]

    first = brought_in(officer, *scans)
    again = brought_in(officer, *scans)
    with sandbox.parts.database.read() as session:
        records = session.scalar(select(func.count()).select_from(AccessRecordRow))

    assert again == first
    assert records == 2
    assert len(citizen.expect(200, "GET", "/v1/notices")["items"]) == 1


def test_a_batch_that_was_cut_off_leaves_nothing_and_is_done_whole_by_the_next(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    shown = citizen.show(KIND, mode="offline")
    scan = item(shown["qr_text"], sandbox.now())

    with pytest.raises(InterruptedError):
        reconcile_and_die(sandbox, OfflineScan(shown["qr_text"], sandbox.now()))
    with sandbox.parts.database.read() as session:
        state = session.scalars(select(ShowTokenRow.state)).one()
        left = session.scalar(select(func.count()).select_from(OfflineScanRow))
    (done,) = brought_in(officer, scan)

    assert (state, left) == (TokenState.ACTIVE, 0)
    assert done["outcome"] == "accepted"


def a_member(sandbox: Sandbox) -> StaffMember:
    with sandbox.parts.database.lookup() as connection:
        session_id = SessionId(
            connection.execute(select(SessionRow.id).where(SessionRow.staff_id.is_not(None)))
            .scalars()
            .first()
            or ""
        )
        return principals.staff_member(connection, session_id, sandbox.now())


def reconcile_and_die(sandbox: Sandbox, scan: OfflineScan) -> None:
    member, now = a_member(sandbox), sandbox.now()
    with sandbox.parts.database.write() as session:
        sandbox.parts.reconcile.reconcile(session, member, [scan], now)
        raise InterruptedError


def test_the_same_batch_sent_several_times_at_once_is_done_once(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    scan = shown_and_scanned(sandbox, citizen)

    answers = at_once(*[lambda: brought_in(officer, scan)] * 4)

    assert [done["outcome"] for (done,) in answers] == ["accepted"] * 4
    assert len({done["verification_id"] for (done,) in answers}) == 1


def test_what_is_no_offline_code_is_rejected_by_itself(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    online, good = citizen.show(KIND)["qr_text"], citizen.show(KIND, mode="offline")["qr_text"]
    texts = [online, "", "x" * 5000, "a.b.c", "\0", good[:-1], good]

    done = brought_in(officer, *(item(text, sandbox.now()) for text in texts))

    assert words(done, "reason") == ["malformed"] * 6 + [None]
    assert words(done, "status_then") == [None] * 6 + ["valid"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"items": []},
        {"items": [1]},
        {"items": [{"qr_text": "x"}]},
        {"items": [{"qr_text": "x", "scanned_at": "yesterday"}]},
        {"items": [{"qr_text": "x", "scanned_at": "2026-11-22T02:00:00"}]},
        {"items": [{"qr_text": "x", "scanned_at": "0001-01-01T00:00:00+14:00"}]},
        {"items": [{"qr_text": "x", "scanned_at": "9999-12-31T23:59:59-14:00"}]},
        {"items": [{"qr_text": None, "scanned_at": "2026-11-22T02:00:00Z"}]},
        {"items": [{"qr_text": "x", "scanned_at": "2026-11-22T02:00:00Z"}] * 101},
    ],
)
def test_a_batch_of_another_form_is_refused(standing_sandbox: Sandbox, body: JSON) -> None:
    standing_sandbox.staff().refused(422, "validation-failed", "POST", ROUTE, json=body)


def test_only_verifiers_bring_scans_in(standing_sandbox: Sandbox) -> None:
    body = {"items": [item("x", standing_sandbox.now())]}

    standing_sandbox.anybody.refused(401, "unauthenticated", "POST", ROUTE, json=body)
    standing_sandbox.log_in("zhang-wei").refused(403, "forbidden", "POST", ROUTE, json=body)


def test_a_hundred_scans_fit_one_batch(standing_sandbox: Sandbox) -> None:
    now = standing_sandbox.now()

    done = brought_in(standing_sandbox.staff(), *(item("A" * 400, now + n * SECOND) for n in range(100)))

    assert words(done, "reason") == ["malformed"] * 100
