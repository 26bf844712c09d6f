"""Versions of the catalogue: whoever changes it is alone, and what was can always be read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import migrating
from hotservices.administration import changes, versions
from hotservices.administration.desk import CatalogueDesk
from hotservices.administration.versions import Author
from hotservices.catalogue import Catalogue, Popularity, Service, shipped
from hotservices.errors import CatalogueEmptied, CatalogueVersionNotFound
from identity.orm import Database
from tests import stores

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
AUTHOR = Author(None, "test", NOW)
FIRST = next(iter(shipped().services.values()))
POOL = [replace(FIRST, code=f"T{n}", popularity=rank) for n in range(6) for rank in Popularity]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    url = stores.fresh_url(Path(tmp_path_factory.mktemp("catalogue")))
    database = Database(url)
    migrating.upgrade(database)
    yield database
    database.dispose()
    stores.drop(url)


def make(database: Database, *services: Service) -> int:
    with database.write() as session:
        return versions.make(session, changes.whole(services), AUTHOR)[0]


def read(database: Database, number: int | None = None) -> Catalogue:
    with database.read() as session:
        return versions.read(session, number)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=st.lists(
        st.lists(st.sampled_from(POOL), min_size=1, max_size=6, unique_by=lambda s: s.code), max_size=5
    )
)
def test_every_version_stays_what_it_was(database: Database, history: list[list[Service]]) -> None:
    numbers = [make(database, *services) for services in history]

    for number, services in zip(numbers, history, strict=True):
        assert dict(read(database, number).services) == {service.code: service for service in services}
    assert read(database, 1).services == shipped().services if history else True


def test_a_worker_looks_once_a_second_and_a_request_keeps_what_it_has(database: Database) -> None:
    seconds = [0.0]
    desk = CatalogueDesk(database, lambda: seconds[0])
    before = desk.current()
    made = make(database, *before.services.values(), replace(FIRST, code=f"NEW{before.version}"))

    seconds[0] = 0.9
    within = desk.current()
    seconds[0] = 1.0
    after = desk.current()
    desk.await_index()

    assert within is before
    assert after.version == made
    assert f"NEW{before.version}" in after.services
    assert f"NEW{before.version}" not in before.services
    desk.close()


def test_a_catalogue_can_neither_be_emptied_nor_read_at_a_version_that_is_not(database: Database) -> None:
    with pytest.raises(CatalogueEmptied), database.write() as session:
        versions.make(session, changes.whole(()), AUTHOR)
    with pytest.raises(CatalogueVersionNotFound):
        read(database, 10_000)


def test_a_desk_without_its_tables_serves_the_release(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/empty.sqlite")

    assert CatalogueDesk(database).current() is shipped()
    database.dispose()
