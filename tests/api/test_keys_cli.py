"""`flask keys`: production's keys are made, listed, rotated and retired by command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result

from api.app import create_app
from api.commands import keys
from api.config import Config
from identity.crypto.keyring import KeyRing, KeyRingError, Purpose, UnknownKey, create_ring
from tests.paths import ROOT

PRODUCTION = {"METRICS_TOKEN": "a-token", "LOG_LEVEL": "error"}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Production, without a key so far."""
    return production(tmp_path)


def production(folder: Path, **env: str) -> Config:
    folders = {"KEYS_DIR": str(folder / "keys"), "DATA_DIR": str(folder)}
    return Config.from_env(PRODUCTION | folders | env)


def run(config: Config, *words: str) -> Result:
    return keys.app_of(config).test_cli_runner().invoke(args=["keys", *words])


def done(config: Config, *words: str) -> str:
    result = run(config, *words)
    assert result.exit_code == 0, result.output
    return result.output


def refused(config: Config, *words: str) -> str:
    result = run(config, *words)
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    return result.output


def kids(config: Config, purpose: str) -> dict[str, str]:
    """Return state by kid, as they are listed."""
    rows = [line.split() for line in done(config, "list").splitlines()]
    return {row[1]: row[2] for row in rows if row[0] == purpose}


def test_production_starts_with_the_keys_that_the_command_made(config: Config) -> None:
    with pytest.raises(KeyRingError):
        create_app(config)

    told = done(config, "create")

    assert told.splitlines() == [f"{purpose}: created" for purpose in Purpose]
    assert create_app(config).test_client().get("/healthz").status_code == 200


def test_the_command_works_where_the_app_can_not_start_yet(tmp_path: Path) -> None:
    env = os.environ | PRODUCTION | {"KEYS_DIR": str(tmp_path / "keys"), "DATA_DIR": str(tmp_path)}
    env.pop("LZ_ENV", None)

    command = [sys.executable, "-m", "flask", "--app", "wsgi", "keys", "create", "show"]
    made = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    assert (made.returncode, made.stdout) == (0, "show: created\n"), made.stderr
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["show.json"]


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("flask keys list", True),
        ("/x/flask --app wsgi keys list", True),
        ("/x/flask --app=wsgi --debug keys", True),
        ("flask first-admin 1 keys 2", False),
        ("flask --app keys run", False),
        ("granian keys", False),
        ("flask", False),
    ],
)
def test_only_the_keys_commands_do_without_the_app(line: str, asked: bool) -> None:
    assert keys.is_asked_for(line.split()) is asked


def test_a_ring_that_exists_is_never_overwritten(config: Config) -> None:
    done(config, "create", "show")
    before = (config.keys_dir / "show.json").read_bytes()

    told = done(config, "create")

    assert "show: exists already" in told
    assert (config.keys_dir / "show.json").read_bytes() == before
    assert (config.keys_dir / "show.json").stat().st_mode & 0o777 == 0o600


def test_a_list_tells_purpose_kid_state_and_date_and_no_secret(config: Config) -> None:
    done(config, "create")

    told = done(config, "list")

    assert [line.split()[0] for line in told.splitlines()] == list(Purpose)
    assert {line.split()[2] for line in told.splitlines()} == {"signing"}
    assert [line for line in told.splitlines() if line.endswith("blind index")] == [told.splitlines()[-1]]
    secrets = [json.loads(path.read_text())["keys"][0]["jwk"] for path in config.keys_dir.iterdir()]
    assert not any(jwk.get("d", jwk.get("k")) in told for jwk in secrets)


def test_rotating_announces_a_key_and_rotating_again_lets_it_sign(config: Config) -> None:
    done(config, "create")
    (first,) = kids(config, "offline")

    announced = done(config, "rotate", "offline")
    staged = kids(config, "offline")
    done(config, "rotate", "offline")

    (second,) = set(staged) - {first}
    assert f"{second} is announced" in announced
    assert staged == {first: "signing", second: "next"}
    assert kids(config, "offline") == {first: "verifying", second: "signing"}


def test_rotating_now_lets_a_fresh_key_sign_at_once(config: Config) -> None:
    done(config, "create")
    (first,) = kids(config, "sessions")

    done(config, "rotate", "sessions", "--now")

    assert kids(config, "sessions").pop(first) == "verifying"
    assert sorted(kids(config, "sessions").values()) == ["signing", "verifying"]


def test_a_retired_key_verifies_nothing_and_the_one_in_use_is_not_retired(config: Config) -> None:
    done(config, "create")
    (first,) = kids(config, "show")

    in_use = refused(config, "retire", "show", first)
    done(config, "rotate", "show", "--now")
    done(config, "retire", "show", first)

    assert "rotate first" in in_use
    with pytest.raises(UnknownKey):
        KeyRing(config.keys_dir, Purpose.SHOW).trusted(first)
    assert "no key" in refused(config, "retire", "show", "s-no")


def test_what_is_announced_is_published_before_it_signs(config: Config) -> None:
    done(config, "create")
    client = create_app(config).test_client()

    done(config, "rotate", "show")

    published = {jwk["kid"] for jwk in client.get("/.well-known/jwks.json").get_json()["keys"]}
    assert published >= set(kids(config, "show"))
    assert client.get("/readyz").get_json()["checks"]["keys"] is True


def test_an_absent_ring_is_told_in_a_sentence(config: Config) -> None:
    assert "show.json can't be read" in refused(config, "list")
    assert "show.json can't be read" in refused(config, "rotate", "show")


def test_rings_come_from_the_environment_and_are_not_shown(tmp_path: Path) -> None:
    for purpose in Purpose:
        create_ring(tmp_path / "made", purpose)
    texts = {f"KEYS_JSON_{p.upper()}": (tmp_path / "made" / f"{p}.json").read_text() for p in Purpose}
    config = Config.from_env(PRODUCTION | {"DATA_DIR": str(tmp_path)} | texts)

    client = create_app(config).test_client()

    secret = json.loads(texts["KEYS_JSON_SHOW"])["keys"][0]["jwk"]["d"]
    assert client.get("/readyz").get_json()["checks"]["keys"] is True
    assert client.get("/.well-known/jwks.json").get_json()["keys"]
    assert secret not in repr(config)
    assert secret not in done(config, "list")
    assert "from the environment" in refused(config, "rotate", "show")
    assert not (tmp_path / "keys").exists()
    assert set(done(config, "create").splitlines()) == {f"{purpose}: exists already" for purpose in Purpose}
