"""Reading the log: each row once, rows that appear late too, and an emptied log is noticed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, insert

from hotservices.signals.people import Person
from hotservices.usage import places
from hotservices.usage.models import UsageLogRow
from hotservices.usage.tail import GAP_LIFETIME_SECONDS, Tail
from hotservices.usage.uses import Use, UseUnreadable, open_use
from identity.crypto.cipher import PiiCipher
from identity.crypto.keyring import KeyRing, Purpose, create_ring
from identity.orm import Base, Database
from tests import stores

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    url = stores.fresh_url(tmp_path)
    database = Database(url)
    Base.metadata.create_all(database.engine)
    yield database
    database.dispose()
    stores.drop(url)


def log(database: Database, *ids: int) -> None:
    with database.write() as session:
        for number in ids:
            row = {"id": number, "use_sealed": str(number).encode(), "logged_at": NOW}
            session.execute(insert(UsageLogRow).values(**row))


def read(database: Database, tail: Tail, *, limit: int = 100, monotonic: float = 0.0) -> list[int] | None:
    with database.read() as session:
        found = tail.read(session, limit, monotonic)
    return None if found is None else [int(use) for use in found]


def test_each_row_is_read_once_in_order(database: Database) -> None:
    tail = Tail()
    log(database, 1, 2, 3)

    first = read(database, tail)
    log(database, 4)

    assert (first, read(database, tail), read(database, tail)) == ([1, 2, 3], [4], [])


def test_a_long_log_is_read_in_parts(database: Database) -> None:
    tail = Tail()
    log(database, *range(1, 8))

    parts = [read(database, tail, limit=2) for _ in range(4)]

    assert [number for part in parts for number in part or []] == list(range(1, 8))


def test_a_row_that_commits_after_a_later_one_is_read_when_it_appears(database: Database) -> None:
    tail = Tail()
    log(database, 1, 4)

    first = read(database, tail)
    log(database, 3)

    assert (first, read(database, tail), read(database, tail)) == ([1, 4], [3], [])


def test_a_gap_that_nobody_fills_is_given_up(database: Database) -> None:
    tail = Tail()
    log(database, 1, 3)
    read(database, tail, monotonic=0)

    log(database, 2)

    assert read(database, tail, monotonic=GAP_LIFETIME_SECONDS + 1) == []


def test_an_emptied_log_is_noticed(database: Database) -> None:
    tail = Tail()
    log(database, 1, 2)
    read(database, tail)

    with database.write() as session:
        session.execute(delete(UsageLogRow))

    assert read(database, tail) is None


def test_a_place_is_given_once_whatever_order_services_come_in(database: Database) -> None:
    for codes in (["b", "c"], ["a", "c", "b"], ["d"]):
        with database.write() as session:
            places.assign(session, codes)

    with database.read() as session:
        assert places.read(session) == ["b", "c", "a", "d"]


def test_a_use_survives_the_log_and_nonsense_does_not(tmp_path: Path) -> None:
    create_ring(tmp_path, Purpose.PII)
    cipher = PiiCipher(KeyRing(tmp_path, Purpose.PII))
    told = Use(7, 1_780_000_000, fold=True, attributes={"age": "from30"}, before=Person().to_bytes())

    use, _ = open_use(cipher, told.seal(cipher))

    assert use == told
    for sealed in (b"", b"nonsense", cipher.seal(b"", "elsewhere")):
        with pytest.raises(UseUnreadable):
            open_use(cipher, sealed)
