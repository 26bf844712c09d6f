"""Who issues tokens here, as clients sign for it: PUBLIC_URL, and a request's own address in a sandbox alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from api.app import create_app
from api.config import Config, ConfigError, Environment
from identity.crypto.keyring import Purpose, create_ring
from tests.clients import METADATA, TOKEN, SigningKey, claims, outcome, register_client
from tests.organisations import at_level_3, register
from tests.sandbox import running

ISSUER = "https://lz.example.cn"
KEY = SigningKey()


def test_where_it_is_configured_assertions_are_for_that_address_whatever_a_request_says(
    config: Config,
) -> None:
    with running(replace(config, public_url=ISSUER)) as sandbox:
        manager = at_level_3(sandbox, "wang-qiang")
        client = register_client(manager, register(manager), auth="private_key_jwt", jwks=KEY.jwks)
        signed = {
            audience: KEY.sign(claims(sandbox, client["client_id"], aud=audience))
            for audience in ("http://localhost", f"http://localhost{TOKEN}", ISSUER, ISSUER + TOKEN)
        }

        metadata = sandbox.anybody.expect(200, "GET", METADATA, headers={"Host": "another.example.cn"})
        outcomes = {audience: outcome(sandbox, assertion)[0] for audience, assertion in signed.items()}

    assert (metadata["issuer"], metadata["token_endpoint"]) == (ISSUER, ISSUER + TOKEN)
    assert list(outcomes.values()) == [401, 401, 200, 200]


def test_production_without_it_publishes_no_metadata(tmp_path: Path) -> None:
    for purpose in Purpose:
        create_ring(tmp_path / "keys", purpose)
    env = {"KEYS_DIR": str(tmp_path / "keys"), "METRICS_TOKEN": "a-token", "DATA_DIR": str(tmp_path)}
    env |= {"LOG_LEVEL": "error"}

    without = create_app(Config.from_env(env)).test_client().get(METADATA)
    published = create_app(Config.from_env(env | {"PUBLIC_URL": ISSUER})).test_client().get(METADATA)

    assert (without.status_code, (without.json or {})["code"]) == (404, "not-found")
    assert (published.status_code, (published.json or {})["issuer"]) == (200, ISSUER)


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        (Environment.SANDBOX, "lz.example.cn"),
        (Environment.SANDBOX, f"{ISSUER}/"),
        (Environment.SANDBOX, f"{ISSUER}?a=b"),
        (Environment.SANDBOX, "https://user:secret@lz.example.cn"),
        (Environment.PRODUCTION, "http://lz.example.cn"),
    ],
)
def test_an_address_that_is_none_stops_the_start(environment: Environment, url: str) -> None:
    env = {"LZ_ENV": environment, "KEYS_DIR": "/keys", "METRICS_TOKEN": "a-token", "PUBLIC_URL": url}

    with pytest.raises(ConfigError, match=r"^PUBLIC_URL .*\.$"):
        Config.from_env(env)
