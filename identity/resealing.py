"""Sealing anew: what lies under a former key of the PII ring is moved to the one in use, while people are served.

Nothing is noted of how far it came: what is left is asked of the values, which say themselves under which key they
lie. It can be stopped at any moment and begun again, and run twice at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Table, and_, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from identity.crypto.cipher import CipherError, PiiCipher, head_of
from identity.orm import AnyRow, AnySelect

SUFFIX = "_sealed"


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values. `place` gives a value's place from its row's key, where it is not the usual one."""

    attribute: InstrumentedAttribute[Any]
    place: Callable[[Any], str] | None = None

    @property
    def table(self) -> Table:
        """The column's table."""
        table: Table = self.attribute.class_.__table__
        return table

    @property
    def name(self) -> str:
        """Return `table.column`."""
        return f"{self.table.name}.{self.attribute.key}"

    @property
    def key(self) -> ColumnElement[Any]:
        """The column that tells rows apart."""
        (key,) = self.table.primary_key.columns
        return key

    def place_of(self, key: Any) -> str:
        """Return where the value of a row lies: `table.column:row id`."""
        return self.place(key) if self.place else f"{self.name.removesuffix(SUFFIX)}:{key}"


@dataclass(frozen=True, slots=True)
class Resealed:
    """A value under its former key and under the one in use."""

    key: Any
    before: bytes
    after: bytes


def count(session: Session, column: SealedColumn, kid: str, *, under: bool) -> int:
    """Return how many values lie under a key, or under any other."""
    values = select(func.count()).select_from(column.table).where(_lies(column, kid, under=under))
    return session.scalar(values) or 0


def next_rows(column: SealedColumn, kid: str, after: Any, size: int) -> AnySelect:
    """Select key and value of the next rows that don't lie under a key, by their keys from `after` on."""
    rows = select(column.key.label("key"), column.attribute.label("value"))
    rows = rows.where(_lies(column, kid, under=False)).order_by(column.key).limit(size)
    return rows if after is None else rows.where(column.key > after)


def reseal(cipher: PiiCipher, column: SealedColumn, rows: Sequence[AnyRow]) -> list[Resealed]:
    """Return the values that open, sealed anew. One that doesn't is left as it lies."""
    resealed = []
    for row in rows:
        place = column.place_of(row.key)
        try:
            resealed.append(Resealed(row.key, row.value, cipher.seal(cipher.open(row.value, place), place)))
        except CipherError:
            continue
    return resealed


def put(session: Session, column: SealedColumn, resealed: Sequence[Resealed]) -> int:
    """Write values sealed anew, each unless it was changed meanwhile; return how many were written.

    Rows that somebody holds are left for later: whoever serves people never waits for us in a circle.
    """
    keys = [one.key for one in resealed]
    # On PostgreSQL FOR NO KEY UPDATE SKIP LOCKED; SQLite has one writer, and that is us now.
    held = select(column.key).where(column.key.in_(keys)).with_for_update(skip_locked=True, key_share=True)
    ours = set(session.scalars(held))
    return sum(_put(session, column, one) for one in resealed if one.key in ours)


def _put(session: Session, column: SealedColumn, one: Resealed) -> bool:
    sealed = column.attribute.key
    same = and_(column.key == one.key, column.table.c[sealed] == one.before)
    written = session.execute(
        update(column.table).where(same).values({sealed: one.after}).returning(column.key)
    )
    return written.first() is not None


def _lies(column: SealedColumn, kid: str, *, under: bool) -> ColumnElement[bool]:
    head = head_of(kid)
    value = column.attribute
    begins = func.substr(value, 1, len(head), type_=LargeBinary)
    # A value that is still to be filled in is empty, and lies under no key.
    return begins == head if under else and_(func.length(value) > 0, begins != head)
