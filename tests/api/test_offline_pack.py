"""Offline packs as a verifier's device uses them: fetched, proved, kept, brought up to date, decided with."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from identity.crypto.keyring import Purpose
from identity.crypto.signer import KeyRingSigner, sign_compact
from tests.sandbox import JSON, Sandbox, Staff
from tests.wallet.tokens import decoded
from wallet.showing.jws import Untrusted
from wallet.showing.offline import pack_reading
from wallet.showing.offline.offline_decision import Decision, Pack, decide
from wallet.showing.offline.pack_reading import PackUnusable, PublishedKeys
from wallet.showing.reasons import Reason
from wallet.status_lists import encoding, publishing

KIND = "DRIVING_LICENCE"


class Device:
    """A verifier's device: what it fetched, and how far its clock is off."""

    def __init__(self, sandbox: Sandbox, officer: Staff, clock_is_off: timedelta = timedelta(0)) -> None:
        self.sandbox, self.officer, self.clock_is_off = sandbox, officer, clock_is_off
        self.pack: Pack | None = None
        self.offset = timedelta(0)

    def fetch(self, since: str | None = None) -> dict[str, Any]:
        """Fetch a pack, put it on the one before, and return its claims."""
        jws = fetched(self.officer, since)
        self.pack = pack_reading.read(jws, published(self.sandbox), self.pack)
        self.offset = pack_reading.clock_offset(self.pack, self.now())
        return claims_of(jws)

    def update(self) -> dict[str, Any]:
        assert self.pack
        return self.fetch(self.pack.version)

    def now(self) -> datetime:
        return self.sandbox.now() + self.clock_is_off

    def scan(self, shown: JSON) -> Decision:
        assert self.pack
        return decide(shown["qr_text"], self.pack, device_now=self.now(), clock_offset=self.offset)


def published(sandbox: Sandbox) -> PublishedKeys:
    return PublishedKeys.of(sandbox.anybody.expect(200, "GET", "/.well-known/jwks.json")["keys"])


def fetched(officer: Staff, since: str | None = None) -> str:
    query = f"?since={since}" if since else ""
    response = officer.get(f"/v1/offline-pack{query}")
    assert (response.status_code, response.mimetype) == (200, "application/jose")
    return response.text


def claims_of(jws: str) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(decoded(jws.split(".")[1]))
    return claims


@pytest.fixture
def device(sandbox: Sandbox) -> Device:
    return Device(sandbox, sandbox.staff())


def test_a_pack_says_all_that_a_device_has_to_know(standing_sandbox: Sandbox) -> None:
    jws = fetched(standing_sandbox.staff())
    head, claims = json.loads(decoded(jws.split(".")[0])), claims_of(jws)

    assert head["typ"] == "lz-pack"
    assert set(claims) == {
        "iat", "exp", "keys", "lists", "server_time", "max_age_seconds", "version", "organisation", "kinds",
    }  # fmt: skip
    assert claims["server_time"] == datetime.fromtimestamp(
        claims["iat"], standing_sandbox.now().tzinfo
    ).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert claims["exp"] - claims["iat"] > claims["max_age_seconds"] > 0
    assert {key["kid"][0] for key in claims["keys"]} == {"o"}
    assert [set(entry) for entry in claims["lists"]] == [{"id", "version", "jwt"}]
    assert {"code": KIND, "title": "机动车驾驶证"} in claims["kinds"]
    assert "ID_CARD" not in {kind["code"] for kind in claims["kinds"]}


def test_an_organisation_learns_only_of_the_kinds_it_may_verify(standing_sandbox: Sandbox) -> None:
    hotel = claims_of(fetched(standing_sandbox.staff("hotel", "H001")))

    assert (hotel["organisation"], hotel["kinds"]) == ("hotel", [])


def test_only_verifiers_get_one(standing_sandbox: Sandbox) -> None:
    citizen = standing_sandbox.citizen("zhang-wei")

    standing_sandbox.anybody.refused(401, "unauthenticated", "GET", "/v1/offline-pack")
    citizen.refused(403, "forbidden", "GET", "/v1/offline-pack")


def test_a_device_in_a_cellar_decides_as_the_server_would_have(sandbox: Sandbox, device: Device) -> None:
    citizen = sandbox.citizen("zhang-wei")
    shown = citizen.show(KIND, mode="offline")
    device.fetch()

    valid = device.scan(shown)
    sandbox.decide(citizen.licence(KIND)["identifier"], "revoked")
    unaware = device.scan(shown)
    device.update()
    aware = device.scan(shown)

    assert (valid.outcome, valid.signal) == ("accepted", "green")
    assert unaware.outcome == "accepted"
    assert (aware.outcome, aware.reason) == ("rejected", "licence_revoked")


def test_a_device_whose_clock_is_an_hour_off_goes_by_the_servers(sandbox: Sandbox) -> None:
    shown = sandbox.citizen("zhang-wei").show(KIND, mode="offline")
    officer = sandbox.staff()

    signals = []
    for off in (timedelta(hours=1), timedelta(hours=-1)):
        device = Device(sandbox, officer, clock_is_off=off)
        device.fetch()
        signals.append(device.scan(shown).signal)

    assert signals == ["green", "green"]


def test_what_changed_since_a_version_comes_as_a_delta_that_makes_the_same_list(
    sandbox: Sandbox,
    device: Device,
) -> None:
    citizen = sandbox.citizen("zhang-wei")
    citizen.show(KIND, mode="offline")
    (before,) = device.fetch()["lists"]
    sandbox.decide(citizen.licence(KIND)["identifier"], "suspended")

    (entry,) = device.update()["lists"]
    whole = pack_reading.read(fetched(device.officer), published(sandbox))

    assert set(entry) == {"id", "version", "delta"}
    assert (entry["version"], entry["delta"]["from"]) == (before["version"] + 1, before["version"])
    assert {status for _, status in entry["delta"]["entries"]} == {2}
    assert device.pack
    assert device.pack.lists == whole.lists


def test_a_device_that_is_up_to_date_gets_an_empty_delta(device: Device) -> None:
    device.fetch()

    (entry,) = device.update()["lists"]

    assert entry["delta"]["entries"] == []


@pytest.mark.parametrize(
    "since",
    [
        lambda entry: f"{entry['id']}.{entry['version'] + 1}",
        lambda entry: f"{entry['id']}.999999999999999",
        lambda entry: f"{entry['id']}.0",
        lambda _entry: "zzzzz.1",
        lambda _entry: "999999999999999",
    ],
)
def test_who_says_to_have_what_is_yet_to_come_gets_whole_lists(
    standing_sandbox: Sandbox,
    since: Callable[[JSON], str],
) -> None:
    officer = standing_sandbox.staff()
    (entry,) = claims_of(fetched(officer))["lists"]

    (again,) = claims_of(fetched(officer, since(entry)))["lists"]

    assert set(again) == {"id", "version", "jwt"}


def test_a_bare_number_stands_for_the_version_of_every_list(standing_sandbox: Sandbox) -> None:
    officer = standing_sandbox.staff()
    (entry,) = claims_of(fetched(officer))["lists"]

    (again,) = claims_of(fetched(officer, str(entry["version"])))["lists"]

    assert "delta" in again


@pytest.mark.parametrize(
    "since",
    [
        "",
        "x",
        "-1",
        "1.5.2",
        "1%0A",
        "aB3",
        "aB3.",
        ".1",
        "aB3.x",
        "aB3.1~",
        "aB3.1 ",
        "１",
        "a" * 4000,
        "1%00",
    ],
)
def test_a_version_that_is_none_is_refused_by_name(standing_sandbox: Sandbox, since: str) -> None:
    officer = standing_sandbox.staff()

    problem = officer.refused(422, "validation-failed", "GET", f"/v1/offline-pack?since={since}")

    assert list(problem["errors"]) == ["since"]


def forged(sandbox: Sandbox, typ: str = "lz-pack", **change: Any) -> str:
    claims = claims_of(fetched(sandbox.staff())) | change
    signer = KeyRingSigner(sandbox.parts.rings[Purpose.OFFLINE])
    return sign_compact(json.dumps(claims).encode(), signer, typ)


def test_a_delta_without_the_list_it_belongs_to_is_of_no_use(standing_sandbox: Sandbox) -> None:
    officer, keys = standing_sandbox.staff(), published(standing_sandbox)
    version = claims_of(fetched(officer))["version"]

    with pytest.raises(PackUnusable):
        pack_reading.read(fetched(officer, version), keys)


@pytest.mark.parametrize("typ", ["JWT", "lz-off", "statuslist+jwt"])
def test_a_pack_of_another_type_is_none(standing_sandbox: Sandbox, typ: str) -> None:
    with pytest.raises(Untrusted):
        pack_reading.read(forged(standing_sandbox, typ), published(standing_sandbox))


def test_an_altered_pack_is_found_out(standing_sandbox: Sandbox) -> None:
    head, payload, signature = fetched(standing_sandbox.staff()).split(".")
    altered = f"{head}.{'A' if payload[0] != 'A' else 'B'}{payload[1:]}.{signature}"

    with pytest.raises(Untrusted):
        pack_reading.read(altered, published(standing_sandbox))


@pytest.mark.parametrize(
    "lists",
    [
        "x",
        [1],
        [{}],
        [{"id": "vec", "version": 1}],
        [{"id": "vec", "version": 1, "jwt": "x.y.z"}],
        [{"id": "vec", "version": "x", "jwt": None}],
    ],
)
def test_lists_of_another_form_are_refused(standing_sandbox: Sandbox, lists: Any) -> None:
    with pytest.raises(Untrusted) as refusal:
        pack_reading.read(forged(standing_sandbox, lists=lists), published(standing_sandbox))

    assert refusal.value.reason is Reason.MALFORMED


def list_token(sandbox: Sandbox, lst: str, bits: Any = 2, list_id: str = "vec") -> str:
    claims = {"sub": publishing.path_of(list_id), "iat": 1, "exp": 2, "ttl": 3}
    claims |= {"status_list": {"bits": bits, "lst": lst}}
    signer = KeyRingSigner(sandbox.parts.rings[Purpose.OFFLINE])
    return sign_compact(json.dumps(claims).encode(), signer, publishing.TYP)


@pytest.mark.parametrize("bits", [0, 3, "2", None, 2**70])
def test_a_list_of_a_wrong_width_is_refused(standing_sandbox: Sandbox, bits: Any) -> None:
    token = list_token(standing_sandbox, encoding.pack(b"\0"), bits)

    with pytest.raises(Untrusted):
        pack_reading.read_list(token, published(standing_sandbox), "vec")


def test_a_decompression_bomb_is_refused_though_it_is_signed(standing_sandbox: Sandbox) -> None:
    bomb = list_token(standing_sandbox, encoding.pack(bytes(64 * 2**20)))

    with pytest.raises(Untrusted):
        pack_reading.read_list(bomb, published(standing_sandbox), "vec")


def test_a_list_in_anothers_place_is_refused(standing_sandbox: Sandbox) -> None:
    token = list_token(standing_sandbox, encoding.pack(b"\0"))
    keys = published(standing_sandbox)

    assert pack_reading.read_list(token, keys, "vec").size == 4
    with pytest.raises(Untrusted):
        pack_reading.read_list(token, keys, "abc")
