"""Sessions: one row per device logged in. Tokens name the row, so a revoked row ends them at once.

A refresh token carries the `generation` it was issued in (see `identity.refreshing`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.devices import Login, SealedDevice
from identity.errors import SessionEnded
from identity.ids import AccountId, LoginId, SessionId, StaffId, new_id
from identity.orm import ID, Base, primary_key

ACCESS_TOKEN_LIFETIME = timedelta(minutes=30)
REFRESH_TOKEN_LIFETIME = timedelta(days=30)


class SessionRow(Base):
    """A device logged in, as a citizen's account or as a member of staff.

    A session that acts for somebody else (`identity.acting_sessions`) hangs on the one it was opened from,
    `parent_id`, and names the tie that it acts by.
    """

    __tablename__ = "sessions"
    __table_args__ = (CheckConstraint("(account_id IS NULL) <> (staff_id IS NULL)", name="one_owner"),)

    id: Mapped[str] = primary_key()
    account_id: Mapped[str | None] = mapped_column(ID, ForeignKey("accounts.id"), index=True)
    staff_id: Mapped[str | None] = mapped_column(ID, ForeignKey("staff.id"), index=True)
    login_id: Mapped[str | None] = mapped_column(ID, ForeignKey("logins.id"), index=True)
    login_provider: Mapped[str | None] = mapped_column(String(16))
    login_subject_sealed: Mapped[bytes | None]
    # A device's name is often its owner's.
    device_name_sealed: Mapped[bytes | None]
    device_platform: Mapped[str | None] = mapped_column(String(32))
    generation: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime]
    # Of staff: where they logged in, as a blind index, so that strangers who guess elsewhere lock nobody out.
    address_index: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    # Written when tokens are issued, never by a mere call: that would cost every request a write.
    last_used_at: Mapped[datetime | None]
    # The end unless it is used, which moves with every refresh, and the end however much it is used.
    expires_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    parent_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    tie_type: Mapped[str | None] = mapped_column(String(16))
    tie_id: Mapped[str | None] = mapped_column(ID)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lives without being refreshed, and how long at all."""

    idle: timedelta = REFRESH_TOKEN_LIFETIME
    absolute: timedelta = timedelta(days=180)


DEFAULT_LIFETIMES = Lifetimes()


def open_for_account(
    session: Session,
    account_id: AccountId,
    *,
    session_id: SessionId,
    login: Login,
    device: SealedDevice,
    now: datetime,
    lifetimes: Lifetimes = DEFAULT_LIFETIMES,
) -> None:
    """Open a citizen's session."""
    session.add(
        SessionRow(
            id=session_id,
            account_id=account_id,
            login_id=login.id,
            login_provider=login.provider,
            login_subject_sealed=login.subject_sealed,
            device_name_sealed=device.name_sealed,
            device_platform=device.platform,
            **beginning(lifetimes, now),
        ),
    )
    session.flush()


def open_for_staff(
    session: Session,
    staff_id: StaffId,
    now: datetime,
    lifetimes: Lifetimes = DEFAULT_LIFETIMES,
    address_index: bytes | None = None,
) -> SessionId:
    """Open a staff session."""
    begun = beginning(lifetimes, now)
    row = SessionRow(id=new_id(), staff_id=staff_id, address_index=address_index, **begun)
    session.add(row)
    session.flush()
    return SessionId(row.id)


def beginning(lifetimes: Lifetimes, now: datetime) -> dict[str, Any]:
    """Return the columns of a session that begins."""
    return {
        "generation": 1,
        "created_at": now,
        "last_used_at": now,
        "expires_at": now + min(lifetimes.idle, lifetimes.absolute),
        "ends_at": now + lifetimes.absolute,
    }


def lock_in_turn(session: Session, *which: ColumnElement[bool]) -> None:
    """Lock sessions that are about to be ended, the oldest first.

    Who acts for somebody has two, and whoever needs both takes their own first, which is the older.
    """
    ids = select(SessionRow.id).where(*which).order_by(SessionRow.id)
    session.execute(ids.with_for_update(key_share=True))


def revoke(session: Session, session_id: SessionId, now: datetime) -> None:
    """End a session and those that act by it, and with them every token of theirs."""
    either = or_(SessionRow.id == session_id, SessionRow.parent_id == session_id)
    lock_in_turn(session, either)
    session.execute(
        update(SessionRow).where(either, SessionRow.revoked_at.is_(None)).values(revoked_at=now),
    )


def login_of(session: Session, session_id: SessionId) -> Login:
    """Return the platform user whom a citizen's session was opened for. Raises SessionEnded."""
    row = session.get(SessionRow, session_id)
    if row is None or row.login_id is None or row.login_provider is None or row.login_subject_sealed is None:
        raise SessionEnded
    return Login(LoginId(row.login_id), row.login_provider, row.login_subject_sealed)
