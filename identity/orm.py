"""SQLAlchemy base, column types and the database: one set of models for SQLite and PostgreSQL.

Two ways to open it, and no other:

- `Database.read()`: every statement stands alone (autocommit). Nothing written here is kept.
- `Database.write()`: one transaction. Leaving the block commits, an exception rolls back.

Both lend a session; `lookup()` and `transaction()` lend the bare connection, which prepared statements run on.

On SQLite a write begins with BEGIN IMMEDIATE: a transaction that reads first and writes later would
fail with SQLITE_BUSY_SNAPSHOT as soon as another worker has committed in between.
"""

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Row,
    Select,
    Uuid,
    create_engine,
    event,
    inspect,
    make_url,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

# 32 MiB.
SQLITE_LOG_PAGES = 8192
SQLITE_BUSY_TIMEOUT_MS = 10_000
POSTGRES_STATEMENT_TIMEOUT_MS = 10_000
# A wallet sync asks 16 sandbox registries side by side, each with a connection of its own.
POOL_SIZE = 20
POOL_OVERFLOW = 20
TRUSTED_IDLE_SECONDS = 1.0
# Marks connections whose statements each stand alone. Both drivers begin no transaction by themselves.
STANDALONE = "standalone_statements"
IDLE_SINCE = "idle_since"

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant. Naive values are refused, since nobody could say what they mean."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC; SQLite has no zones, so it stores the bare UTC time."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "naive datetime: every instant needs its zone"
            raise ValueError(msg)
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every row. Constraints get names, so that migrations can speak of them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime}


# A query's shape is told by its columns; a type for each of them would say it twice.
AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]

# Ids live as native `uuid` on PostgreSQL and are text in Python.
ID = Uuid(as_uuid=False)


def primary_key() -> Any:
    """Return the column every entity has: a UUIDv7 that the caller chooses."""
    return mapped_column(ID, primary_key=True)


class Database:
    """An engine with the two ways of using it."""

    def __init__(self, url: str, *, pool_size: int = POOL_SIZE) -> None:
        self.url = make_url(url)
        self.engine = _engine(url, pool_size)
        # SQLite has one writer at a time, and lets the others poll. Threads of one process do better to
        # queue here: they wake up at once, and in turn.
        self._turn = threading.Lock()
        self._reading = self.engine.execution_options(**{STANDALONE: True})

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is the one-machine database."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def lookup(self) -> Iterator[Connection]:
        """Lend a connection for prepared statements that each stand alone."""
        with self._reading.connect() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session whose statements each stand alone."""
        with self.lookup() as connection, reading(connection) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open one transaction: commit on leaving, roll back on an exception."""
        with self._in_turn(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open one transaction for prepared statements: a session would cost about what they do."""
        with self._in_turn(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        if not self._turn.acquire(timeout=SQLITE_BUSY_TIMEOUT_MS / 1000):
            statement, queued_too_long = "BEGIN IMMEDIATE", TimeoutError()
            raise OperationalError(statement, None, queued_too_long)
        try:
            yield
        finally:
            self._turn.release()

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def reading(connection: Connection) -> Session:
    """Return a session for statements that each stand alone, on a connection that was lent."""
    return Session(connection, autoflush=False, expire_on_commit=False)


def insert_or_skip(session: Session, row: type[Base], values: dict[str, Any]) -> bool:
    """Insert a row unless its key or a unique column is taken; tell whether it was inserted."""
    statement = _insert(session, row).values(**values).on_conflict_do_nothing()
    inserted = session.execute(statement.returning(*inspect(row).primary_key)).first()
    return inserted is not None


def insert_rows_or_skip(
    session: Session, row: type[Base], rows: Sequence[dict[str, Any]]
) -> Sequence[AnyRow]:
    """Insert rows, leaving out those whose key or a unique column is taken; return the keys of the others."""
    statement = _insert(session, row).values(list(rows)).on_conflict_do_nothing()
    inserted: Sequence[AnyRow] = session.execute(statement.returning(*inspect(row).primary_key)).all()
    return inserted


def _insert(session: Session, row: type[Base]) -> Any:
    sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite_insert(row) if sqlite else postgresql_insert(row)


def _engine(url: str, pool_size: int) -> Engine:
    sizes: dict[str, Any] = {"pool_size": pool_size, "max_overflow": POOL_OVERFLOW}
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"check_same_thread": False}, **sizes)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", partial(_begin, "BEGIN IMMEDIATE"))
        return engine
    timeouts = f"-c statement_timeout={POSTGRES_STATEMENT_TIMEOUT_MS} -c timezone=UTC"
    engine = create_engine(url, connect_args={"options": timeouts}, isolation_level="AUTOCOMMIT", **sizes)
    event.listen(engine, "begin", partial(_begin, "BEGIN"))
    event.listen(engine, "checkin", _note_idleness)
    event.listen(engine, "checkout", partial(_ping_after_idleness, engine.dialect))
    return engine


def _note_idleness(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info[IDLE_SINCE] = time.monotonic()


def _ping_after_idleness(
    dialect: Dialect,
    connection: DBAPIConnection,
    record: ConnectionPoolEntry,
    _proxy: object,
) -> None:
    # A ping costs a round trip, so a connection in steady use is trusted. One that a restart of the
    # database has cut is found out here, and SQLAlchemy opens another in its place.
    idle = time.monotonic() - record.info.get(IDLE_SINCE, 0.0)
    if idle > TRUSTED_IDLE_SECONDS and not _answers(dialect, connection):
        raise DisconnectionError


def _answers(dialect: Dialect, connection: DBAPIConnection) -> bool:
    try:
        return dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        return False


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # isolation_level None: Python's driver must not open transactions of its own beside ours.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    # Whoever commits when the log is full brings it into the file: rarely enough that few requests wait for it.
    cursor.execute(f"PRAGMA wal_autocheckpoint={SQLITE_LOG_PAGES}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_TIMEOUT_MS}")
    cursor.close()
    # What PostgreSQL has built in.
    connection.create_function("sha256_joined", 2, _sha256_joined, deterministic=True)


def _sha256_joined(first: bytes, second: bytes) -> bytes:
    return hashlib.sha256(first + second).digest()


def _begin(statement: str, connection: Connection) -> None:
    if not connection.get_execution_options().get(STANDALONE):
        connection.connection.cursor().execute(statement)
