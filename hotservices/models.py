"""Rows of what people chose for themselves among the services."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from identity.orm import ID, Base


class ServicePreferenceRow(Base):
    """An account wants a service first, or not at all. Without either there is no row."""

    __tablename__ = "service_preferences"
    __table_args__ = (
        CheckConstraint("(favourite_since IS NULL) <> (hidden_since IS NULL)", name="favourite_or_hidden"),
    )

    account_id: Mapped[str] = mapped_column(ID, ForeignKey("accounts.id"), primary_key=True)
    service_code: Mapped[str] = mapped_column(String(32), primary_key=True)
    favourite_since: Mapped[datetime | None]
    hidden_since: Mapped[datetime | None]


class ImpersonalRankingRow(Base):
    """An account that turned personal ranking off."""

    __tablename__ = "impersonal_rankings"

    account_id: Mapped[str] = mapped_column(ID, ForeignKey("accounts.id"), primary_key=True)
    since: Mapped[datetime]
