"""Rows of visits to a counter: codes under way, what staff raised, and codes that staff got wrong."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, LargeBinary, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.errors import CounterCodeLocked
from identity.ids import StaffId, new_id
from identity.orm import ID, Base, primary_key
from identity.staff import StaffRow

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MISSES_A_MINUTE, MISSES_A_DAY = 5, 20


class CounterCodeRow(Base):
    """A code that a citizen reads to the counter: one per login, gone when it is used."""

    __tablename__ = "counter_codes"

    id: Mapped[str] = primary_key()
    login_id: Mapped[str] = mapped_column(ID, ForeignKey("logins.id"), unique=True)
    code_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    expires_at: Mapped[datetime]


class CounterCheckRow(Base):
    """A member of staff has seen a person and their document, and raised their account to level 3."""

    __tablename__ = "counter_checks"
    __table_args__ = (Index(None, "person_id", "id"), Index(None, "staff_id", "id"))

    id: Mapped[str] = primary_key()
    account_id: Mapped[str] = mapped_column(ID, ForeignKey("accounts.id"))
    person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"))
    staff_id: Mapped[str] = mapped_column(ID, ForeignKey("staff.id"))
    at: Mapped[datetime]


class CounterMissRow(Base):
    """A code, name or number that a member of staff got wrong, or is about to have checked."""

    __tablename__ = "counter_misses"
    __table_args__ = (Index(None, "staff_id", "at"),)

    id: Mapped[str] = primary_key()
    staff_id: Mapped[str] = mapped_column(ID, ForeignKey("staff.id"))
    at: Mapped[datetime]


def reserve_miss(session: Session, staff_id: StaffId, now: datetime) -> str:
    """Count an attempt as a miss, until it is struck out; return its id. Raises CounterCodeLocked.

    Written before anything is looked up, so that attempts side by side can't slip past the limit.
    """
    # The row is locked, so that a member's attempts are counted one after the other.
    session.execute(select(StaffRow.id).where(StaffRow.id == staff_id).with_for_update(key_share=True))
    newest_first = session.scalars(
        select(CounterMissRow.at)
        .where(CounterMissRow.staff_id == staff_id, CounterMissRow.at > now - DAY)
        .order_by(CounterMissRow.at.desc())
        .limit(MISSES_A_DAY),
    ).all()
    for limit, window in ((MISSES_A_MINUTE, MINUTE), (MISSES_A_DAY, DAY)):
        if len(newest_first) >= limit and now - newest_first[limit - 1] < window:
            raise CounterCodeLocked(newest_first[limit - 1] + window - now)
    miss = CounterMissRow(id=new_id(), staff_id=staff_id, at=now)
    session.add(miss)
    session.flush()
    return miss.id


def strike_out(session: Session, miss_id: str) -> None:
    """Forget a miss that was none."""
    session.execute(delete(CounterMissRow).where(CounterMissRow.id == miss_id))
