"""The database: instants with their zone, one transaction, inserts that may lose a race."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import StatementError

from identity.accounts import AccountRow
from identity.ids import AccountId, new_id
from identity.orm import Database, UtcDateTime, insert_or_skip
from identity.prepared import Prepared, prepared_insert
from tests.sandbox import Sandbox

TOKYO = timezone(timedelta(hours=9))
INSERT = prepared_insert(AccountRow)
FIND = Prepared(
    select(AccountRow.id, AccountRow.person_id, AccountRow.created_at).where(
        AccountRow.id == bindparam("wanted"),
    ),
)


@pytest.fixture
def database(sandbox: Sandbox) -> Database:
    return sandbox.parts.database


def an_account(created_at: datetime) -> dict[str, Any]:
    empty = {column.name: None for column in AccountRow.__table__.columns if column.nullable}
    return {"id": new_id(), "assurance_level": 1, "created_at": created_at} | empty


def test_an_instant_comes_back_in_utc_whatever_zone_it_was_written_in(database: Database) -> None:
    instant = datetime(2026, 11, 22, 11, 0, 0, 123_456, TOKYO)
    account = an_account(instant)

    with database.write() as session:
        session.execute(insert(AccountRow).values(account))
    with database.read() as session:
        found = session.scalars(select(AccountRow.created_at).where(AccountRow.id == account["id"])).one()

    assert found == instant
    assert found.tzinfo is UTC


def test_a_naive_instant_is_refused(database: Database) -> None:
    naive = datetime(2026, 11, 22)  # noqa: DTZ001  the point of this test

    with pytest.raises(StatementError, match="naive datetime"), database.write() as session:
        session.execute(insert(AccountRow).values(an_account(naive)))
    with pytest.raises(ValueError, match="naive datetime"):
        UtcDateTime().process_bind_param(naive, database.engine.dialect)


def test_leaving_a_write_commits_and_an_exception_rolls_back(database: Database, now: datetime) -> None:
    kept, lost = an_account(now), an_account(now)

    with database.write() as session:
        session.execute(insert(AccountRow).values(kept))
    with suppress(RuntimeError), database.write() as session:
        session.execute(insert(AccountRow).values(lost))
        raise RuntimeError

    with database.read() as session:
        found = session.scalars(select(AccountRow.id).where(AccountRow.id.in_([kept["id"], lost["id"]])))
        assert found.all() == [kept["id"]]


def test_an_insert_that_loses_the_race_is_skipped_and_says_so(database: Database, now: datetime) -> None:
    account = an_account(now)

    with database.write() as session:
        inserted = [insert_or_skip(session, AccountRow, account) for _ in range(2)]

    assert inserted == [True, False]


def test_a_prepared_statement_speaks_the_same_types_as_the_models(database: Database) -> None:
    instant = datetime(2026, 11, 22, 11, 0, 0, 123_456, TOKYO)
    account = an_account(instant)

    with database.write() as session:
        INSERT.run(session, **account)
        found = FIND.first(session, wanted=account["id"])
        absent = FIND.first(session, wanted=new_id())

    assert (found.id, found.person_id, found.created_at) == (account["id"], None, instant)
    assert found.created_at.tzinfo is UTC
    assert absent is None


def test_a_prepared_statement_refuses_a_naive_instant_too(database: Database) -> None:
    account = an_account(datetime(2026, 11, 22))  # noqa: DTZ001  the point of this test

    with pytest.raises(ValueError, match="naive datetime"), database.write() as session:
        INSERT.run(session, **account)


def test_a_prepared_write_is_rolled_back_with_its_transaction(database: Database, now: datetime) -> None:
    account = an_account(now)

    with suppress(RuntimeError), database.write() as session:
        INSERT.run(session, **account)
        raise RuntimeError

    with database.read() as session:
        assert session.get(AccountRow, AccountId(account["id"])) is None


def test_sqlite_is_durable_and_keeps_its_foreign_keys(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL is both by default")

    with database.engine.connect() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    # synchronous: 2 is FULL.
    assert pragmas == ["wal", 2, 1]
