"""Many at once, on two server processes that share nothing but the database and the keys."""

from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from api.config import Config
from tests import live, outside
from tests.sandbox import words

SCANNERS = 48
KIND = "DRIVING_LICENCE"


@pytest.fixture
def addresses(config: Config) -> Iterator[tuple[str, str]]:
    """Two running servers."""
    with live.serving(config) as one, live.serving(config) as other:
        yield one, other


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
    citizen = outside.citizen(addresses[0], "zhang-wei")
    police = outside.staff(addresses[0], "traffic-police", "V001")
    shown = outside.show(citizen, KIND, disclose="full")

    seen = outside.race(
        [(addresses[place % 2], bearer(police)) for place in range(SCANNERS)], shown["qr_text"]
    )

    assert Counter(words(seen, "outcome")) == {"pending": 1, "rejected": SCANNERS - 1}
    assert [one for one in seen if one["holder"] or one["licence"]] == []
    citizen.close()
    police.close()


def test_a_session_revoked_on_one_server_is_over_on_the_other(addresses: tuple[str, str]) -> None:
    with outside.client(addresses[0]) as anybody:
        session = outside.post(anybody, "/v1/sessions", {"provider": "sandbox", "code": "zhang-wei"})
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

    assert told.startswith("2031-05-05T05:0")
