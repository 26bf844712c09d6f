"""One event kept in one statement, where the database can write several tables in one: PostgreSQL, not SQLite.

A transaction would wait for the database five times. Nothing is locked beforehand: the statement takes effect only where
the state is, byte for byte, still what was read, and the event's id has not counted yet. Whoever records an event seals
the state anew, even when nothing in it changes, so its bytes are the version of all that is kept of a person's use,
receipts included.

It is committed asynchronously (`synchronous_commit`): a database whose machine loses its power may lose the events of
the last moments (three times `wal_writer_delay`, 0.6 s), each with its receipt, and never a part of one. What is learnt
from millions of uses is not worth that each of them waits for a disk.
"""

from datetime import datetime
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, cast, exists, func, insert, select, true, update
from sqlalchemy.sql.elements import ColumnElement

from hotservices.preferences import PERSONAL
from hotservices.usage.models import UsageLogRow, UsageReceiptRow, UsageStateRow
from identity.ids import AccountId
from identity.prepared import Prepared, Question


def _given(name: str, like: Any) -> ColumnElement[Any]:
    """Return a value to be bound whose type the database is told, as None and a SELECT tell it none."""
    return cast(bindparam(name, type_=like.type), like.type)


class Kept(Protocol):
    """What is kept of a person's use: no state where there is none, or where ranking is not `personal`."""

    state_sealed: bytes | None
    personal: bool


_ACCOUNT = bindparam("account_id", type_=UsageStateRow.account_id.type)
_DIGEST = _given("event_digest", UsageReceiptRow.event_digest)
_COUNTED = exists().where(UsageReceiptRow.account_id == _ACCOUNT, UsageReceiptRow.event_digest == _DIGEST)
_STATE = select(UsageStateRow.state_sealed).where(UsageStateRow.account_id == _ACCOUNT, PERSONAL)
_KEPT = Prepared(
    select(_STATE.scalar_subquery().label("state_sealed"), PERSONAL.label("personal")),
)


def _write() -> Prepared:
    sealed = UsageStateRow.state_sealed
    as_read = sealed == bindparam("before", type_=sealed.type)
    saved = (
        update(UsageStateRow)
        .where(UsageStateRow.account_id == _ACCOUNT, as_read, ~_COUNTED, PERSONAL)
        .values(state_sealed=bindparam("after", type_=sealed.type))
        .returning(UsageStateRow.account_id)
        .cte("saved")
    )
    said, now = _given("said_digest", UsageReceiptRow.said_digest), _given("now", UsageLogRow.logged_at)
    received = insert(UsageReceiptRow).from_select(
        ("account_id", "event_digest", "said_digest", "received_at"),
        select(saved.c.account_id, _DIGEST, said, now).where(_DIGEST.is_not(None)),
    )
    use = _given("use_sealed", UsageLogRow.use_sealed)
    logged = insert(UsageLogRow).from_select(
        ("use_sealed", "logged_at"), select(use, now).select_from(saved).where(use.is_not(None))
    )
    for_this_transaction = true()
    committing = func.set_config("synchronous_commit", "off", for_this_transaction)
    written = select(saved.c.account_id, committing.label("committing"))
    return Prepared(written.add_cte(received.cte("received"), logged.cte("logged")))


_WRITE = _write()


def kept(account_id: AccountId) -> Question[Kept]:
    """Ask what is kept of a person's use."""
    return Question(_KEPT, {"account_id": account_id}, itemgetter(0))


def write(connection: Connection, account_id: AccountId, **values: bytes | datetime | None) -> bool:
    """Keep an event, if the state is still as it was read and its id new; tell whether it was.

    `before` and `after` are the state sealed, `use_sealed` is for the log, `event_digest` and `said_digest` are the
    receipt, at `now`; None is not written.
    """
    return _WRITE.first(connection, account_id=account_id, **values) is not None
