"""Devices logged in (已登录设备): the sessions of one caller, listed, and ended one by one or all at once.

A session's state is read from the database at every call, so its end is at once on every worker. Sessions that
act for somebody else stand in the list with whom they act for, on the device of the one that they were opened
from: they end with that one. To end all counts devices.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session, aliased

from identity import accounts, devices, ties
from identity.accounts import AccountRow, ActedFor
from identity.acting import Tie
from identity.crypto.cipher import PiiCipher
from identity.devices import Device
from identity.errors import SessionNotFound
from identity.ids import PersonId, SessionId
from identity.orm import AnySelect
from identity.principals import Citizen, Principal
from identity.sessions import SessionRow, lock_in_turn
from identity.staff import OrganisationRow, StaffRow

_OPENED_FROM = aliased(SessionRow)


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A session as its owner sees it. `last_used_at` is its last login or refresh, to the half hour."""

    id: str
    device: Device
    provider: str | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    current: bool
    acting_for: ActedFor | None


@dataclass(frozen=True, slots=True)
class LoggedInPage:
    """A page of sessions, newest first; `next_cursor` is None at its end."""

    items: list[LoggedIn]
    next_cursor: str | None


def of_caller(
    session: Session,
    cipher: PiiCipher,
    caller: Principal,
    *,
    limit: int,
    cursor: str | None,
    now: datetime,
) -> LoggedInPage:
    """Return a caller's live sessions; `cursor` is the last id of the page before."""
    query = _on_devices().where(_owned_by(caller), *_alive(now))
    if cursor:
        query = query.where(SessionRow.id < cursor)
    rows = session.execute(query.order_by(SessionRow.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    items = [_view(session, cipher, caller, *row, now=now) for row in shown]
    # Whose tie has ended is over, whatever its row says.
    alive = [one for one, (row, _) in zip(items, shown, strict=True) if one.acting_for or row.tie_id is None]
    return LoggedInPage(alive, shown[-1][0].id if len(rows) > limit else None)


def revoke(
    session: Session,
    cipher: PiiCipher,
    caller: Principal,
    session_id: SessionId,
    now: datetime,
) -> LoggedIn:
    """End one of a caller's sessions; one that is over stays as it ended. Raises SessionNotFound."""
    these = or_(SessionRow.id == session_id, SessionRow.parent_id == session_id), _owned_by(caller)
    lock_in_turn(session, *these)
    session.execute(update(SessionRow).where(*these, *_alive(now)).values(revoked_at=now))
    row = session.execute(_on_devices().where(SessionRow.id == session_id, _owned_by(caller))).first()
    if row is None:
        raise SessionNotFound
    return _view(session, cipher, caller, *row, now=now)


def revoke_all(session: Session, caller: Principal, now: datetime, *, keep_current: bool) -> int:
    """End every session of a caller, or every other one; return how many."""
    lock_in_turn(session, _owned_by(caller), *_alive(now))
    ended = update(SessionRow).where(_owned_by(caller), *_alive(now)).values(revoked_at=now)
    if keep_current:
        kept = or_(SessionRow.id == caller.session_id, SessionRow.parent_id == caller.session_id)
        ended = ended.where(kept.is_not(True))
    return len([row for row in session.execute(ended.returning(SessionRow.parent_id)) if not row.parent_id])


def revoke_all_of(session: Session, person_id: PersonId, *, keep: SessionId | None, now: datetime) -> None:
    """End every session of a person's accounts but `keep`, and what was opened beside or through that."""
    theirs = select(AccountRow.id).where(AccountRow.person_id == person_id)
    these = SessionRow.account_id.in_(theirs), *_alive(now)
    lock_in_turn(session, *these)
    ended = update(SessionRow).where(*these).values(revoked_at=now)
    if keep:
        through = select(SessionRow.parent_id).where(SessionRow.id == keep).scalar_subquery()
        kept = or_(SessionRow.id == keep, SessionRow.parent_id == keep, SessionRow.id == through)
        ended = ended.where(kept.is_not(True))
    session.execute(ended.execution_options(synchronize_session=False))


def staff_came_from(
    session: Session,
    *,
    organisation_code: str,
    staff_number: str,
    address_index: bytes,
    since: datetime,
) -> bool:
    """Tell whether a member of staff, if there is such a one, has logged in from an address before."""
    query = (
        select(SessionRow.id)
        .join(StaffRow, StaffRow.id == SessionRow.staff_id)
        .join(OrganisationRow, OrganisationRow.id == StaffRow.organisation_id)
        .where(
            OrganisationRow.code == organisation_code,
            StaffRow.staff_number == staff_number,
            SessionRow.address_index == address_index,
            SessionRow.created_at > since,
        )
    )
    return session.scalar(query.limit(1)) is not None


def _owned_by(caller: Principal) -> ColumnElement[bool]:
    if isinstance(caller, Citizen):
        return SessionRow.account_id == caller.account_id
    return SessionRow.staff_id == caller.staff_id


def _alive(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return SessionRow.revoked_at.is_(None), SessionRow.expires_at > now


def _on_devices() -> AnySelect:
    # With the session that each was opened from, in one statement: they end together.
    return select(SessionRow, _OPENED_FROM).outerjoin(_OPENED_FROM, _OPENED_FROM.id == SessionRow.parent_id)


def _view(
    session: Session,
    cipher: PiiCipher,
    caller: Principal,
    row: SessionRow,
    opened_from: SessionRow | None,
    *,
    now: datetime,
) -> LoggedIn:
    device = opened_from or row
    return LoggedIn(
        id=row.id,
        device=Device(
            devices.open_name(cipher, device.id, device.device_name_sealed), device.device_platform
        ),
        provider=device.login_provider,
        created_at=row.created_at,
        last_used_at=row.last_used_at or row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        current=row.id == caller.session_id,
        acting_for=_acted_for(session, cipher, caller, row, now),
    )


def _acted_for(
    session: Session, cipher: PiiCipher, caller: Principal, row: SessionRow, now: datetime
) -> ActedFor | None:
    if not isinstance(caller, Citizen) or caller.actor_person_id is None:
        return None
    if row.tie_type is None or row.tie_id is None:
        return None
    try:
        acting = ties.acting_for(session, cipher, Tie(row.tie_type, row.tie_id), caller.actor_person_id, now)
    except ties.NOT_FOUND:
        return None
    return accounts.acted_for(session, cipher, acting)
