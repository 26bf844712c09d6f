"""Statements of the hot path: written with SQLAlchemy, compiled once, then run on the driver itself.

SQLAlchemy builds, looks up and dresses a statement anew at every execution, which costs several times what the
database needs to run it. A Prepared keeps the SQL and the types' own conversions of one statement, and does
just these. Values go in by the names of the statement's `bindparam`s.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Dialect, bindparam, insert, inspect
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import Executable

from identity.orm import Base

Convert = Callable[[Any], Any]
Answer_co = TypeVar("Answer_co", covariant=True)
Other = TypeVar("Other")
# What a prepared statement runs on.
Executor = Session | Connection


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement as one dialect's driver takes it."""

    sql: str
    names: tuple[str, ...]
    constants: dict[str, Any]
    into: dict[str, Convert]
    out: tuple[tuple[int, Convert], ...]
    row: Callable[..., Any]
    positional: bool

    def values(self, given: Mapping[str, Any]) -> Any:
        """Return what is bound, in the driver's own types."""
        bound = {**self.constants, **given} if self.constants else given
        into = self.into
        if self.positional:
            return [into[n](bound[n]) if n in into else bound[n] for n in self.names]
        return {n: into[n](bound[n]) if n in into else bound[n] for n in self.names}

    def read(self, raw: Sequence[Any]) -> Any:
        """Return a row with Python's types under the columns' names."""
        if not self.out:
            return self.row(raw)
        values = list(raw)
        for place, convert in self.out:
            values[place] = convert(values[place])
        return self.row(values)


class Prepared:
    """One statement, compiled at its first use for each dialect."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._plans: dict[str, _Plan] = {}

    def first(self, session: Executor, **values: Any) -> Any:
        """Run the statement; return its first row, or None."""
        plan, cursor = self.execute(session, values)
        try:
            raw = cursor.fetchone()
        finally:
            cursor.close()
        return None if raw is None else plan.read(raw)

    def all(self, session: Executor, **values: Any) -> list[Any]:
        """Run the statement; return all its rows."""
        plan, cursor = self.execute(session, values)
        try:
            raw = cursor.fetchall()
        finally:
            cursor.close()
        return [plan.read(row) for row in raw]

    def run(self, session: Executor, **values: Any) -> None:
        """Run a statement that returns nothing."""
        self.execute(session, values)[1].close()

    def execute(self, session: Executor, values: Mapping[str, Any]) -> tuple[_Plan, Any]:
        """Run the statement; return how its rows are read, and the driver's cursor that holds them."""
        connection = session.connection() if isinstance(session, Session) else session
        plan = self._plans.get(connection.dialect.name)
        if plan is None:
            plan = self._plans[connection.dialect.name] = _plan(self._statement, connection.dialect)
        cursor: Any = connection.connection.cursor()
        try:
            cursor.execute(plan.sql, plan.values(values))
        except connection.dialect.loaded_dbapi.OperationalError as error:
            # As SQLAlchemy's own statements do, so that callers know one error and not each driver's.
            raise OperationalError(plan.sql, None, error) from error
        except connection.dialect.loaded_dbapi.IntegrityError as error:
            raise IntegrityError(plan.sql, None, error) from error
        return plan, cursor


@dataclass(frozen=True, slots=True)
class Question(Generic[Answer_co]):
    """A prepared statement with its values, and how its rows are read."""

    prepared: Prepared
    values: Mapping[str, Any]
    read: Callable[[list[Any]], Answer_co]

    @property
    def key(self) -> tuple[Any, ...]:
        """Return what tells it from another question to the database: the statement and its values."""
        return (self.prepared, *self.values.items())

    def ask(self, session: Executor) -> Answer_co:
        """Ask it alone."""
        return self.read(self.prepared.all(session, **self.values))

    def then(self, further: Callable[[Answer_co], Other]) -> "Question[Other]":
        """Return the same question, with something made of its answer."""
        return Question(self.prepared, self.values, lambda rows: further(self.read(rows)))


def rows_together(connection: Connection, questions: Sequence[Question[Any]]) -> list[list[Any]]:
    """Ask what does not depend on one another: on PostgreSQL in one round trip, by libpq's pipeline mode.

    Returns each question's rows, for its `read`.
    """
    driver: Any = connection.connection.driver_connection
    if len(questions) == 1 or not hasattr(driver, "pipeline"):
        return [question.prepared.all(connection, **question.values) for question in questions]
    try:
        with driver.pipeline():
            asked = [question.prepared.execute(connection, question.values) for question in questions]
    except connection.dialect.loaded_dbapi.OperationalError as error:
        statements = "several in one round trip"
        raise OperationalError(statements, None, error) from error
    return [[plan.read(row) for row in cursor.fetchall()] for plan, cursor in asked]


def prepared_insert(row: type[Base]) -> Prepared:
    """Return an insert of a whole row; every column is a value of its name."""
    return Prepared(insert(row).values({c.name: bindparam(c.name) for c in row.__table__.c}))


def prepared_insert_or_skip(row: type[Base]) -> Prepared:
    """Return an insert of a whole row whose key may be taken: `first` gives the inserted key, or None for none."""
    # PostgreSQL's words, which SQLite took over.
    rows = postgresql_insert(row).values({c.name: bindparam(c.name) for c in row.__table__.c})
    return Prepared(rows.on_conflict_do_nothing().returning(*inspect(row).primary_key))


def _plan(statement: Any, dialect: Dialect) -> _Plan:
    compiled: Any = statement.compile(dialect=dialect)
    parameters = {name: parameter for parameter, name in compiled.bind_names.items()}
    into = {
        name: convert
        for name, parameter in parameters.items()
        if (convert := parameter.type.dialect_impl(dialect).bind_processor(dialect)) is not None
    }
    columns = _columns(statement)
    out = tuple(
        (place, convert)
        for place, column in enumerate(columns)
        if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
    )
    # typing.NamedTuple is for classes that are written down; these columns are known at run time only.
    row_class: Any = namedtuple("Row", tuple(str(c.key) for c in columns))  # type: ignore[misc]  # noqa: PYI024
    return _Plan(
        sql=compiled.string,
        names=tuple(compiled.positiontup if compiled.positional else parameters),
        constants={name: p.value for name, p in parameters.items() if not p.required},
        into=into,
        out=out,
        row=row_class._make,
        positional=compiled.positional,
    )


def _columns(statement: Any) -> list[ColumnElement[Any]]:
    """Return what a SELECT, or the RETURNING of another statement, gives back."""
    return list(statement.selected_columns if statement.is_select else statement.exported_columns)
