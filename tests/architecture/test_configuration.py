"""A wrong value stops the start with a sentence that names it; nothing is guessed in production."""

import dataclasses
from pathlib import Path

import pytest

from api.app import create_app
from api.config import Config, ConfigError
from identity.crypto.keyring import KeyRingError, Purpose, create_ring

SANDBOX = {"LZ_ENV": "sandbox"}
PRODUCTION = {"KEYS_DIR": "/keys", "METRICS_TOKEN": "a-token"}
SANDBOX_CALLS = [
    ("GET", "/v1/sandbox/personas"),
    ("GET", "/v1/sandbox/clock"),
    ("POST", "/v1/sandbox/clock"),
    ("POST", "/v1/sandbox/registries/traffic-police"),
    ("POST", "/v1/sandbox/licences/1.2.3/status"),
    ("POST", "/v1/sandbox/reset"),
]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LZ_ENV", "prod"),
        ("LZ_ENV", "Sandbox"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "postgresql://localhost/x"),
        ("DATABASE_URL", "a database"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "http://localhost"),
        ("SHOW_URL_PREFIX", "http://lz.cn/"),
        ("SHOW_URL_PREFIX", "https://a-name-too-long.cn/"),
        ("SHOW_URL_PREFIX", "https://lz.cn/ "),
        ("LOG_LEVEL", "loud"),
        ("RATE_LIMIT_VERIFICATIONS", "many"),
        ("RATE_LIMIT_VERIFICATIONS", "0/minute"),
        ("RATE_LIMIT_SHOWS", "60 per minute"),
        ("RATE_LIMIT_SHOWS", "-1/minute"),
        ("RATE_LIMIT_LOGINS", "10/fortnight"),
        ("RATE_LIMIT_ADDRESS", "lots"),
        ("RATE_LIMIT_STAFF_GUESSES", "3"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://hall.example.cn/"),
        ("CORS_ORIGINS", "https://hall.example.cn, null"),
        ("RETENTION_ACCESS_RECORDS", "30d"),
        ("RETENTION_NOTICES", "a year"),
        ("RETENTION_REAL_NAME_ATTEMPTS", "60m"),
        ("SESSION_IDLE", "30"),
        ("SESSION_IDLE", "0d"),
        ("SESSION_IDLE", "29m"),
        ("STAFF_SESSION_ABSOLUTE", "29d"),
        ("STAFF_SESSION_ABSOLUTE", "a week"),
    ],
)
def test_a_wrong_value_stops_the_start_with_a_sentence_that_names_it(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        Config.from_env(SANDBOX | {name: value})

    sentence = str(refusal.value)
    assert sentence.startswith(name)
    assert sentence.endswith(".")


@pytest.mark.parametrize("secret", ["KEYS_DIR", "METRICS_TOKEN"])
def test_production_does_not_make_up_what_must_be_given(secret: str) -> None:
    env = {name: value for name, value in PRODUCTION.items() if name != secret}

    with pytest.raises(ConfigError, match=f"^{secret} "):
        Config.from_env(env)


def test_a_password_in_a_wrong_database_url_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as refusal:
        Config.from_env(SANDBOX | {"DATABASE_URL": "mysql://root:hunter2@db/x"})

    assert "hunter2" not in str(refusal.value)


def test_unset_is_production() -> None:
    config = Config.from_env(PRODUCTION)

    assert not config.is_sandbox


def test_empty_values_are_as_good_as_none() -> None:
    names = ("DATABASE_URL", "REDIS_URL", "SHOW_URL_PREFIX", "LOG_LEVEL", "DATA_DIR", "RATE_LIMIT_SHOWS")

    with_empties = Config.from_env(SANDBOX | dict.fromkeys(names, ""))

    assert with_empties == Config.from_env(SANDBOX)


def test_a_configuration_can_not_be_changed_once_it_is_read() -> None:
    config = Config.from_env(SANDBOX)

    with pytest.raises(dataclasses.FrozenInstanceError):
        config.log_level = "debug"  # type: ignore[misc]


def test_default_limits_leave_room_for_600_verifications_and_60_shows_a_minute() -> None:
    limits = Config.from_env(SANDBOX).rate_limits

    assert _per_minute(limits.verifications) >= 600
    assert _per_minute(limits.shows) >= 60
    assert min(_per_minute(limits.account), _per_minute(limits.address)) >= 600


def test_production_refuses_to_start_without_its_keys(tmp_path: Path) -> None:
    with pytest.raises(KeyRingError, match=str(tmp_path / "keys")):
        create_app(_production(tmp_path))

    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("missing", list(Purpose))
def test_production_refuses_to_start_without_any_one_ring(tmp_path: Path, missing: Purpose) -> None:
    for purpose in set(Purpose) - {missing}:
        create_ring(tmp_path / "keys", purpose)

    with pytest.raises(KeyRingError, match=f"{missing}.json"):
        create_app(_production(tmp_path))


def test_the_sandbox_is_absent_from_production(tmp_path: Path) -> None:
    for purpose in Purpose:
        create_ring(tmp_path / "keys", purpose)
    client = create_app(_production(tmp_path)).test_client()

    answers = [client.open(path, method=method, json={}) for method, path in SANDBOX_CALLS]
    login = client.post("/v1/sessions", json={"provider": "sandbox", "code": "zhang-wei"})

    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json["code"] for answer in answers if answer.json} == {"not-found"}
    assert (login.status_code, (login.json or {})["code"]) == (422, "provider-not-configured")


def _production(folder: Path) -> Config:
    env = {"KEYS_DIR": str(folder / "keys"), "METRICS_TOKEN": "a-token", "DATA_DIR": str(folder)}
    return Config.from_env(env | {"LOG_LEVEL": "error"})


def _per_minute(limit: str) -> int:
    count, _, window = limit.partition("/")
    return int(count) * {"second": 60, "minute": 1, "hour": 0, "day": 0}[window]
