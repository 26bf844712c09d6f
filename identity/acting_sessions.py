"""Sessions that act for somebody else (代办会话): opened from one's own session, which lives on beside them.

Each is a row of its own, with tokens of its own that can be refreshed. It ends with its tie, with the session
that it was opened from, or when its holder goes back to themselves.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from identity import standing, ties
from identity.acting import Tie
from identity.crypto.cipher import PiiCipher
from identity.errors import AssuranceLevelRequired, SessionEnded
from identity.ids import SessionId, new_id
from identity.principals import Citizen
from identity.sessions import DEFAULT_LIFETIMES, Lifetimes, SessionRow, beginning

# Acting starts from a real name: records name the actor.
LEVEL_TO_ACT = 2


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that tokens may be issued for: which, and of which generation."""

    session_id: SessionId
    generation: int


def open_for(
    session: Session,
    cipher: PiiCipher,
    citizen: Citizen,
    tie: Tie,
    *,
    now: datetime,
    lifetimes: Lifetimes = DEFAULT_LIFETIMES,
) -> Opened:
    """Open a session in which a citizen acts by a tie. The citizen acts for nobody yet.

    Raises AssuranceLevelRequired, DependantNotFound, OrganisationNotFound, SessionEnded.
    """
    if citizen.actor_person_id is None or citizen.assurance_level < LEVEL_TO_ACT:
        raise AssuranceLevelRequired(LEVEL_TO_ACT)
    # Held, so that this session can't slip in beside the end of the one it hangs on.
    standing.hold(session, cipher, citizen, now, alone=True)
    ties.acting_for(session, cipher, tie, citizen.actor_person_id, now)
    parent = session.get_one(SessionRow, citizen.session_id)
    acting = SessionRow(
        id=new_id(),
        account_id=citizen.account_id,
        login_id=parent.login_id,
        parent_id=parent.id,
        tie_type=tie.type,
        tie_id=tie.id,
        **_within(parent, beginning(lifetimes, now)),
    )
    session.add(acting)
    session.flush()
    return Opened(SessionId(acting.id), acting.generation)


def go_back(session: Session, citizen: Citizen, now: datetime) -> Opened:
    """End the session that a citizen acts in, and return their own, in the generation it has.

    Who acts for nobody gets the session they have. Raises SessionEnded.
    """
    row = session.get(SessionRow, citizen.session_id)
    if row is None:
        raise SessionEnded
    if row.parent_id is None:
        return Opened(SessionId(row.id), row.generation)
    session.execute(
        update(SessionRow)
        .where(SessionRow.id == row.id, SessionRow.revoked_at.is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False),
    )
    own = session.scalar(
        select(SessionRow).where(
            SessionRow.id == row.parent_id, SessionRow.revoked_at.is_(None), SessionRow.expires_at > now
        ),
    )
    if own is None:
        raise SessionEnded
    return Opened(SessionId(own.id), own.generation)


def _within(parent: SessionRow, columns: dict[str, datetime]) -> dict[str, datetime]:
    if parent.ends_at is None:
        return columns
    ends = ("expires_at", "ends_at")
    return columns | {name: min(columns[name], parent.ends_at) for name in ends}
