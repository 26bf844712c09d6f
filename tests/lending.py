"""A database on PostgreSQL that is lent from test to test, and put back as its template is.

To create and drop a database for every test takes PostgreSQL longer than most tests take. So one is kept, and after
each test the tables that it touched are emptied and filled from memory. What a test did to the schema itself is
noticed: such a database is not lent again.
"""

import time
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL

from identity.orm import Base
from wallet.showing.records import append_only

GUARDED = frozenset({append_only.RECORDS, append_only.CHECKPOINTS, append_only.ANCHORS})
# Who has hung up is gone a moment later; who stays longer is made to.
LEAVING_SECONDS, GIVE_UP_MS = 0.2, 5000

_OTHERS = "FROM pg_stat_activity WHERE datname = current_database()"
_OTHERS += " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
_SCHEMA = (
    "SELECT (SELECT md5(string_agg(format('%s %s %s', relname, relkind, relnatts), ',' ORDER BY relname)) FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace),"
    " (SELECT md5(string_agg(format('%s %s', tgname, tgenabled), ',' ORDER BY tgname)) FROM pg_trigger WHERE NOT tgisinternal),"
    " (SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_proc)"
)


@dataclass(frozen=True)
class _Mark:
    """What tells a table's content from another: the number of rows, and the latest transaction that wrote one."""

    rows: int
    written_by: int


class Lent:
    """A database that nobody else is connected to while it is not lent."""

    def __init__(self, url: URL) -> None:
        self.url = url
        # What Alembic keeps of the schema's version is no table of ours.
        self._tables = [*(table.name for table in Base.metadata.sorted_tables), "alembic_version"]
        self._parents = {
            table.name: {key.column.table.name for key in table.foreign_keys}
            for table in Base.metadata.sorted_tables
        } | {"alembic_version": set()}
        conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(conninfo, autocommit=True)
        self._schema = self._one(_SCHEMA)
        self._sequences = self._sequences_now()
        self._marks = self._marks_now()
        self._content = {name: self._copied(name) for name, mark in self._marks.items() if mark.rows}

    def put_back(self) -> bool:
        """Make it as it was; tell whether that can be done."""
        self._be_alone()
        if self._one(_SCHEMA) != self._schema:
            return False
        now = self._marks_now()
        touched = self._with_children({name for name, mark in now.items() if mark != self._marks[name]})
        with self._connection.transaction():
            for name in touched & GUARDED:
                self._do("ALTER TABLE {} DISABLE TRIGGER USER", name)
            for name in reversed(self._tables):
                if name in touched:
                    self._do("DELETE FROM {}", name)
            for name in self._tables:
                if name in touched & self._content.keys():
                    self._fill(name)
            for name in touched & GUARDED:
                self._do("ALTER TABLE {} ENABLE TRIGGER USER", name)
            for name, (last, is_called) in self._sequences.items():
                self._connection.execute("SELECT setval(%s, %s, %s)", (name, last, is_called))
        self._marks = self._marks_now() if touched else self._marks
        return True

    def _be_alone(self) -> None:
        deadline = time.monotonic() + LEAVING_SECONDS
        while self._one(f"SELECT count(*) {_OTHERS}") != (0,):
            if time.monotonic() > deadline:
                self._one(f"SELECT count(pg_terminate_backend(pid, {GIVE_UP_MS})) {_OTHERS}")
            time.sleep(0.002)

    def close(self) -> None:
        """Hang up, before the database is dropped."""
        self._connection.close()

    def _with_children(self, touched: set[str]) -> set[str]:
        """Return these tables, and those that have rows which hang on theirs."""
        for name in self._tables:
            if self._parents[name] & touched and name in self._content:
                touched.add(name)
        return touched

    def _marks_now(self) -> dict[str, _Mark]:
        looks = [
            sql.SQL("SELECT {}, count(*), coalesce(max(xmin::text::bigint), 0) FROM {}").format(
                sql.Literal(name), sql.Identifier(name)
            )
            for name in self._tables
        ]
        rows = self._connection.execute(sql.SQL(" UNION ALL ").join(looks), prepare=True).fetchall()
        return {name: _Mark(count, written_by) for name, count, written_by in rows}

    def _sequences_now(self) -> dict[str, tuple[int, bool]]:
        found = self._connection.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
        return {
            name: self._one(sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name)))
            for (name,) in found.fetchall()
        }

    def _copied(self, table: str) -> bytes:
        statement = sql.SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(sql.Identifier(table))
        with self._connection.cursor().copy(statement) as copy:
            return b"".join(bytes(block) for block in copy)

    def _fill(self, table: str) -> None:
        statement = sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table))
        with self._connection.cursor().copy(statement) as copy:
            copy.write(self._content[table])

    def _do(self, statement: str, table: str) -> None:
        self._connection.execute(sql.SQL(statement).format(sql.Identifier(table)))

    def _one(self, query: Any) -> Any:
        return self._connection.execute(query).fetchone()
