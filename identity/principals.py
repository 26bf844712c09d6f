"""Principals: who calls, as the session behind their token and what it hangs on say at that moment."""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from identity import ties
from identity.accounts import AccountRow
from identity.acting import ActingFor, Actor, ActorWord, Tie
from identity.crypto.cipher import PiiCipher
from identity.errors import SessionEnded
from identity.ids import AccountId, OrganisationId, PersonId, SessionId, StaffId
from identity.orm import reading
from identity.prepared import Executor, Prepared, Question
from identity.sessions import SessionRow
from identity.staff import OrganisationKind, OrganisationRow, Owed, StaffRow, owed

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
