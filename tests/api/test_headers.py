"""What every answer tells a browser: what it may not do, and which pages of other hosts may read it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.config import Config
from identity.crypto.keyring import Purpose, create_ring
from tests.sandbox import Sandbox, running

HALL = "https://hall.example.cn"
STRANGERS = (
    "https://evil.example",
    "https://hall.example.cn.evil.example",
    "https://hall.example.cn:8443",
    "http://hall.example.cn",
    "null",
    "",
)


@pytest.fixture
def open_to_hall(config: Config) -> Iterator[Sandbox]:
    """A sandbox whose answers one other page may read."""
    with running(replace(config, cors_origins=frozenset({HALL}))) as sandbox:
        yield sandbox


@pytest.mark.parametrize("path", ["/v1/services", "/v1/account", "/nowhere", "/healthz", "/", "/docs"])
def test_every_answer_tells_a_browser_what_it_may_not_do(standing_sandbox: Sandbox, path: str) -> None:
    headers = standing_sandbox.anybody.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_production_insists_on_tls_and_the_sandbox_does_not(
    standing_sandbox: Sandbox, tmp_path: Path
) -> None:
    for purpose in Purpose:
        create_ring(tmp_path / "keys", purpose)
    env = {"KEYS_DIR": str(tmp_path / "keys"), "METRICS_TOKEN": "t", "DATA_DIR": str(tmp_path)}
    production = create_app(Config.from_env(env | {"LOG_LEVEL": "error"})).test_client()

    answers = [production.get("/healthz"), standing_sandbox.anybody.get("/healthz")]

    assert [one.headers.get("Strict-Transport-Security") for one in answers] == ["max-age=31536000", None]


def test_by_default_no_page_of_another_host_may_read_an_answer(standing_sandbox: Sandbox) -> None:
    client = standing_sandbox.app.test_client()

    answers = [ask(client, HALL), preflight(client, HALL)]

    assert [allowed(one) for one in answers] == [{}, {}]


def test_a_page_on_the_list_may_read_answers_and_send_tokens(open_to_hall: Sandbox) -> None:
    client = open_to_hall.app.test_client()

    answer, asked_first = ask(client, HALL), preflight(client, HALL)

    assert answer["Access-Control-Allow-Origin"] == HALL
    assert "Retry-After" in answer["Access-Control-Expose-Headers"]
    assert "Origin" in answer["Vary"]
    assert asked_first["Access-Control-Allow-Origin"] == HALL
    assert asked_first["Access-Control-Allow-Methods"] == "GET, POST"
    assert {"Authorization", "Idempotency-Key"} <= set(
        asked_first["Access-Control-Allow-Headers"].split(", ")
    )


@pytest.mark.parametrize("origin", STRANGERS)
def test_a_page_that_is_not_exactly_on_the_list_may_not(open_to_hall: Sandbox, origin: str) -> None:
    client = open_to_hall.app.test_client()

    answers = [ask(client, origin), preflight(client, origin)]

    assert [allowed(one) for one in answers] == [{}, {}]
    assert "Origin" in answers[0]["Vary"]


def test_credentials_are_allowed_to_nobody(open_to_hall: Sandbox) -> None:
    client = open_to_hall.app.test_client()

    for headers in (ask(client, HALL), preflight(client, HALL)):
        assert "Access-Control-Allow-Credentials" not in headers
        assert headers["Access-Control-Allow-Origin"] != "*"


def test_a_refusal_can_be_read_like_any_answer(open_to_hall: Sandbox) -> None:
    response = open_to_hall.anybody.get("/v1/account", headers={"Origin": HALL})

    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (401, HALL)


def ask(client: FlaskClient, origin: str) -> dict[str, str]:
    return dict(client.get("/v1/services", headers={"Origin": origin}).headers)


def preflight(client: FlaskClient, origin: str) -> dict[str, str]:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    response = client.options("/v1/wallet/sync", headers=headers)
    assert response.status_code == 200
    return dict(response.headers)


def allowed(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.startswith("Access-Control-")}
