"""Rows of status lists: the lists, their bytes in blocks, who has which entry, and every change."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from identity.orm import ID, Base, primary_key


class StatusListRow(Base):
    """A list. `version` grows with every change; `allocated` entries are taken."""

    __tablename__ = "status_lists"

    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    bits: Mapped[int] = mapped_column(SmallInteger)
    size: Mapped[int] = mapped_column(Integer)
    allocated: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class StatusBlockRow(Base):
    """A part of a list's bytes; what has no row yet is all zeros. A change rewrites one of them."""

    __tablename__ = "status_blocks"

    list_id: Mapped[str] = mapped_column(String(8), ForeignKey("status_lists.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    data: Mapped[bytes]


class StatusEntryRow(Base):
    """An entry that stands for a licence in one person's wallet; `turns` is how often it was shown."""

    __tablename__ = "status_entries"
    __table_args__ = (Index(None, "licence_id", "person_id"), Index(None, "person_id"))

    list_id: Mapped[str] = mapped_column(String(8), ForeignKey("status_lists.id"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    licence_id: Mapped[str] = mapped_column(ID, ForeignKey("licences.id"))
    person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"))
    status: Mapped[int] = mapped_column(SmallInteger)
    frozen: Mapped[bool]
    lost: Mapped[bool]
    turns: Mapped[int] = mapped_column(Integer)


class StatusChangeRow(Base):
    """What an entry became, in which version of its list, and when."""

    __tablename__ = "status_changes"
    __table_args__ = (Index(None, "list_id", "place", "at"),)

    list_id: Mapped[str] = mapped_column(String(8), ForeignKey("status_lists.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    status: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[datetime]


class LicenceStatusChangeRow(Base):
    """What a licence's registry said of it before a change, and when it changed."""

    __tablename__ = "licence_status_changes"
    __table_args__ = (Index(None, "licence_id", "at"),)

    id: Mapped[str] = primary_key()
    licence_id: Mapped[str] = mapped_column(ID, ForeignKey("licences.id"))
    before: Mapped[str] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
