"""Showing a licence: what a show token is, how long it lives, and how it ends."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.sandbox import JSON, Citizen, Sandbox, Staff

KIND = "DRIVING_LICENCE"


def state(citizen: Citizen, shown: JSON) -> JSON:
    return citizen.expect(200, "GET", f"/v1/show-tokens/{shown['id']}")


def withdraw(citizen: Citizen, shown: JSON) -> JSON:
    return citizen.expect(200, "POST", f"/v1/show-tokens/{shown['id']}/withdraw")


def opened(segment: str) -> dict[str, Any]:
    opened: dict[str, Any] = json.loads(base64.urlsafe_b64decode(segment + "=="))
    return opened


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


@pytest.fixture
def officer(sandbox: Sandbox) -> Staff:
    return sandbox.staff()


def test_a_token_tells_nothing_but_a_random_id_and_its_end(citizen: Citizen) -> None:
    shown = citizen.show(KIND)

    header, payload, _ = shown["token"].split(".")
    claims = opened(payload)
    assert set(opened(header)) == {"alg", "kid", "typ"}
    assert (opened(header)["alg"], opened(header)["typ"]) == ("ES256", "lz")
    assert len(opened(header)["kid"]) <= 4
    assert set(claims) == {"jti", "exp"}
    assert len(claims["jti"]) == 22
    assert claims["exp"] == instant(shown["expires_at"]).timestamp()


def test_a_token_fits_the_qr_and_is_the_qr(citizen: Citizen) -> None:
    shown = [citizen.show(KIND) for _ in range(20)]

    assert max(len(one["token"]) for one in shown) <= 213
    assert all(one["qr_text"] == one["token"] for one in shown)


def test_by_default_a_token_is_online_basic_and_lives_a_minute(citizen: Citizen) -> None:
    shown = citizen.show(KIND)

    lifetime = instant(shown["expires_at"]) - instant(shown["issued_at"])
    assert (shown["mode"], shown["disclose"], shown["check_code"]) == ("online", "basic", None)
    assert (lifetime, shown["refresh_after_seconds"]) == (timedelta(seconds=60), 45)


@pytest.mark.parametrize("seconds", [30, 60, 300])
def test_a_holder_may_ask_for_half_a_minute_to_five(citizen: Citizen, seconds: int) -> None:
    shown = citizen.show(KIND, lifetime_seconds=seconds)

    lifetime = instant(shown["expires_at"]) - instant(shown["issued_at"])
    assert lifetime == timedelta(seconds=seconds)
    assert shown["refresh_after_seconds"] < seconds


@pytest.mark.parametrize("seconds", [29, 301, 0, -1, 60.5, "60", True, 10**18])
def test_another_lifetime_is_refused_by_name(citizen: Citizen, seconds: object) -> None:
    path = f"/v1/licences/{citizen.licence(KIND)['id']}/show-tokens"

    problem = citizen.refused(422, "validation-failed", "POST", path, json={"lifetime_seconds": seconds})

    assert list(problem["errors"]) == ["lifetime_seconds"]


def test_a_body_is_not_needed(citizen: Citizen) -> None:
    path = f"/v1/licences/{citizen.licence(KIND)['id']}/show-tokens"

    assert citizen.expect(201, "POST", path)["mode"] == "online"


def test_full_disclosure_forces_confirm(citizen: Citizen) -> None:
    shown = citizen.show(KIND, disclose="full", mode="online")

    assert (shown["mode"], shown["disclose"]) == ("confirm", "full")


def test_a_token_is_active_until_it_is_scanned(citizen: Citizen, officer: Staff) -> None:
    shown = citizen.show(KIND)
    before = state(citizen, shown)

    seen = officer.scan(shown["qr_text"], purpose="路面执法")

    after = state(citizen, shown)
    assert (before["state"], before["scanned_by"]) == ("active", None)
    assert after["state"] == "used"
    assert after["scanned_by"] == {
        "verification_id": seen["id"],
        "organisation": {"code": "traffic-police", "name": "测试市公安局交通管理局"},
        "staff_masked": "V**1",
        "purpose": "路面执法",
        "outcome": "accepted",
        "reason": None,
        "at": seen["verified_at"],
    }


def test_a_token_lives_until_its_end_and_at_its_end_is_expired(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    first, second = citizen.show(KIND), citizen.show(KIND)
    sandbox.set_clock(instant(first["expires_at"]) - timedelta(seconds=10))
    in_time = officer.scan(first["qr_text"])
    sandbox.set_clock(instant(second["expires_at"]))

    too_late = officer.scan(second["qr_text"])

    assert in_time["outcome"] == "accepted"
    assert (too_late["outcome"], too_late["reason"]) == ("rejected", "expired")
    assert state(citizen, second)["state"] == "expired"


def test_a_used_token_stays_used_when_its_time_is_over(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    shown = citizen.show(KIND)
    officer.scan(shown["qr_text"])
    sandbox.pass_time(timedelta(minutes=5))

    assert state(citizen, shown)["state"] == "used"


def test_at_most_three_tokens_of_a_licence_live_and_the_oldest_goes(
    citizen: Citizen,
    officer: Staff,
) -> None:
    shown = [citizen.show(KIND, lifetime_seconds=300) for _ in range(5)]

    states = [state(citizen, one)["state"] for one in shown]
    oldest, newest = officer.scan(shown[0]["qr_text"]), officer.scan(shown[-1]["qr_text"])

    assert states == ["withdrawn", "withdrawn", "active", "active", "active"]
    assert (oldest["reason"], newest["outcome"]) == ("withdrawn", "accepted")


def test_an_expired_token_makes_room(sandbox: Sandbox, citizen: Citizen) -> None:
    for _ in range(3):
        citizen.show(KIND, lifetime_seconds=30)
    sandbox.pass_time(timedelta(seconds=31))
    second_round = [citizen.show(KIND) for _ in range(3)]

    assert [state(citizen, one)["state"] for one in second_round] == ["active"] * 3


def test_tokens_of_other_licences_and_other_holders_do_not_count(sandbox: Sandbox, citizen: Citizen) -> None:
    wife = sandbox.citizen("li-na")
    his = citizen.show("MARRIAGE_CERT")
    for _ in range(3):
        wife.show("MARRIAGE_CERT")
        citizen.show("ID_CARD")

    assert state(citizen, his)["state"] == "active"


def test_a_withdrawn_token_is_of_no_use(citizen: Citizen, officer: Staff) -> None:
    shown = citizen.show(KIND)

    withdrawn = withdraw(citizen, shown)

    assert withdrawn["state"] == "withdrawn"
    assert officer.scan(shown["qr_text"])["reason"] == "withdrawn"


@pytest.mark.parametrize("end", ["withdrawn", "used", "expired"])
def test_an_ended_token_can_not_be_withdrawn(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
    end: str,
) -> None:
    shown = citizen.show(KIND)
    match end:
        case "withdrawn":
            withdraw(citizen, shown)
        case "used":
            officer.scan(shown["qr_text"])
        case _:
            sandbox.pass_time(timedelta(seconds=61))

    citizen.refused(410, "show-token-ended", "POST", f"/v1/show-tokens/{shown['id']}/withdraw")

    assert state(citizen, shown)["state"] == end


@pytest.mark.parametrize("answer", ["confirm", "decline"])
def test_a_token_that_nobody_scanned_awaits_no_word(citizen: Citizen, answer: str) -> None:
    shown = citizen.show(KIND, mode="confirm")

    citizen.refused(409, "not-awaiting-confirmation", "POST", f"/v1/show-tokens/{shown['id']}/{answer}")

    assert state(citizen, shown)["state"] == "active"


@pytest.mark.parametrize(
    "body", [{"mode": "OFFLINE"}, {"mode": "x"}, {"disclose": "all"}, {"disclose": None}]
)
def test_a_mode_or_profile_that_is_not_offered_is_refused_by_name(citizen: Citizen, body: JSON) -> None:
    path = f"/v1/licences/{citizen.licence(KIND)['id']}/show-tokens"

    problem = citizen.refused(422, "validation-failed", "POST", path, json=body)

    assert list(problem["errors"]) == list(body)
