"""Refresh tokens: each is used once, and a copy that comes back ends the session.

Using one moves the session's row to the next `generation` by a single conditional write; a token of an
earlier generation is a copy somebody kept (refresh token rotation, RFC 9700 §4.14.2).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from identity.errors import SessionEnded
from identity.ids import SessionId
from identity.sessions import DEFAULT_LIFETIMES, Lifetimes, SessionRow


@dataclass(frozen=True, slots=True)
class Rotated:
    """The refresh token was good: tokens of this generation may be issued."""

    generation: int


@dataclass(frozen=True, slots=True)
class Reused:
    """The refresh token was used before."""


def rotate(
    session: Session,
    session_id: SessionId,
    generation: int,
    now: datetime,
    lifetimes: Lifetimes = DEFAULT_LIFETIMES,
) -> Rotated | Reused:
    """Use a refresh token up. Raises SessionEnded."""
    # The session that this one hangs on is locked first, as it is by whoever ends both (`sessions.lock_in_turn`).
    parent_id = select(SessionRow.parent_id).where(SessionRow.id == session_id).scalar_subquery()
    session.execute(select(SessionRow.id).where(SessionRow.id == parent_id).with_for_update(key_share=True))
    rotated = session.execute(
        update(SessionRow)
        .where(
            SessionRow.id == session_id,
            SessionRow.generation == generation,
            SessionRow.revoked_at.is_(None),
            SessionRow.expires_at > now,
        )
        .values(generation=generation + 1, **_used(lifetimes, now))
        .returning(SessionRow.generation, SessionRow.parent_id),
    ).first()
    if rotated:
        if rotated.parent_id:
            # Who acts for somebody else uses their own session by it, and finds it alive on coming back.
            parent = SessionRow.id == rotated.parent_id, SessionRow.revoked_at.is_(None)
            session.execute(update(SessionRow).where(*parent).values(**_used(lifetimes, now)))
        return Rotated(rotated.generation)
    row = session.get(SessionRow, session_id)
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        raise SessionEnded
    return Reused()


def _used(lifetimes: Lifetimes, now: datetime) -> dict[str, Any]:
    idle_end = now + lifetimes.idle
    ends = case((SessionRow.ends_at < idle_end, SessionRow.ends_at), else_=idle_end)
    return {"last_used_at": now, "expires_at": ends}
