"""The whole main job against registries over real HTTP: login, bind, sync, show, verify; outage, stale, recovery."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from api import registries_file
from api.config import Config
from tests.registries.server import ACCESS_TOKEN, TOKEN_VARIABLE, Mode, StandIn, serving
from tests.sandbox import JSON, Citizen, Sandbox, running
from wallet.registries.http import breaker

KIND, REGISTRY = "DRIVING_LICENCE", "traffic-police"


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with serving() as stand_in:
        yield stand_in


@pytest.fixture
def sandbox(config: Config, stand_in: StandIn, tmp_path: Path) -> Iterator[Sandbox]:
    path = tmp_path / "registries.json"
    path.write_text(json.dumps(stand_in.settings()), encoding="utf-8")
    registries = registries_file.read(path, {TOKEN_VARIABLE: ACCESS_TOKEN}, is_sandbox=True)
    with running(replace(config, registries=registries)) as sandbox:
        yield sandbox


def said_of(citizen: Citizen, code: str = REGISTRY) -> JSON:
    """Sync, and return what is said of one registry."""
    return next(one for one in citizen.sync()["registries"] if one["code"] == code)


def licence_of(citizen: Citizen) -> JSON:
    return citizen.expect(200, "GET", f"/v1/licences/{citizen.licence(KIND)['id']}")


def test_what_comes_over_http_is_what_the_sandboxs_own_registries_hold(
    sandbox: Sandbox, config: Config
) -> None:
    over_http = sandbox.citizen("zhang-wei")
    mine = {one["identifier"]: licence_of_id(over_http, one["id"]) for one in over_http.licences()}
    with sandbox.parts.database.write() as session:
        for table in ("holdings", "licence_photos", "licences"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608

    with running(config) as within:
        citizen = within.log_in("zhang-wei")
        citizen.sync()
        theirs = {one["identifier"]: licence_of_id(citizen, one["id"]) for one in citizen.licences()}

    assert mine.keys() == theirs.keys()
    for identifier, licence in mine.items():
        assert licence == theirs[identifier]


def licence_of_id(citizen: Citizen, licence_id: str) -> JSON:
    """Return a licence without what differs from one storing to the next, and whether it has its photo."""
    licence = citizen.expect(200, "GET", f"/v1/licences/{licence_id}")
    photo = citizen.get(f"/v1/licences/{licence_id}/photo").status_code
    for field in licence["fields"]:
        # A registry that has nothing to say says "", or nothing.
        if field["type"] == "image" or field["value"] == "":
            field["value"] = None
    return {name: value for name, value in licence.items() if name not in {"id", "as_of"}} | {"photo": photo}


def test_login_bind_sync_show_verify(sandbox: Sandbox, stand_in: StandIn) -> None:
    citizen = sandbox.citizen("zhang-wei")
    shown = citizen.show(KIND)

    seen = sandbox.staff().scan(shown["qr_text"])

    assert (seen["outcome"], seen["signal"]) == ("accepted", "green")
    assert seen["holder"]["name_masked"] == "*伟"
    assert sum(stand_in.asked.values()) >= 16
    assert stand_in.use_codes == {}


def test_a_registry_that_is_down_leaves_what_was_known_with_its_age_and_says_so(
    sandbox: Sandbox, stand_in: StandIn
) -> None:
    citizen = sandbox.citizen("zhang-wei")
    known = citizen.licence(KIND)
    sandbox.pass_time(timedelta(days=2))
    citizen = sandbox.log_in("zhang-wei")
    stand_in.modes[REGISTRY] = Mode.DOWN

    said = said_of(citizen)
    meanwhile, shown = citizen.licence(KIND), citizen.show(KIND)
    seen = sandbox.staff().scan(shown["qr_text"])

    assert said["status"] == "unavailable"
    assert (meanwhile["as_of"], meanwhile["freshness"]) == (known["as_of"], "stale")
    assert (seen["outcome"], seen["signal"], seen["as_of"]) == ("accepted", "amber", known["as_of"])


def test_a_registry_that_recovers_is_believed_again(
    sandbox: Sandbox, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "OPEN_FOR", timedelta(0))
    citizen = sandbox.citizen("zhang-wei")
    stand_in.modes[REGISTRY] = Mode.DOWN
    for _ in range(3):
        said_of(citizen)
    stand_in.modes[REGISTRY] = Mode.OK
    stand_in.books.change(citizen.licence(KIND)["identifier"], status="suspended")

    said = said_of(citizen)

    assert (said["status"], said["found"]) == ("ok", 2)
    assert citizen.licence(KIND)["status"] == "suspended"


def test_one_failure_is_asked_over(sandbox: Sandbox, stand_in: StandIn) -> None:
    citizen = sandbox.citizen("zhang-wei")
    stand_in.modes[REGISTRY] = Mode.ONCE

    assert said_of(citizen)["status"] == "ok"


def test_a_registry_that_keeps_failing_is_left_alone_and_metrics_say_so(
    sandbox: Sandbox, stand_in: StandIn
) -> None:
    citizen = sandbox.citizen("zhang-wei")
    stand_in.modes[REGISTRY] = Mode.FAILING
    for _ in range(breaker.FAILURES_TO_OPEN):
        said_of(citizen)
    asked = stand_in.asked[REGISTRY]

    said = said_of(citizen)

    metrics = sandbox.anybody.get("/metrics").text
    assert said["status"] == "unavailable"
    assert stand_in.asked[REGISTRY] == asked
    assert f'lz_registry_circuit{{registry="{REGISTRY}"}} 2.0' in metrics
    assert 'lz_registry_circuit{registry="civil-affairs"} 0.0' in metrics


@pytest.mark.parametrize(
    "mode",
    [Mode.CUT, Mode.HTML, Mode.NOT_JSON, Mode.SHAPE, Mode.HUGE, Mode.MANY, Mode.REFUSING],
)
def test_an_answer_that_cannot_be_used_costs_nobody_what_they_had(
    sandbox: Sandbox, stand_in: StandIn, mode: Mode
) -> None:
    citizen = sandbox.citizen("zhang-wei")
    before = citizen.licences()
    stand_in.modes[REGISTRY] = mode

    answer = citizen.sync()

    statuses = {one["code"]: one["status"] for one in answer["registries"]}
    assert statuses.pop(REGISTRY) == "unavailable"
    assert set(statuses.values()) == {"ok"}
    assert [one["id"] for one in citizen.licences()] == [one["id"] for one in before]


@pytest.mark.parametrize("mode", [Mode.SLOW, Mode.DRIPPING])
def test_a_slow_registry_is_not_waited_for_longer_than_three_seconds(
    sandbox: Sandbox, stand_in: StandIn, mode: Mode
) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    stand_in.modes[REGISTRY] = mode

    answer = citizen.sync()

    slow = {one["code"] for one in answer["registries"] if one["status"] != "ok"}
    assert slow == {REGISTRY}
    assert answer["licences"]


def test_records_of_somebody_else_are_refused(sandbox: Sandbox, stand_in: StandIn) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    stand_in.modes[REGISTRY] = Mode.STRANGERS

    said = said_of(citizen)

    assert (said["status"], said["found"]) == ("ok", 0)
    assert citizen.licences(KIND) == []


def test_odd_records_do_not_cost_the_good_ones_nor_what_was_known(
    sandbox: Sandbox, stand_in: StandIn
) -> None:
    citizen = sandbox.citizen("zhang-wei")
    before = citizen.licences()
    stand_in.modes[REGISTRY] = Mode.ODD_RECORDS

    said = said_of(citizen)

    assert said["status"] == "ok"
    assert [one["id"] for one in citizen.licences()] == [one["id"] for one in before]
    stand_in.modes[REGISTRY] = Mode.STRANGERS
    said_of(citizen)
    assert len(citizen.licences(KIND)) == 1


def test_a_registry_cannot_take_over_anothers_licence(sandbox: Sandbox, stand_in: StandIn) -> None:
    citizen = sandbox.citizen("zhang-wei")
    mine = citizen.licence(KIND)
    for licence in citizen.licences():
        if licence["issuer"]["code"] == "public-security":
            model = licence["identifier"]
    stand_in.books.add(model, identifier=mine["identifier"], status="revoked")

    citizen.sync()

    assert citizen.licence(KIND)["status"] == "valid"
    assert citizen.licence(KIND)["issuer"]["code"] == REGISTRY


def test_a_refresh_over_http_notices_another_holder(sandbox: Sandbox, stand_in: StandIn) -> None:
    citizen = sandbox.citizen("zhang-wei")
    licence = citizen.licence(KIND)
    stand_in.books.change(licence["identifier"], holders=["100000199103080125"])

    citizen.refused(404, "licence-not-found", "POST", f"/v1/licences/{licence['id']}/refresh")

    assert citizen.licences(KIND) == []
