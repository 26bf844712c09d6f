"""Rows of the catalogue's versions, and of who may change which department's services."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from identity.orm import ID, Base


class CatalogueVersionRow(Base):
    """A version of the catalogue, and how it differs from the one before. No author: made at the console."""

    __tablename__ = "catalogue_versions"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    made_at: Mapped[datetime]
    made_by: Mapped[str | None] = mapped_column(ID, ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(String(200))
    added: Mapped[int]
    changed: Mapped[int]
    retired: Mapped[int]


class CatalogueServiceRow(Base):
    """A service as it was from one version on (`since`) until it was changed or retired by another (`until`)."""

    __tablename__ = "catalogue_services"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    since: Mapped[int] = mapped_column(
        Integer, ForeignKey("catalogue_versions.number"), primary_key=True, autoincrement=False
    )
    until: Mapped[int | None] = mapped_column(Integer, ForeignKey("catalogue_versions.number"), index=True)
    # Where in the catalogue's order; kept while the service is.
    position: Mapped[int]
    # JSON: the service without its code.
    body: Mapped[str] = mapped_column(Text)


class ServiceGrantRow(Base):
    """An agency may change the services of a department, which is named as the catalogue names it."""

    __tablename__ = "service_grants"

    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("organisations.id"), primary_key=True)
    department: Mapped[str] = mapped_column(String(50), primary_key=True)
