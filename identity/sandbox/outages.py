"""How each sandbox registry feels today: ok, down, or slow."""

from enum import StrEnum

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.orm import Base


class RegistryStatus(StrEnum):
    """What a sandbox registry does with a question."""

    OK = "ok"
    DOWN = "down"
    SLOW = "slow"


class SandboxRegistryRow(Base):
    """A sandbox registry: a department's, or the population registry."""

    __tablename__ = "sandbox_registries"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(8), default=RegistryStatus.OK)


def add(session: Session, code: str, name: str) -> None:
    """Add a registry that works."""
    session.add(SandboxRegistryRow(code=code, name=name, status=RegistryStatus.OK))


def all_registries(session: Session) -> list[SandboxRegistryRow]:
    """Return every sandbox registry, by code."""
    return list(session.scalars(select(SandboxRegistryRow).order_by(SandboxRegistryRow.code)))


def status_of(session: Session, code: str) -> RegistryStatus:
    """Return how a registry feels."""
    return RegistryStatus(
        session.scalars(
            select(SandboxRegistryRow.status).where(SandboxRegistryRow.code == code),
        ).one(),
    )


def set_status(session: Session, code: str, status: RegistryStatus) -> SandboxRegistryRow | None:
    """Change how a registry feels; None when there is no such registry."""
    row = session.get(SandboxRegistryRow, code)
    if row is not None:
        row.status = status
        session.flush()
    return row
