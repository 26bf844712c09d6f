"""Who guesses at a staff password waits, longer after each failure; nobody else does.

Failures are counted per account and address, so a stranger elsewhere can't lock a member out. An account that
does not exist is counted alike. Account and address lie as blind indexes.
"""

from datetime import datetime, timedelta

from sqlalchemy import Integer, LargeBinary, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.crypto.cipher import BlindIndex
from identity.errors import StaffLocked
from identity.orm import Base, insert_or_skip

FREE_FAILURES = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)
LABEL = "staff_login"


class StaffLoginFailureRow(Base):
    """How often logging in to an account has failed from an address, one time after the other."""

    __tablename__ = "staff_login_failures"

    # Of account and address together.
    id: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(index=True)


def key_of(index: BlindIndex, organisation_code: str, staff_number: str, address: str) -> bytes:
    """Return under what the failures of an account from an address are counted."""
    return index.of(LABEL, f"{organisation_code}\0{staff_number}\0{address}")


def require_open(session: Session, key: bytes, now: datetime) -> None:
    """Raise StaffLocked while the last failures have to be waited off."""
    row = session.get(StaffLoginFailureRow, key)
    if row is None or row.failures < FREE_FAILURES:
        return
    wait = min(FIRST_WAIT * 2 ** min(row.failures - FREE_FAILURES, 10), LONGEST_WAIT)
    if now < row.last_at + wait:
        raise StaffLocked(row.last_at + wait - now)


def failed(session: Session, key: bytes, now: datetime) -> None:
    """Count a failure; what is older than a day is forgotten."""
    session.execute(
        delete(StaffLoginFailureRow).where(StaffLoginFailureRow.last_at < now - FORGOTTEN_AFTER),
    )
    if insert_or_skip(session, StaffLoginFailureRow, {"id": key, "failures": 1, "last_at": now}):
        return
    row = session.scalars(
        select(StaffLoginFailureRow).where(StaffLoginFailureRow.id == key).with_for_update(),
    ).one()
    row.failures, row.last_at = row.failures + 1, now
    session.flush()


def succeeded(session: Session, key: bytes) -> None:
    """Forget the failures of an account from an address."""
    session.execute(delete(StaffLoginFailureRow).where(StaffLoginFailureRow.id == key))
