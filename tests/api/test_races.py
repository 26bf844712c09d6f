"""Many at once: in one process, and on two server processes that share only the database and the keys."""

from collections import Counter
from functools import partial

import httpx
import pytest

from tests import outside
from tests.interleaving import after_first_call
from tests.sandbox import FIRST_DAY, Sandbox, at_once, claim_of, words
from tests.stores import ON_POSTGRES
from wallet.showing.verification import VerifyDesk

SCANNERS = 48
KIND = "DRIVING_LICENCE"


def bearer(staff: httpx.Client) -> str:
    token: str = staff.headers["Authorization"].removeprefix("Bearer ")
    return token


def test_of_48_scanners_on_two_servers_exactly_one_is_accepted(addresses: tuple[str, str]) -> None:
    citizen = outside.citizen(addresses[0], "zhang-wei")
    police = outside.staff(addresses[0], "traffic-police", "V001")
    hall = outside.staff(addresses[1], "service-hall", "S001")
    tokens = [bearer(police), bearer(hall)]
    # Every member of staff scans through both servers.
    scanners = [(addresses[place % 2], tokens[place // 2 % 2]) for place in range(SCANNERS)]

    for _ in range(3):
        shown = outside.show(citizen, KIND)
        seen = outside.race(scanners, shown["qr_text"])

        outcomes = Counter((one["outcome"], one["reason"]) for one in seen)
        assert outcomes == {("accepted", None): 1, ("rejected", "used"): SCANNERS - 1}
        assert len(set(words(seen, "id"))) == SCANNERS
        disclosed = [one for one in seen if one["holder"] or one["licence"]]
        assert words(disclosed, "outcome") == ["accepted"]
        state = citizen.get(f"/v1/show-tokens/{shown['id']}").json()
        assert state["scanned_by"]["verification_id"] == disclosed[0]["id"]

    records = citizen.get("/v1/access-records", params={"limit": 100}).json()["items"]
    assert len(records) == 100
    for via in (citizen, police, hall):
        via.close()


def test_of_48_scanners_that_wait_for_the_holder_exactly_one_is_pending(
    addresses: tuple[str, str],
) -> None:
    citizen = outside.citizen(addresses[0], "li-na")
    police = outside.staff(addresses[0], "traffic-police", "V001")
    shown = outside.show(citizen, KIND, disclose="full")

    seen = outside.race(
        [(addresses[place % 2], bearer(police)) for place in range(SCANNERS)], shown["qr_text"]
    )

    assert Counter(words(seen, "outcome")) == {"pending": 1, "rejected": SCANNERS - 1}
    assert [one for one in seen if one["holder"] or one["licence"]] == []
    citizen.close()
    police.close()


def test_of_many_shows_at_once_three_codes_live(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    path = f"/v1/licences/{citizen.licence(KIND)['id']}/show-tokens"

    shown = at_once(*[lambda: citizen.expect(201, "POST", path)] * 8)

    states = Counter(citizen.expect(200, "GET", f"/v1/show-tokens/{one['id']}")["state"] for one in shown)
    assert states == {"active": 3, "withdrawn": 5}


def test_first_logins_of_one_person_at_once_open_one_account(sandbox: Sandbox) -> None:
    logins = at_once(*[lambda: sandbox.log_in("li-na")] * 8)

    assert len({login.account["id"] for login in logins if login.account}) == 1


def test_one_account_bound_many_times_at_once_is_bound_here_and_nowhere_else(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("li-na")
    claim = claim_of("li-na")

    answers = at_once(*[lambda: citizen.post("/v1/real-name", claim)] * 4)

    codes = Counter((answer.get_json() or {}).get("code", answer.status_code) for answer in answers)
    assert codes == {201: 1, "real-name-already-bound": 3}


def test_holders_of_one_licence_who_sync_at_once_on_many_devices_share_it(sandbox: Sandbox) -> None:
    husband, wife = sandbox.log_in("zhang-wei"), sandbox.log_in("li-na")
    for one in (husband, wife):
        one.bind()

    at_once(husband.sync, wife.sync, husband.sync, wife.sync)

    assert husband.licence("MARRIAGE_CERT")["id"] == wife.licence("MARRIAGE_CERT")["id"]
    assert (len(husband.licences()), len(wife.licences())) == (11, 9)


@pytest.mark.parametrize("_turn", range(3))
def test_a_code_that_is_withdrawn_and_scanned_at_once_is_one_or_the_other(
    sandbox: Sandbox,
    _turn: int,
) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    shown = citizen.show(KIND)
    token, body = f"/v1/show-tokens/{shown['id']}", {"qr_text": shown["qr_text"]}

    withdrawn, scanned = at_once(
        lambda: citizen.post(f"{token}/withdraw"),
        lambda: officer.post("/v1/verifications", json=body),
    )

    state, seen = citizen.expect(200, "GET", token)["state"], scanned.get_json()
    if withdrawn.status_code == 200:
        assert (state, seen["reason"], seen["holder"]) == ("withdrawn", "withdrawn", None)
    else:
        assert (withdrawn.status_code, state, seen["outcome"]) == (410, "used", "accepted")


def test_a_session_revoked_on_one_server_is_over_on_the_other(addresses: tuple[str, str]) -> None:
    with outside.client(addresses[0]) as anybody:
        session = outside.post(anybody, "/v1/sessions", {"provider": "sandbox", "code": "zheng-hao"})
    with outside.client(addresses[0], session["refresh_token"]) as refresher:
        renewed = outside.post(refresher, "/v1/sessions/refresh")
        reused = refresher.post("/v1/sessions/refresh")

    with outside.client(addresses[1], renewed["access_token"]) as elsewhere:
        answer = elsewhere.get("/v1/account")

    assert (reused.status_code, answer.status_code) == (401, 401)


def test_a_clock_moved_on_one_server_is_moved_on_the_other(addresses: tuple[str, str]) -> None:
    with outside.client(addresses[0]) as one, outside.client(addresses[1]) as other:
        outside.post(one, "/v1/sandbox/clock", {"now": "2031-05-05T05:05:05Z"})

        told = other.get("/v1/sandbox/clock").json()["now"]
        outside.post(one, "/v1/sandbox/clock", {"now": FIRST_DAY.isoformat()})

    assert told.startswith("2031-05-05T05:0")


@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite lets nobody else write while a scan is written down")
def test_a_code_whose_holder_closes_the_account_while_it_is_scanned_is_unknown(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    citizen.prove()
    shown = citizen.show(KIND)
    closes = partial(citizen.expect, 200, "POST", "/v1/account/close")
    after_first_call(monkeypatch, VerifyDesk, "_judge", closes)

    scan = officer.scan(shown["qr_text"])

    assert (scan["outcome"], scan["reason"], scan["licence"]) == ("rejected", "unknown_code", None)
    (recorded,) = officer.expect(200, "GET", "/v1/verifications")["items"]
    assert (recorded["id"], recorded["reason"]) == (scan["id"], "unknown_code")
