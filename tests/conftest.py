"""Fixtures: a sandbox of one's own for every test."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from argon2 import PasswordHasher

from api import migrating, seeding
from api.config import Config
from api.services import build
from identity.orm import Database
from identity.sandbox import clock
from tests import live, reuse, stores
from tests.sandbox import FIRST_DAY, Sandbox, running

reuse.compile_once()

# argon2id at its lowest: what it costs in earnest is no test's concern.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what opens a store, which is worth running on each kind of store, and what a browser sees of it."""
    for item in items:
        fixtures, module = getattr(item, "fixturenames", ()), getattr(item, "module", None)
        if "template_url" in fixtures or getattr(module, "stores", None) is stores:
            item.add_marker(pytest.mark.store)
        if "browser" in fixtures:
            item.add_marker(pytest.mark.browser)


def sandbox_config(database_url: str, data_dir: Path, keys_dir: Path) -> Config:
    """Return the configuration of a quiet sandbox."""
    config = Config.from_env(
        {
            "LZ_ENV": "sandbox",
            "DATABASE_URL": database_url,
            "DATA_DIR": str(data_dir),
            "KEYS_DIR": str(keys_dir),
            "LOG_LEVEL": "error",
            "REDIS_URL": os.environ.get("REDIS_URL", ""),
            # A shared Redis counts the requests of the whole suite under one address.
            "RATE_LIMIT_ADDRESS": "999999/minute",
            "RATE_LIMIT_LOGINS": "999999/minute",
            "RATE_LIMIT_REAL_NAME": "999999/minute",
            "RATE_LIMIT_STAFF_TRIES": "999999/minute",
            "RATE_LIMIT_STAFF_GUESSES": "999999/minute",
            "RATE_LIMIT_CLIENT_TRIES": "999999/minute",
        },
    )
    return replace(config, password_hasher=CHEAP)


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of key rings that all tests of a worker share."""
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="session")
def template_url(tmp_path_factory: pytest.TempPathFactory, keys_dir: Path) -> Iterator[str]:
    """A migrated and filled database that is only ever copied."""
    folder = tmp_path_factory.mktemp("template")
    url = stores.fresh_url(folder)
    parts = build(sandbox_config(url, folder, keys_dir))
    migrating.upgrade(parts.database)
    seeding.fill_once(parts)
    with parts.database.write() as session:
        clock.set_clock(session, FIRST_DAY)
    # Closing SQLite's last connection folds its WAL into the file: what is copied is whole.
    parts.close()
    yield url
    stores.drop(url)


def begin_first_day(url: str) -> None:
    """Let a copy's time begin: the template's has gone on since it was filled."""
    database = Database(url, pool_size=1)
    with database.write() as session:
        clock.set_clock(session, FIRST_DAY)
    database.dispose()


@pytest.fixture
def every_line_is_logged() -> Iterator[None]:
    """Undo the log level of whatever app was built before."""
    configured = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**configured)


@pytest.fixture
def config(template_url: str, tmp_path: Path, keys_dir: Path) -> Iterator[Config]:
    """The configuration of a sandbox as on its first day."""
    with stores.copy_of(template_url, tmp_path) as url:
        begin_first_day(url)
        yield sandbox_config(url, tmp_path, keys_dir)


@pytest.fixture
def sandbox(config: Config) -> Iterator[Sandbox]:
    """A sandbox as on its first day."""
    with running(config) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def standing_config(
    template_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    keys_dir: Path,
) -> Iterator[Config]:
    """The configuration of a sandbox that the tests of a file share."""
    folder = tmp_path_factory.mktemp("standing")
    with stores.copy_of(template_url, folder) as url:
        yield sandbox_config(url, folder, keys_dir)


@pytest.fixture(scope="module")
def standing_sandbox(standing_config: Config) -> Iterator[Sandbox]:
    """A sandbox that the tests of a file share: for many small tests that ask and change nothing."""
    with running(standing_config) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def addresses(standing_config: Config) -> Iterator[tuple[str, str]]:
    """Two running servers that the tests of a file share: each has people of its own."""
    with live.pair(standing_config) as (one, other):
        yield one.address, other.address
