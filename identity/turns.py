"""Work that has to be done now and then, by one machine of many: each kind has a row, and whoever leases it works.

The lease runs in real time, also where the sandbox's clock says otherwise: a clock that jumps must neither
free a lease nor keep it. When a job is due is asked of the service's own time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, or_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.ids import new_id
from identity.orm import ID, Base, insert_or_skip


class JobTurnRow(Base):
    """A kind of work: when it was done last, and who is at it."""

    __tablename__ = "job_turns"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    done_at: Mapped[datetime | None]
    lease_id: Mapped[str | None] = mapped_column(ID)
    leased_until: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class JobTurn:
    """The right to do some work now."""

    name: str
    lease_id: str


def is_due(session: Session, name: str, *, every: timedelta, now: datetime, real_now: datetime) -> bool:
    """Tell whether it would be worth trying to take the turn."""
    row = session.get(JobTurnRow, name)
    if row is None:
        return True
    free = row.leased_until is None or row.leased_until <= real_now
    return free and (row.done_at is None or abs(now - row.done_at) >= every)


def take(
    session: Session, name: str, *, every: timedelta, lease: timedelta, now: datetime, real_now: datetime
) -> JobTurn | None:
    """Take the turn at some work, if it is due and nobody is at it."""
    insert_or_skip(session, JobTurnRow, {"name": name})
    turn = JobTurn(name, new_id())
    due = or_(
        JobTurnRow.done_at.is_(None),
        JobTurnRow.done_at <= now - every,
        # The sandbox's clock went back.
        JobTurnRow.done_at >= now + every,
    )
    free = or_(JobTurnRow.leased_until.is_(None), JobTurnRow.leased_until <= real_now)
    taken = session.scalar(
        update(JobTurnRow)
        .where(JobTurnRow.name == name, due, free)
        .values(lease_id=turn.lease_id, leased_until=real_now + lease)
        .returning(JobTurnRow.name),
    )
    return turn if taken else None


def extend(session: Session, turn: JobTurn, *, lease: timedelta, real_now: datetime) -> bool:
    """Hold a turn for longer; tell whether it was still ours."""
    return _change(session, turn, leased_until=real_now + lease)


def finish(session: Session, turn: JobTurn, now: datetime) -> bool:
    """Note that the work is done; tell whether the turn was still ours."""
    return _change(session, turn, done_at=now, lease_id=None, leased_until=None)


def give_back(session: Session, turn: JobTurn) -> bool:
    """Leave the work to whoever comes next."""
    return _change(session, turn, lease_id=None, leased_until=None)


def _change(session: Session, turn: JobTurn, **values: object) -> bool:
    ours = (JobTurnRow.name == turn.name, JobTurnRow.lease_id == turn.lease_id)
    return bool(session.scalar(update(JobTurnRow).where(*ours).values(**values).returning(JobTurnRow.name)))
