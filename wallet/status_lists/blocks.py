"""A list's bytes, in blocks: changing an entry rewrites one block and appends one row of history."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from wallet.errors import StatusListNotFound
from wallet.status_lists.encoding import ListStatus, StatusList, put
from wallet.status_lists.models import StatusBlockRow, StatusChangeRow, StatusListRow

BLOCK_BYTES = 4096


def write(session: Session, list_id: str, statuses: Mapping[int, ListStatus], now: datetime) -> None:
    """Set entries in one new version of a list. Two changes at once wait for each other."""
    row = session.execute(
        update(StatusListRow)
        .where(StatusListRow.id == list_id)
        .values(version=StatusListRow.version + 1, changed_at=now)
        .returning(StatusListRow.version, StatusListRow.bits)
        .execution_options(synchronize_session=False),
    ).one()
    entries_a_block = BLOCK_BYTES * 8 // row.bits
    by_block: dict[int, dict[int, ListStatus]] = {}
    for place, status in statuses.items():
        by_block.setdefault(place // entries_a_block, {})[place % entries_a_block] = status
    for number, inside in by_block.items():
        _rewrite(session, list_id, number, row.bits, inside)
    session.add_all(
        StatusChangeRow(list_id=list_id, version=row.version, place=place, status=status, at=now)
        for place, status in statuses.items()
    )
    session.flush()


def whole(session: Session, list_id: str) -> StatusList:
    """Return a list's bytes. Raises StatusListNotFound."""
    row = session.get(StatusListRow, list_id)
    if row is None:
        raise StatusListNotFound
    data = bytearray(row.size * row.bits // 8)
    query = select(StatusBlockRow.number, StatusBlockRow.data).where(StatusBlockRow.list_id == list_id)
    for block in session.execute(query):
        start = block.number * BLOCK_BYTES
        data[start : start + BLOCK_BYTES] = block.data
    return StatusList(row.bits, bytes(data[: row.size * row.bits // 8]))


def changed_since(session: Session, list_id: str, version: int, limit: int) -> dict[int, int] | None:
    """Return what entries became after a version, None when more than `limit` changed."""
    query = (
        select(StatusChangeRow.place, StatusChangeRow.status)
        .where(StatusChangeRow.list_id == list_id, StatusChangeRow.version > version)
        .order_by(StatusChangeRow.version)
        .limit(limit + 1)
    )
    rows = session.execute(query).all()
    return None if len(rows) > limit else {row.place: row.status for row in rows}


def status_at(session: Session, list_id: str, place: int, at: datetime) -> ListStatus:
    """Return what a list said of an entry at an instant."""
    last = (
        select(StatusChangeRow.status)
        .where(StatusChangeRow.list_id == list_id, StatusChangeRow.place == place, StatusChangeRow.at <= at)
        .order_by(StatusChangeRow.version.desc())
        .limit(1)
    )
    return ListStatus(session.scalar(last) or ListStatus.VALID)


def count(session: Session) -> int:
    """Return how many lists there are."""
    return session.scalars(select(func.count()).select_from(StatusListRow)).one()


def _rewrite(
    session: Session, list_id: str, number: int, bits: int, inside: Mapping[int, ListStatus]
) -> None:
    row = session.get(StatusBlockRow, (list_id, number), populate_existing=True)
    data = bytearray(row.data if row else BLOCK_BYTES)
    for place, status in inside.items():
        put(data, bits, place, status)
    if row is None:
        session.add(StatusBlockRow(list_id=list_id, number=number, data=bytes(data)))
    else:
        row.data = bytes(data)
    session.flush()
