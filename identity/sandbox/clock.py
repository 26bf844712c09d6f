"""The sandbox's clock: real time plus an offset that lives in the database, so all workers share it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, CheckConstraint, SmallInteger, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.errors import InvalidField
from identity.orm import Base, Database

# Years that every date sum in the system stays inside of.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class SandboxClockRow(Base):
    """The one offset, in microseconds. No row: real time."""

    __tablename__ = "sandbox_clock"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    offset_us: Mapped[int] = mapped_column(BigInteger)


class SandboxClock:
    """Tells the machine's time, moved by the offset."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self) -> datetime:
        """Return the sandbox's present instant."""
        with self._database.read() as session:
            offset = session.scalar(select(SandboxClockRow.offset_us)) or 0
        return datetime.now(UTC) + timedelta(microseconds=offset)


def set_clock(session: Session, now: datetime | None) -> None:
    """Let time go on from `now`; None goes back to real time. Raises InvalidField."""
    session.execute(delete(SandboxClockRow))
    if now is None:
        return
    if not EARLIEST <= now < LATEST:
        raise InvalidField(
            field="now",
            message_zh="时间须在2000年至2099年之间",
            message_en="The year must lie between 2000 and 2099.",
        )
    offset = (now - datetime.now(UTC)) // MICROSECOND
    session.execute(insert(SandboxClockRow).values(id=1, offset_us=offset))
