"""Rows of usage: where a service stands in the tables, a person's state, receipts of events, the log, a snapshot."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from identity.orm import ID, Base

# SQLite numbers rows by itself only in a column of type INTEGER.
LogId = BigInteger().with_variant(Integer(), "sqlite")


class RankedServiceRow(Base):
    """The place of a service in every table and in every person's state: given once, never to another."""

    __tablename__ = "ranked_services"

    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(64), unique=True)


class UsageStateRow(Base):
    """All that is kept of what an account uses, sealed: about a kilobyte, however much is used."""

    __tablename__ = "usage_states"

    account_id: Mapped[str] = mapped_column(ID, ForeignKey("accounts.id"), primary_key=True)
    state_sealed: Mapped[bytes]


class UsageReceiptRow(Base):
    """An event id that has counted. Digests: the id and what it said are the client's own words."""

    __tablename__ = "usage_receipts"

    account_id: Mapped[str] = mapped_column(ID, ForeignKey("accounts.id"), primary_key=True)
    event_digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    said_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    received_at: Mapped[datetime] = mapped_column(index=True)


class UsageLogRow(Base):
    """A use for every worker's tables to learn from. Names no account; deleted once a snapshot holds it."""

    __tablename__ = "usage_log"

    id: Mapped[int] = mapped_column(LogId, primary_key=True)
    use_sealed: Mapped[bytes]
    logged_at: Mapped[datetime]


class UsageSnapshotRow(Base):
    """The shared tables as of a row of the log, so that a new worker need not read the log from its beginning."""

    __tablename__ = "usage_snapshots"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    log_id: Mapped[int] = mapped_column(BigInteger)
    tables_sealed: Mapped[bytes]
    saved_at: Mapped[datetime]
