"""The main job with registries of Guangdong among the others: sync, show, verify, refresh; outage and recovery."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api import registries_file
from api.config import Config
from tests.api.registry_events import push, refusal, send, signed
from tests.registries.server import ENVIRONMENT, Mode, StandIn, serving
from tests.sandbox import JSON, Citizen, Sandbox, running

KIND, REGISTRY = "DRIVING_LICENCE", "traffic-police"
IN_GUANGDONG = (REGISTRY, "natural-resources")


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with serving(in_guangdong=IN_GUANGDONG) as stand_in:
        yield stand_in


@pytest.fixture
def sandbox(config: Config, stand_in: StandIn, tmp_path: Path) -> Iterator[Sandbox]:
    path = tmp_path / "registries.json"
    path.write_text(json.dumps(stand_in.settings()), encoding="utf-8")
    registries = registries_file.read(path, ENVIRONMENT, is_sandbox=True)
    with running(replace(config, registries=registries)) as sandbox:
        yield sandbox


def said_of(citizen: Citizen) -> JSON:
    """Sync, and return what is said of the registry."""
    return next(one for one in citizen.sync()["registries"] if one["code"] == REGISTRY)


def identifier_of(stand_in: StandIn, kind: str, holder: str) -> str:
    """Return under which identifier the books have a licence."""
    held = stand_in.books.held_by(REGISTRY, holder)
    return next(str(one["identifier"]) for one in held if one["kind"] == kind)


def test_sync_show_verify(sandbox: Sandbox, stand_in: StandIn) -> None:
    citizen = sandbox.citizen("zhang-wei")
    licence = citizen.expect(200, "GET", f"/v1/licences/{citizen.licence(KIND)['id']}")
    shown = citizen.show(KIND)

    seen = sandbox.staff().scan(shown["qr_text"])

    assert (seen["outcome"], seen["signal"]) == ("accepted", "green")
    assert seen["holder"]["name_masked"] == "*伟"
    assert licence["identifier"].startswith("4403002")
    assert citizen.get(f"/v1/licences/{licence['id']}/photo").status_code == 200
    assert citizen.licence("REAL_ESTATE_CERT")["status"] == "valid"
    assert stand_in.guangdong[REGISTRY].use_codes == {}


def test_a_refresh_asks_by_holder_and_follows_what_changed(sandbox: Sandbox, stand_in: StandIn) -> None:
    citizen = sandbox.citizen("zhang-wei")
    licence = citizen.licence(KIND)
    spent = len(stand_in.guangdong[REGISTRY].spent)
    known_as = identifier_of(stand_in, KIND, "100000199005170119")
    stand_in.books.change(known_as, status="suspended")

    refreshed = citizen.expect(200, "POST", f"/v1/licences/{licence['id']}/refresh")
    stand_in.books.change(known_as, holders=["100000199103080125"])
    citizen.refused(404, "licence-not-found", "POST", f"/v1/licences/{licence['id']}/refresh")

    assert refreshed["status"] == "suspended"
    assert len(stand_in.guangdong[REGISTRY].spent) == spent + 1
    assert citizen.licences(KIND) == []


def test_what_a_registry_tells_of_a_licence_code_takes_effect(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    identifier = citizen.licence(KIND)["identifier"]

    outcome = push(sandbox, "suspend", identifier)
    replaced = send(sandbox, signed(sandbox, "supersede", identifier))

    assert (outcome, citizen.licence(KIND)["status"]) == ("applied", "suspended")
    assert refusal(replaced) == (400, "event-malformed")


def test_expired_tokens_and_an_outage_are_got_over(sandbox: Sandbox, stand_in: StandIn) -> None:
    citizen = sandbox.citizen("zhang-wei")
    before = citizen.licences()
    service = stand_in.guangdong[REGISTRY]
    service.tokens.clear()

    renewed, logins = said_of(citizen), service.logins
    stand_in.modes[REGISTRY] = Mode.REFUSING
    refused = said_of(citizen)
    stand_in.modes[REGISTRY] = Mode.ODD_RECORDS
    odd = said_of(citizen)
    stand_in.modes[REGISTRY] = Mode.DOWN
    down = said_of(citizen)

    assert (renewed["status"], renewed["found"], logins) == ("ok", 2, 2)
    assert (refused["status"], odd["status"], down["status"]) == ("unavailable", "ok", "unavailable")
    assert [one["id"] for one in citizen.licences()] == [one["id"] for one in before]
