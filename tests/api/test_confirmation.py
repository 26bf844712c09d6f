"""Confirm: the holder sees who asks before anything is disclosed, and has a minute to say yes or no."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from tests.interleaving import after_first
from tests.sandbox import JSON, Citizen, Sandbox, Staff, at_once
from wallet.kinds import Profile
from wallet.showing.models import VerifierGrantRow

KIND = "DRIVING_LICENCE"


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


@pytest.fixture
def officer(sandbox: Sandbox) -> Staff:
    return sandbox.staff()


def watch(citizen: Citizen, shown: JSON) -> JSON:
    return citizen.expect(200, "GET", f"/v1/show-tokens/{shown['id']}")


def answer(citizen: Citizen, shown: JSON, word: str) -> JSON:
    return citizen.expect(200, "POST", f"/v1/show-tokens/{shown['id']}/{word}")


def too_late(citizen: Citizen, shown: JSON, word: str) -> None:
    path = f"/v1/show-tokens/{shown['id']}/{word}"
    citizen.refused(409, "not-awaiting-confirmation", "POST", path)


def look(officer: Staff, scan: JSON) -> JSON:
    return officer.expect(200, "GET", f"/v1/verifications/{scan['id']}")


def test_nothing_is_disclosed_before_the_holder_confirms(citizen: Citizen, officer: Staff) -> None:
    shown = citizen.show(KIND, mode="confirm")

    scan = officer.scan(shown["qr_text"])

    assert (scan["outcome"], scan["signal"], scan["reason"]) == ("pending", "amber", None)
    assert (scan["licence"], scan["holder"]) == (None, None)
    assert scan["message"] == "等待持证人确认"
    assert look(officer, scan)["outcome"] == "pending"
    officer.refused(404, "photo-not-found", "GET", f"/v1/verifications/{scan['id']}/photo")


def test_the_holder_sees_who_asks_and_why_and_until_when(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    shown = citizen.show(KIND, mode="confirm")
    scan = officer.scan(shown["qr_text"], purpose="路面执法")

    state = watch(citizen, shown)

    assert state["state"] == "awaiting_confirmation"
    assert state["scanned_by"]["verification_id"] == scan["id"]
    assert state["scanned_by"]["organisation"]["name"] == "测试市公安局交通管理局"
    assert (state["scanned_by"]["staff_masked"], state["scanned_by"]["purpose"]) == ("V**1", "路面执法")
    assert scan["verified_at"] < state["confirm_by"]
    assert datetime.fromisoformat(state["confirm_by"]) <= sandbox.now() + timedelta(seconds=60)


@pytest.mark.parametrize("mode", ["confirm", "online"])
def test_a_scan_while_the_holder_watches_is_seen_wholly_or_not_yet(
    sandbox: Sandbox, citizen: Citizen, officer: Staff, mode: str
) -> None:
    shown = citizen.show(KIND, mode=mode)
    scans: list[JSON] = []

    with after_first(sandbox, "show_tokens", lambda: scans.append(officer.scan(shown["qr_text"]))):
        before = watch(citizen, shown)
    after = watch(citizen, shown)

    assert (before["state"], before["scanned_by"]) == ("active", None)
    assert after["state"] == {"confirm": "awaiting_confirmation", "online": "used"}[mode]
    assert after["scanned_by"]["verification_id"] == scans[0]["id"]


def test_a_confirmed_scan_is_accepted_and_shows_the_licence(citizen: Citizen, officer: Staff) -> None:
    shown = citizen.show(KIND, mode="confirm")
    scan = officer.scan(shown["qr_text"])

    state = answer(citizen, shown, "confirm")

    seen = look(officer, scan)
    assert (state["state"], state["confirm_by"]) == ("used", None)
    assert (seen["id"], seen["outcome"], seen["signal"]) == (scan["id"], "accepted", "green")
    assert seen["holder"] == {"name_masked": "*伟"}
    assert "vehicle_class" in [field["key"] for field in seen["licence"]["fields"]]
    assert officer.get(f"/v1/verifications/{scan['id']}/photo").mimetype == "image/png"


def test_a_declined_scan_is_rejected_and_shows_nothing(citizen: Citizen, officer: Staff) -> None:
    shown = citizen.show(KIND, mode="confirm")
    scan = officer.scan(shown["qr_text"])

    state = answer(citizen, shown, "decline")

    seen = look(officer, scan)
    assert state["state"] == "declined"
    assert (seen["outcome"], seen["reason"]) == ("rejected", "declined")
    assert (seen["licence"], seen["holder"]) == (None, None)
    assert officer.scan(shown["qr_text"])["reason"] == "declined"


@pytest.mark.parametrize("first", ["confirm", "decline"])
@pytest.mark.parametrize("second", ["confirm", "decline"])
def test_the_holders_word_is_final(citizen: Citizen, officer: Staff, first: str, second: str) -> None:
    shown = citizen.show(KIND, mode="confirm")
    scan = officer.scan(shown["qr_text"])
    state = answer(citizen, shown, first)["state"]
    outcome = look(officer, scan)["outcome"]

    too_late(citizen, shown, second)

    assert watch(citizen, shown)["state"] == state
    assert look(officer, scan)["outcome"] == outcome


def test_a_minute_after_the_scan_it_is_too_late(sandbox: Sandbox, citizen: Citizen, officer: Staff) -> None:
    shown = citizen.show(KIND, mode="confirm", lifetime_seconds=300)
    scan = officer.scan(shown["qr_text"])
    sandbox.pass_time(timedelta(seconds=60))

    too_late(citizen, shown, "confirm")
    too_late(citizen, shown, "decline")

    seen = look(officer, scan)
    assert watch(citizen, shown)["state"] == "expired"
    assert (seen["outcome"], seen["reason"], seen["holder"]) == ("rejected", "expired", None)


def test_the_minute_counts_from_the_scan_whatever_the_tokens_own_end(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    shown = citizen.show(KIND, mode="confirm", lifetime_seconds=30)
    sandbox.pass_time(timedelta(seconds=20))
    scan = officer.scan(shown["qr_text"])
    sandbox.pass_time(timedelta(seconds=45))

    state = answer(citizen, shown, "confirm")["state"]

    assert state == "used"
    assert look(officer, scan)["outcome"] == "accepted"


def test_while_a_scan_waits_the_code_is_used_for_everybody_else(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    shown = citizen.show(KIND, mode="confirm")
    colleague = sandbox.staff("service-hall", "S001")
    first = officer.scan(shown["qr_text"])

    other, same = colleague.scan(shown["qr_text"]), officer.scan(shown["qr_text"])

    assert (other["reason"], other["used_by_you"]) == ("used", False)
    assert "verification_id" not in other
    assert (same["reason"], same["used_by_you"], same["verification_id"]) == ("used", True, first["id"])
    assert answer(citizen, shown, "confirm")["state"] == "used"
    assert look(officer, first)["outcome"] == "accepted"


def test_a_code_whose_minute_is_over_is_expired_for_the_next_scanner(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    shown = citizen.show(KIND, mode="confirm", lifetime_seconds=300)
    officer.scan(shown["qr_text"])
    sandbox.pass_time(timedelta(seconds=61))

    seen = sandbox.staff("service-hall", "S001").scan(shown["qr_text"])

    assert watch(citizen, shown)["state"] == "expired"
    assert seen["reason"] == "expired"


def test_everything_is_checked_again_at_the_moment_of_confirming(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    shown = citizen.show(KIND, mode="confirm", disclose="full")
    scan = officer.scan(shown["qr_text"])
    sandbox.decide(citizen.licence(KIND)["identifier"], "revoked")

    answer(citizen, shown, "confirm")

    seen = look(officer, scan)
    assert (seen["outcome"], seen["reason"], seen["holder"]) == ("rejected", "licence_revoked", None)
    assert seen["licence"] == {"kind": KIND, "title": "机动车驾驶证", "status": "revoked", "fields": []}
    (record,) = citizen.access_records()
    assert (record["outcome"], record["reason"], record["fields"]) == ("rejected", "licence_revoked", [])


def test_a_waiting_code_can_be_withdrawn(citizen: Citizen, officer: Staff) -> None:
    shown = citizen.show(KIND, mode="confirm")
    scan = officer.scan(shown["qr_text"])

    answer(citizen, shown, "withdraw")

    too_late(citizen, shown, "confirm")
    seen = look(officer, scan)
    assert (seen["outcome"], seen["reason"], seen["holder"]) == ("rejected", "withdrawn", None)


def test_a_confirmation_gives_the_verifier_two_minutes_from_then_on(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    shown = citizen.show(KIND, mode="confirm")
    scan = officer.scan(shown["qr_text"])
    sandbox.pass_time(timedelta(seconds=50))
    answer(citizen, shown, "confirm")
    sandbox.pass_time(timedelta(seconds=110))
    within = look(officer, scan)
    sandbox.pass_time(timedelta(seconds=11))

    after = look(officer, scan)

    assert within["holder"] == {"name_masked": "*伟"}
    assert (after["outcome"], after["holder"], after["licence"]["fields"]) == ("accepted", None, [])


def test_of_confirm_and_decline_at_the_same_moment_one_counts(citizen: Citizen, officer: Staff) -> None:
    shown = citizen.show(KIND, mode="confirm")
    scan = officer.scan(shown["qr_text"])
    path = f"/v1/show-tokens/{shown['id']}"

    answers = at_once(lambda: citizen.post(f"{path}/confirm"), lambda: citizen.post(f"{path}/decline"))

    confirmed = answers[0].status_code == 200
    assert sorted(one.status_code for one in answers) == [200, 409]
    assert look(officer, scan)["outcome"] == ("accepted" if confirmed else "rejected")


def test_what_the_organisation_may_see_is_asked_again_at_the_moment_of_confirming(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    shown = citizen.show(KIND, disclose="full")
    waiting = officer.scan(shown["qr_text"])
    with sandbox.parts.database.write() as session:
        session.execute(update(VerifierGrantRow).values(profile=Profile.BASIC))

    citizen.expect(200, "POST", f"/v1/show-tokens/{shown['id']}/confirm")

    seen = officer.expect(200, "GET", f"/v1/verifications/{waiting['id']}")
    assert seen["holder"] == {"name_masked": "*伟"}
    assert "vehicle_class" in citizen.access_records()[0]["fields"]
    assert "address" not in citizen.access_records()[0]["fields"]
