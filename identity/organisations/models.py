"""Rows of enterprises and their members."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from identity.orm import ID, Base, primary_key


class EnterpriseRow(Base):
    """An enterprise, beside its row of organisations. As a legal person it is a row of persons too.

    That row holds what a wallet needs: the name and the credit code, by which registries know the enterprise.
    """

    __tablename__ = "enterprises"

    id: Mapped[str] = mapped_column(ID, ForeignKey("organisations.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"), unique=True)
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]


class MembershipRow(Base):
    """Somebody who acts for an enterprise, known by number and name whether or not they have an account.

    `scopes` are words parted by blanks; `valid_to` is the last day, None for no end; `told_at` is when the
    member was told, which waits until they are known here.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("role IN ('legal_representative', 'admin', 'agent')", name="role"),
        Index(None, "organisation_id", "id"),
        Index(None, "number_index"),
    )

    id: Mapped[str] = primary_key()
    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("enterprises.id"))
    number_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    number_sealed: Mapped[bytes]
    name_sealed: Mapped[bytes]
    role: Mapped[str] = mapped_column(String(24))
    scopes: Mapped[str] = mapped_column(String(300))
    valid_to: Mapped[date | None]
    added_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
