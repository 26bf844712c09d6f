"""Configuration: read from the environment once, checked, and frozen.

A wrong value stops the start with a sentence that names it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from api import durations, keys_config, outside_config, registries_file
from api.durations import DurationError
from api.keys_config import KeysConfigError
from api.outside_config import NOTHING_OUTSIDE, OutsideConfig, OutsideConfigError
from api.registries_file import RegistriesFileError
from api.upkeep.retention import DEFAULT_RETENTION, Retention
from identity.crypto.hsm import HsmSettings
from identity.crypto.keyring import Purpose
from identity.proofs import face_checks
from identity.sessions import ACCESS_TOKEN_LIFETIME, DEFAULT_LIFETIMES, Lifetimes
from wallet.enterprise import requests
from wallet.registries.http.settings import RegistrySettings

SHOW_URL_PREFIX_MAX = 20
LIMIT = re.compile(r"[1-9]\d{0,6}/(second|minute|hour|day)")
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")
LOG_LEVELS = ("debug", "info", "warning", "error")


class ConfigError(ValueError):
    """A configuration value is missing or wrong; the text is a sentence for the operator."""


class Environment(StrEnum):
    """Where this runs. Unset is production."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Requests per window.

    Of an account: on any one route, for verifications, for shows, for proving a real name. Of an address: on
    any one route, for logins. Of a staff account: from one address, and from all that are new to it together. Of a machine
    client: tokens that are asked for from one address.
    """

    account: str = "6000/minute"
    address: str = "30000/minute"
    verifications: str = "1200/minute"
    shows: str = "240/minute"
    real_name: str = "30/minute"
    logins: str = "300/minute"
    staff_tries: str = "20/minute"
    staff_guesses: str = "60/hour"
    client_tries: str = "120/minute"


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration; the README's table says the same in words."""

    environment: Environment
    data_dir: Path
    database_url: str
    keys_dir: Path
    # Rings that the environment holds itself.
    key_texts: Mapping[Purpose, str] = field(default_factory=dict, repr=False)
    # Who holds the private keys of some rings, where it is not their files.
    hsm: HsmSettings | None = None
    redis_url: str | None = None
    metrics_token: str | None = field(default=None, repr=False)
    show_url_prefix: str = ""
    # Where this is reached from outside, without a slash at its end; None in a sandbox goes by the request.
    public_url: str | None = None
    log_level: str = "info"
    # How many proxies in front are ours, so that X-Forwarded-For names the citizen's address.
    trusted_proxies: int = 0
    # Web pages of which origins may read our answers.
    cors_origins: frozenset[str] = frozenset()
    rate_limits: RateLimits = RateLimits()
    registries: tuple[RegistrySettings, ...] = ()
    # None is argon2id at its recommended cost; tests have a cheap one.
    password_hasher: PasswordHasher | None = None
    citizen_sessions: Lifetimes = DEFAULT_LIFETIMES
    staff_sessions: Lifetimes = DEFAULT_LIFETIMES
    face_check_lifetime: timedelta = face_checks.LIFETIME
    # How long a consent request waits for an answer.
    consent_request_lifetime: timedelta = requests.LIFETIME
    retention: Retention = DEFAULT_RETENTION
    outside: OutsideConfig = NOTHING_OUTSIDE

    @property
    def is_sandbox(self) -> bool:
        """Tell whether sandbox parts may be built."""
        return self.environment is Environment.SANDBOX

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Config":
        """Read and check the environment. Raises ConfigError."""
        defaults = RateLimits()
        environment = _environment(env.get("LZ_ENV") or Environment.PRODUCTION)
        data_dir = Path(env.get("DATA_DIR") or ".data").resolve()
        return cls(
            environment=environment,
            registries=_registries(env, environment),
            data_dir=data_dir,
            database_url=_database_url(env.get("DATABASE_URL") or "", data_dir),
            keys_dir=_keys_dir(env, environment, data_dir),
            key_texts=keys_config.texts(env),
            hsm=_hsm(env),
            redis_url=_redis_url(env.get("REDIS_URL")),
            metrics_token=_metrics_token(env.get("METRICS_TOKEN"), environment),
            public_url=_public_url(env.get("PUBLIC_URL") or "", environment),
            show_url_prefix=_show_url_prefix(env.get("SHOW_URL_PREFIX") or ""),
            log_level=_log_level(env.get("LOG_LEVEL") or "info"),
            trusted_proxies=_trusted_proxies(env.get("TRUSTED_PROXIES") or "0"),
            cors_origins=_origins(env.get("CORS_ORIGINS") or ""),
            rate_limits=RateLimits(
                account=_limit(env, "RATE_LIMIT_ACCOUNT", defaults.account),
                address=_limit(env, "RATE_LIMIT_ADDRESS", defaults.address),
                verifications=_limit(env, "RATE_LIMIT_VERIFICATIONS", defaults.verifications),
                shows=_limit(env, "RATE_LIMIT_SHOWS", defaults.shows),
                real_name=_limit(env, "RATE_LIMIT_REAL_NAME", defaults.real_name),
                logins=_limit(env, "RATE_LIMIT_LOGINS", defaults.logins),
                staff_tries=_limit(env, "RATE_LIMIT_STAFF_TRIES", defaults.staff_tries),
                staff_guesses=_limit(env, "RATE_LIMIT_STAFF_GUESSES", defaults.staff_guesses),
                client_tries=_limit(env, "RATE_LIMIT_CLIENT_TRIES", defaults.client_tries),
            ),
            retention=_retention(env),
            citizen_sessions=_lifetimes(
                "SESSION",
                _duration(env, "SESSION_IDLE", DEFAULT_LIFETIMES.idle),
                _duration(env, "SESSION_ABSOLUTE", DEFAULT_LIFETIMES.absolute),
            ),
            staff_sessions=_lifetimes(
                "STAFF_SESSION",
                _duration(env, "STAFF_SESSION_IDLE", DEFAULT_LIFETIMES.idle),
                _duration(env, "STAFF_SESSION_ABSOLUTE", DEFAULT_LIFETIMES.absolute),
            ),
            face_check_lifetime=_duration(env, "FACE_CHECK_LIFETIME", face_checks.LIFETIME),
            consent_request_lifetime=_duration(env, "CONSENT_REQUEST_LIFETIME", requests.LIFETIME),
            outside=_outside(env, environment),
        )


def _environment(word: str) -> Environment:
    if word not in list(Environment):
        msg = f"LZ_ENV must be 'production' or 'sandbox', not {word!r}."
        raise ConfigError(msg)
    return Environment(word)


def _database_url(url: str, data_dir: Path) -> str:
    if not url:
        return f"sqlite:///{data_dir / 'liangzheng.sqlite3'}"
    try:
        driver = make_url(url).drivername
    except ArgumentError:
        driver = "nothing readable"
    if driver not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        msg = f"DATABASE_URL must start with 'sqlite:///' or 'postgresql+psycopg://'; this is {driver}."
        raise ConfigError(msg)
    return url


def _keys_dir(env: Mapping[str, str], environment: Environment, data_dir: Path) -> Path:
    sandbox = environment is Environment.SANDBOX
    try:
        return keys_config.directory(env, keys_config.texts(env), data_dir, is_sandbox=sandbox)
    except KeysConfigError as error:
        raise ConfigError(str(error)) from error


def _hsm(env: Mapping[str, str]) -> HsmSettings | None:
    try:
        return keys_config.hsm(env)
    except KeysConfigError as error:
        raise ConfigError(str(error)) from error


def _registries(env: Mapping[str, str], environment: Environment) -> tuple[RegistrySettings, ...]:
    path = env.get("REGISTRIES_FILE")
    if not path:
        return ()
    try:
        return registries_file.read(Path(path), env, is_sandbox=environment is Environment.SANDBOX)
    except RegistriesFileError as error:
        raise ConfigError(str(error)) from error


def _redis_url(url: str | None) -> str | None:
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        msg = "REDIS_URL must start with 'redis://', 'rediss://' or 'unix://'."
        raise ConfigError(msg)
    return url or None


def _metrics_token(token: str | None, environment: Environment) -> str | None:
    if not token and environment is Environment.PRODUCTION:
        msg = "METRICS_TOKEN must be set: in production /metrics answers only to who knows it."
        raise ConfigError(msg)
    return token or None


def _show_url_prefix(prefix: str) -> str:
    if len(prefix) > SHOW_URL_PREFIX_MAX or not re.fullmatch(r"(https://[A-Za-z0-9./?=_-]+)?", prefix):
        msg = f"SHOW_URL_PREFIX must be an https link of at most {SHOW_URL_PREFIX_MAX} characters."
        raise ConfigError(msg)
    return prefix


def _public_url(url: str, environment: Environment) -> str | None:
    scheme = "https" if environment is Environment.PRODUCTION else "https?"
    if url and not re.fullmatch(scheme + r"://[a-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~-]+)*", url):
        msg = "PUBLIC_URL must be the https address that clients know, without a slash at its end."
        raise ConfigError(msg)
    return url or None


def _log_level(level: str) -> str:
    if level.lower() not in LOG_LEVELS:
        msg = f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}, not {level!r}."
        raise ConfigError(msg)
    return level.lower()


def _trusted_proxies(count: str) -> int:
    if not re.fullmatch("[0-9]", count):
        msg = f"TRUSTED_PROXIES must be a number from 0 to 9, not {count!r}."
        raise ConfigError(msg)
    return int(count)


def _origins(text: str) -> frozenset[str]:
    origins = [origin.strip() for origin in text.split(",") if origin.strip()]
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            msg = f"CORS_ORIGINS must be origins such as 'https://hall.example.cn', with commas; not {origin!r}."
            raise ConfigError(msg)
    return frozenset(origins)


def _limit(env: Mapping[str, str], name: str, default: str) -> str:
    limit = env.get(name) or default
    if not LIMIT.fullmatch(limit):
        msg = f"{name} must look like '{default}', not {limit!r}."
        raise ConfigError(msg)
    return limit


def _retention(env: Mapping[str, str]) -> Retention:
    try:
        return Retention.from_env(env)
    except DurationError as error:
        raise ConfigError(str(error)) from error


def _lifetimes(prefix: str, idle: timedelta, absolute: timedelta) -> Lifetimes:
    if idle < ACCESS_TOKEN_LIFETIME:
        msg = f"{prefix}_IDLE must not be shorter than the 30 minutes that an access token lives."
        raise ConfigError(msg)
    if absolute < idle:
        msg = f"{prefix}_ABSOLUTE must not be shorter than {prefix}_IDLE."
        raise ConfigError(msg)
    return Lifetimes(idle, absolute)


def _outside(env: Mapping[str, str], environment: Environment) -> OutsideConfig:
    try:
        return outside_config.read(env, is_sandbox=environment is Environment.SANDBOX)
    except OutsideConfigError as error:
        raise ConfigError(str(error)) from error


def _duration(env: Mapping[str, str], name: str, default: timedelta) -> timedelta:
    try:
        return durations.read(env, name, default)
    except DurationError as error:
        raise ConfigError(str(error)) from error
