"""Sessions: one row per device logged in. Tokens name the row, so a revoked row ends them at once.

A refresh token carries the `generation` it was issued in (see `identity.refreshing`).
"""

from contextlib import nullcontext
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
    bindparam,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity import ties
from identity.accounts import AccountRow
from identity.acting import ActingFor, Actor, ActorWord, Tie
from identity.crypto.cipher import PiiCipher
from identity.devices import Login, SealedDevice
from identity.errors import SessionEnded
from identity.ids import AccountId, LoginId, OrganisationId, PersonId, SessionId, StaffId, new_id
from identity.orm import ID, Base, primary_key, reading
from identity.prepared import Executor, Prepared, Question
from identity.staff import OrganisationKind, OrganisationRow, Owed, StaffRow, owed

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


_CITIZEN = Prepared(
    select(
        SessionRow.expires_at,
        SessionRow.revoked_at,
        SessionRow.tie_type,
        SessionRow.tie_id,
        AccountRow.id,
        AccountRow.assurance_level,
        AccountRow.person_id,
    )
    .join(AccountRow, AccountRow.id == SessionRow.account_id)
    .where(SessionRow.id == bindparam("session_id")),
)
_STAFF_MEMBER = Prepared(
    select(
        SessionRow.expires_at,
        SessionRow.revoked_at,
        StaffRow.id,
        StaffRow.staff_number,
        StaffRow.permissions,
        StaffRow.password_is_initial,
        StaffRow.totp_confirmed_at,
        OrganisationRow.totp_required,
        OrganisationRow.kind,
        OrganisationRow.id.label("organisation_id"),
        OrganisationRow.code,
        OrganisationRow.name,
    )
    .join(StaffRow, StaffRow.id == SessionRow.staff_id)
    .join(OrganisationRow, OrganisationRow.id == StaffRow.organisation_id)
    .where(SessionRow.id == bindparam("session_id"), StaffRow.active),
)


@dataclass(frozen=True, slots=True)
class Citizen:
    """A citizen calling: which account, at what level, as whom.

    `person_id` is the principal: the person whose wallet this is. It is the caller's own, unless they act
    for somebody else. Account and level are the caller's own in any case, and so is `actor_person_id`.
    """

    account_id: AccountId
    session_id: SessionId
    assurance_level: int
    person_id: PersonId | None
    actor_person_id: PersonId | None
    acting_for: ActingFor | None = None

    @property
    def actor(self) -> Actor | None:
        """Who acts, and as what; None without a real name."""
        if self.actor_person_id is None:
            return None
        word = self.acting_for.actor if self.acting_for else ActorWord.SELF
        return Actor(word, self.actor_person_id)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A member of staff calling."""

    staff_id: StaffId
    session_id: SessionId
    staff_number: str
    organisation_id: OrganisationId
    organisation_code: str
    organisation_name: str
    permissions: frozenset[str]
    organisation_kind: OrganisationKind
    owes: Owed | None = None


Principal = Citizen | StaffMember


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


def citizen(
    session: Executor,
    cipher: PiiCipher,
    session_id: SessionId,
    now: datetime,
) -> Citizen:
    """Return who calls with a citizen's token, and for whom. Raises SessionEnded."""
    return citizen_of(session, cipher, session_id, asking(session_id).ask(session), now)


def asking(session_id: SessionId) -> Question[Any | None]:
    """Ask for what `citizen_of` tells who calls by."""
    return Question(_CITIZEN, {"session_id": session_id}, lambda rows: next(iter(rows), None))


def citizen_of(
    session: Executor, cipher: PiiCipher, session_id: SessionId, row: Any | None, now: datetime
) -> Citizen:
    """Return who calls, by what was read of their session. Raises SessionEnded.

    Level, person and the tie that somebody acts by are read at every call, so that a change acts on running
    tokens.
    """
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        raise SessionEnded
    account_id, person_id = AccountId(row.id), PersonId(row.person_id) if row.person_id else None
    if row.tie_id is None:
        return Citizen(account_id, session_id, row.assurance_level, person_id, actor_person_id=person_id)
    if person_id is None:
        raise SessionEnded
    acting = _acting(session, cipher, row, person_id, now)
    return Citizen(account_id, session_id, row.assurance_level, acting.person_id, person_id, acting)


def _acting(
    session: Executor,
    cipher: PiiCipher,
    row: Any,
    actor_id: PersonId,
    now: datetime,
) -> ActingFor:
    lent = nullcontext(session) if isinstance(session, Session) else reading(session)
    try:
        with lent as opened:
            return ties.acting_for(opened, cipher, Tie(row.tie_type, row.tie_id), actor_id, now)
    except ties.NOT_FOUND as error:
        raise SessionEnded from error


def staff_member(session: Executor, session_id: SessionId, now: datetime) -> StaffMember:
    """Return who calls with a staff token. Raises SessionEnded."""
    row = _STAFF_MEMBER.first(session, session_id=session_id)
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        raise SessionEnded
    return StaffMember(
        staff_id=StaffId(row.id),
        session_id=session_id,
        staff_number=row.staff_number,
        organisation_id=OrganisationId(row.organisation_id),
        organisation_code=row.code,
        organisation_name=row.name,
        permissions=frozenset(row.permissions.split()),
        organisation_kind=OrganisationKind(row.kind),
        owes=owed(
            password_is_initial=row.password_is_initial,
            totp_required=row.totp_required,
            totp_confirmed_at=row.totp_confirmed_at,
        ),
    )


def login_of(session: Session, session_id: SessionId) -> Login:
    """Return the platform user whom a citizen's session was opened for. Raises SessionEnded."""
    row = session.get(SessionRow, session_id)
    if row is None or row.login_id is None or row.login_provider is None or row.login_subject_sealed is None:
        raise SessionEnded
    return Login(LoginId(row.login_id), row.login_provider, row.login_subject_sealed)
