"""For who runs it: alive, ready, metrics; and what production does not have."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from api.app import create_app
from api.config import Config, ConfigError, Environment
from identity.crypto.keyring import KeyRingError
from tests import contract
from tests.sandbox import Caller, Sandbox, running

METRICS_TOKEN = "prometheus-knows-this"


@pytest.fixture
def production(config: Config) -> Iterator[Sandbox]:
    """The same database and keys, served as production."""
    with running(replace(config, environment=Environment.PRODUCTION, metrics_token=METRICS_TOKEN)) as served:
        yield served


def test_alive_and_ready(sandbox: Sandbox) -> None:
    alive = sandbox.anybody.expect(200, "GET", "/healthz")
    ready = sandbox.anybody.expect(200, "GET", "/readyz")

    assert alive == {"status": "ok"}
    assert ready == {"status": "ready", "checks": {"database": True, "migrations": True, "keys": True}}


def test_not_ready_before_the_migrations(sandbox: Sandbox) -> None:
    with sandbox.parts.database.write() as session:
        session.execute(text("DELETE FROM alembic_version"))

    ready = sandbox.anybody.expect(503, "GET", "/readyz")

    assert (ready["status"], ready["checks"]["migrations"]) == ("not ready", False)
    assert sandbox.anybody.get("/healthz").status_code == 200


def test_not_ready_without_keys(sandbox: Sandbox, config: Config) -> None:
    ring = config.keys_dir / "show.json"
    aside = ring.rename(ring.with_suffix(".aside"))

    try:
        ready = sandbox.anybody.expect(503, "GET", "/readyz")
    finally:
        aside.rename(ring)

    assert ready["checks"]["keys"] is False
    assert sandbox.anybody.get("/readyz").status_code == 200


def test_a_fault_of_ours_is_a_500_that_says_nothing_of_it(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    with sandbox.parts.database.write() as session:
        # A sealed value in another's place can't be opened.
        session.execute(text("UPDATE persons SET name_sealed = number_sealed"))

    response = citizen.app.test_client().get(
        "/v1/account",
        headers={"Authorization": f"Bearer {citizen.token}"},
    )

    problem = response.get_json()
    assert (response.status_code, problem["code"]) == (500, "internal-error")
    assert response.mimetype == contract.PROBLEM
    assert "persons" not in response.text
    assert "sealed" not in response.text
    assert problem["request_id"] == response.headers["X-Request-ID"]


def test_metrics_count_requests_by_route_never_by_path(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    licence = citizen.licence("ID_CARD")["id"]
    citizen.get(f"/v1/licences/{licence}")
    citizen.get("/somewhere/100000199005170119")

    page = sandbox.anybody.get("/metrics").text

    assert 'lz_requests_total{method="GET",route="/v1/licences/<uuid:licence_id>",status="200"}' in page
    assert "lz_request_seconds_bucket" in page
    assert licence not in page
    assert "100000199005170119" not in page
    assert "somewhere" not in page


def test_in_production_metrics_answer_only_to_who_knows_the_token(production: Sandbox) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer guess"},
        {"Authorization": ""},
        {"Authorization": "Bearer é"},
    ):
        response = production.anybody.get("/metrics", headers=headers)
        assert (response.status_code, response.get_json()["code"]) == (401, "unauthenticated")

    known = Caller(production.app, METRICS_TOKEN).get("/metrics")

    assert (known.status_code, known.mimetype) == (200, "text/plain")


def test_production_has_no_sandbox_routes(production: Sandbox) -> None:
    sandbox_only = [path for path in contract.contract()["paths"] if path.startswith("/v1/sandbox/")]

    assert len(sandbox_only) >= 5
    for path in sandbox_only:
        concrete = path.replace("{code}", "population").replace("{identifier}", "1.2.156")
        for method in ("GET", "POST"):
            production.anybody.refused(404, "not-found", method, concrete)


def test_production_lets_no_persona_in(production: Sandbox) -> None:
    body = {"provider": "sandbox", "code": "zhang-wei"}

    production.anybody.refused(422, "provider-not-configured", "POST", "/v1/sessions", json=body)


def test_production_tells_real_time(production: Sandbox, sandbox: Sandbox) -> None:
    with sandbox.parts.database.write() as session:
        session.execute(text("UPDATE sandbox_clock SET offset_us = 3600000000000"))

    difference = sandbox.now() - production.parts.clock.now()

    assert difference.total_seconds() > 3_000_000


def test_production_makes_no_keys_of_its_own(config: Config) -> None:
    nowhere = config.data_dir / "no-keys"

    with pytest.raises(KeyRingError, match="no-keys"):
        create_app(replace(config, environment=Environment.PRODUCTION, keys_dir=nowhere))

    assert not nowhere.exists()


@pytest.mark.parametrize("name", ["KEYS_DIR", "METRICS_TOKEN"])
def test_production_does_not_start_without(name: str) -> None:
    given = {"KEYS_DIR": "/etc/liangzheng/keys", "METRICS_TOKEN": METRICS_TOKEN}
    del given[name]

    with pytest.raises(ConfigError, match=name):
        Config.from_env(given)


def test_unset_is_production() -> None:
    config = Config.from_env({"KEYS_DIR": "/etc/liangzheng/keys", "METRICS_TOKEN": METRICS_TOKEN})

    assert not config.is_sandbox


def test_a_reset_sandbox_is_as_on_its_first_day(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    citizen.show("DRIVING_LICENCE")
    sandbox.break_registry("traffic-police")
    sandbox.decide(citizen.licence("ID_CARD")["identifier"], "revoked")

    sandbox.anybody.expect(200, "POST", "/v1/sandbox/reset")

    citizen.refused(401, "unauthenticated", "GET", "/v1/account")
    again = sandbox.citizen("zhang-wei")
    assert len(again.licences()) == 11
    assert {licence["status"] for licence in again.licences()} == {"valid"}
    assert again.access_records() == []


def test_a_clock_goes_back_to_real_time_and_ticks(sandbox: Sandbox) -> None:
    moved = sandbox.anybody.expect(
        200, "POST", "/v1/sandbox/clock", json={"now": "2030-01-01T08:00:00+08:00"}
    )

    real = sandbox.anybody.expect(200, "POST", "/v1/sandbox/clock")

    assert moved == {"now": "2030-01-01T00:00:00Z"}
    assert real["now"] != moved["now"]
