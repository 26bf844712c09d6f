"""Two servers that share only the database and the keys: codes, freezes, batches and events that meet."""

import base64
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pytest

from tests import outside
from tests.outside import post
from tests.sandbox import JSON, at_once
from wallet.showing import check_codes
from wallet.status_lists.encoding import ListStatus, unpack

KIND = "DRIVING_LICENCE"
BATCH, EVENTS = "/v1/verifications/offline-batch", "/v1/registry-events"
JOSE = {"Content-Type": "application/jose"}


@dataclass(frozen=True)
class Callers:
    """Who calls two servers; their connections are closed when a test is over."""

    addresses: tuple[str, str]
    closing: ExitStack

    def citizen(self, code: str) -> list[httpx.Client]:
        """Return a citizen on each server."""
        return self._everywhere(outside.citizen(self.addresses[0], code))

    def staff(self, organisation: str, number: str) -> list[httpx.Client]:
        """Return a member of staff on each server."""
        return self._everywhere(outside.staff(self.addresses[0], organisation, number))

    def _everywhere(self, via: httpx.Client) -> list[httpx.Client]:
        token: str = via.headers["Authorization"].removeprefix("Bearer ")
        both = [via, outside.client(self.addresses[1], token)]
        for one in both:
            self.closing.callback(one.close)
        return both


@pytest.fixture
def callers(addresses: tuple[str, str]) -> Iterator[Callers]:
    with ExitStack() as closing:
        yield Callers(addresses, closing)


def item(shown: JSON) -> JSON:
    at = datetime.fromisoformat(shown["issued_at"]) + timedelta(seconds=1)
    return {"qr_text": shown["qr_text"], "scanned_at": at.isoformat()}


def listed(anybody: httpx.Client, shown: JSON) -> int:
    """Return what the status list says of an offline code."""
    list_id, place = payload(shown["token"])["sl"]
    claims = payload(anybody.get(f"/v1/status-lists/{list_id}").text)["status_list"]
    return unpack(claims["lst"], claims["bits"]).status(place)


def payload(jws: str) -> JSON:
    claims: JSON = json.loads(base64.urlsafe_b64decode(jws.split(".")[1] + "=="))
    return claims


def test_wrong_check_codes_on_two_servers_are_counted_together(callers: Callers) -> None:
    scanners = callers.staff("service-hall", "S001") * 5

    guessed = at_once(
        *[
            lambda via=via, code=f"{place:08}": via.post("/v1/verifications", json={"check_code": code})
            for place, via in enumerate(scanners)
        ]
    )

    (of_a_minute, _) = check_codes.OF_VERIFIER
    assert Counter(answer.status_code for answer in guessed) == {
        200: of_a_minute.most,
        429: len(scanners) - of_a_minute.most,
    }


def test_what_is_shown_while_a_wallet_is_frozen_elsewhere_is_suspended(callers: Callers) -> None:
    here, there = callers.citizen("li-na")
    (_, officer) = callers.staff("service-hall", "S001")
    (licence,) = here.get("/v1/licences", params={"kind": "DOCTOR_LICENCE"}).json()["items"]
    running = post(here, f"/v1/licences/{licence['id']}/show-tokens")
    path = f"/v1/licences/{licence['id']}/show-tokens"

    shown, scanned, _ = at_once(
        lambda: there.post(path, json={"mode": "offline"}),
        lambda: officer.post("/v1/verifications", json={"qr_text": running["qr_text"]}),
        lambda: here.post("/v1/wallet/freeze", json={}),
    )
    later = there.post(path, json={"mode": "offline"})

    assert scanned.json()["reason"] in (None, "wallet_frozen", "not_permitted")
    assert (later.status_code, later.json()["code"]) == (403, "wallet-frozen")
    assert shown.status_code in (201, 403)
    if shown.status_code == 201:
        assert listed(there, shown.json()) == ListStatus.SUSPENDED
        assert (
            post(officer, "/v1/verifications", {"qr_text": shown.json()["qr_text"]})["outcome"] == "rejected"
        )


def test_two_batches_with_the_same_codes_use_each_up_once(callers: Callers) -> None:
    (citizen, _) = callers.citizen("zhang-wei")
    police, hall = callers.staff("traffic-police", "V001"), callers.staff("service-hall", "S001")
    for _ in range(3):
        one, other = (item(outside.show(citizen, KIND, mode="offline")) for _ in range(2))
        # In opposite orders of time, so that each has to wait for what the other holds.
        later = {"scanned_at": (datetime.fromisoformat(one["scanned_at"]) + timedelta(seconds=9)).isoformat()}
        batches = [[one, other | later], [other, one | later]] * 2

        answers = at_once(
            *[
                lambda via=via, items=items: post(via, BATCH, {"items": items})
                for via, items in zip((police[0], police[1], hall[0], hall[1]), batches, strict=True)
            ]
        )

        done = [became for answer in answers for became in answer["items"]]
        assert Counter(became["reason"] for became in done) == {None: 2, "used": 6}
        assert sum(not became["double_use"] for became in done) == 2


def test_an_event_that_comes_twice_at_once_and_one_that_contradicts_it_leave_one_answer_each(
    callers: Callers,
) -> None:
    here, there = callers.citizen("zhao-min")
    (licence,) = here.get("/v1/licences", params={"kind": KIND}).json()["items"]
    shown = outside.show(here, KIND, mode="offline")
    signing = "/v1/sandbox/registries/traffic-police/events"
    said = {"identifier": licence["identifier"], "version": 1}
    suspend, restore = (
        post(here, signing, said | how)["jws"]
        for how in ({"event": "suspend", "status": "suspended"}, {"event": "restore", "status": "valid"})
    )

    answers = at_once(
        *[
            lambda via=via, jws=jws: via.post(EVENTS, content=jws, headers=JOSE)
            for via, jws in ((here, suspend), (there, suspend), (here, restore), (there, restore))
        ]
    )

    assert [answer.status_code for answer in answers] == [200] * 4
    assert answers[0].json() == answers[1].json()
    assert answers[2].json() == answers[3].json()
    status = here.get(f"/v1/licences/{licence['id']}").json()["status"]
    as_listed = {"valid": ListStatus.VALID, "suspended": ListStatus.SUSPENDED}
    assert listed(here, shown) == as_listed[status]
