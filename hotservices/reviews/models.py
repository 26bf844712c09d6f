"""Rows of reviews."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from identity.orm import ID, Base, primary_key


class ReviewRow(Base):
    """A review of a case. `aspects` are words parted by blanks.

    Who wrote it may be erased, and the case may go in time: stars and aspects stay, and name nobody.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        Index(None, "service_code", "id"),
        Index(None, "department", "service_code"),
        Index(None, "at"),
    )

    id: Mapped[str] = primary_key()
    case_id: Mapped[str | None] = mapped_column(ID, ForeignKey("cases.id", ondelete="SET NULL"), unique=True)
    account_id: Mapped[str | None] = mapped_column(ID, ForeignKey("accounts.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(ID, ForeignKey("persons.id"), index=True)
    service_code: Mapped[str] = mapped_column(String(64))
    service_name: Mapped[str] = mapped_column(String(200))
    department: Mapped[str] = mapped_column(String(50))
    stars: Mapped[int] = mapped_column(SmallInteger)
    aspects: Mapped[str] = mapped_column(String(200))
    comment_sealed: Mapped[bytes | None]
    at: Mapped[datetime]
