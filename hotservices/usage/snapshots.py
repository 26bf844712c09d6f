"""The shared tables in the database, so that a new worker starts from what the others have learnt."""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hotservices.usage.events import RECEIPT_LIFETIME
from hotservices.usage.models import UsageLogRow, UsageReceiptRow, UsageSnapshotRow
from identity.crypto.cipher import CipherError, PiiCipher
from identity.orm import insert_or_skip

SEALED_AT = "usage_snapshots.tables:1"
# One snapshot of all workers in this time.
EVERY = timedelta(minutes=30)
# A worker may be this far behind and still find its place in the log.
LOG_LIFETIME = timedelta(days=1)
THE_ONE = 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Shared tables, in the ranking's own packing, as of a row of the log."""

    tables: bytes
    log_id: int


def read(session: Session, cipher: PiiCipher) -> Snapshot | None:
    """Return the latest snapshot; None where there is none that can be read."""
    row = session.get(UsageSnapshotRow, THE_ONE)
    if row is None or session.get(UsageLogRow, row.log_id) is None:
        return None
    try:
        return Snapshot(zlib.decompress(cipher.open(row.tables_sealed, SEALED_AT)), row.log_id)
    except (CipherError, zlib.error):
        return None


def is_due(session: Session, now: datetime) -> bool:
    """Tell whether it is time for a snapshot."""
    saved_at = session.scalar(select(UsageSnapshotRow.saved_at))
    return saved_at is None or saved_at <= now - EVERY


def pack(cipher: PiiCipher, tables: bytes) -> bytes:
    """Compress and seal tables: most of a young table is zeros."""
    return cipher.seal(zlib.compress(tables, level=1), SEALED_AT)


def save(session: Session, sealed: bytes, log_id: int, now: datetime) -> None:
    """Keep a snapshot unless another worker was faster, and let go of what it makes dispensable."""
    values = {"log_id": log_id, "tables_sealed": sealed, "saved_at": now}
    saved = insert_or_skip(session, UsageSnapshotRow, {"id": THE_ONE} | values) or session.scalar(
        update(UsageSnapshotRow)
        .where(UsageSnapshotRow.saved_at <= now - EVERY)
        .values(values)
        .returning(UsageSnapshotRow.id),
    )
    if saved:
        old = UsageLogRow.logged_at < now - LOG_LIFETIME
        session.execute(delete(UsageLogRow).where(UsageLogRow.id < log_id, old))
        session.execute(delete(UsageReceiptRow).where(UsageReceiptRow.received_at < now - RECEIPT_LIFETIME))
