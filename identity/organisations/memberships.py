"""Who acts for an enterprise: its legal representative, at most five admins, agents with scopes and a last day.

A member is named by number and name, and the membership takes effect for the person whom a registry has
confirmed under both. Whether such a person is known here, whoever adds a member never learns.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from identity import notices, people
from identity.clock import civil_date
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.errors import (
    LegalRepresentativeStays,
    MemberExists,
    MemberNotFound,
    OrganisationNotFound,
    ScopeRequired,
    TooManyAdmins,
)
from identity.ids import OrganisationId, PersonId, new_id
from identity.notices import NoticeKind
from identity.organisations.models import EnterpriseRow, MembershipRow
from identity.organisations.scopes import MemberRole, Scope, read, scopes_of, written
from identity.people import NUMBER_LABEL, PersonRow
from identity.staff import OrganisationRow

MAX_ADMINS = 5


@dataclass(frozen=True, slots=True)
class Membership:
    """A membership in force, as its member sees it."""

    organisation_id: OrganisationId
    name: str
    role: MemberRole
    scopes: tuple[Scope, ...]
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody to be made a member; name and number are normalised."""

    name: str
    id_number: str
    role: MemberRole
    scopes: frozenset[Scope]
    valid_to: date | None


def of_person(session: Session, cipher: PiiCipher, person_id: PersonId, now: datetime) -> list[Membership]:
    """Return a person's memberships in force, the oldest first."""
    return [
        Membership(
            OrganisationId(organisation.id),
            organisation.name,
            MemberRole(member.role),
            read(member.scopes),
            member.valid_to,
        )
        for member, organisation in in_force(session, cipher, person_id, now)
    ]


def own_membership(
    session: Session,
    cipher: PiiCipher,
    organisation_id: OrganisationId,
    person_id: PersonId,
    now: datetime,
) -> MembershipRow:
    """Return a person's membership in force of an organisation. Raises OrganisationNotFound."""
    found = in_force(session, cipher, person_id, now, MembershipRow.organisation_id == organisation_id)
    if not found:
        raise OrganisationNotFound
    return found[0][0]


def in_force(
    session: Session,
    cipher: PiiCipher,
    person_id: PersonId,
    now: datetime,
    *which: ColumnElement[bool],
) -> list[tuple[MembershipRow, OrganisationRow]]:
    """Return a person's memberships in force with their organisations, the oldest first."""
    rows = session.execute(
        select(MembershipRow, OrganisationRow, PersonRow)
        .join(PersonRow, PersonRow.number_index == MembershipRow.number_index)
        .join(OrganisationRow, OrganisationRow.id == MembershipRow.organisation_id)
        .where(PersonRow.id == person_id, *_unended(now), *which)
        .order_by(MembershipRow.id),
    ).all()
    return [(member, at) for member, at, person in rows if _is_named(cipher, member, person)]


def require_manager(membership: MembershipRow) -> None:
    """Let who may manage members go on. Raises ScopeRequired."""
    if Scope.MEMBERS_MANAGE not in read(membership.scopes):
        raise ScopeRequired


def add(
    session: Session,
    cipher: PiiCipher,
    index: BlindIndex,
    *,
    manager: MembershipRow,
    new: NewMember,
    now: datetime,
) -> MembershipRow:
    """Make somebody a member of the manager's organisation.

    Raises ScopeRequired (nobody gives what they don't have), MemberExists, TooManyAdmins.
    """
    _require_reach(manager, new.role, new.scopes)
    # The organisation's row is locked, so that its members are counted one after the other.
    lock(session, manager.organisation_id)
    number_index = index.of(NUMBER_LABEL, new.id_number)
    of_organisation = MembershipRow.organisation_id == manager.organisation_id
    if session.scalar(
        select(MembershipRow.id).where(
            of_organisation, MembershipRow.number_index == number_index, *_unended(now)
        ),
    ):
        raise MemberExists
    if new.role is MemberRole.ADMIN:
        admins = session.scalars(
            select(MembershipRow.id).where(
                of_organisation, MembershipRow.role == MemberRole.ADMIN, *_unended(now)
            ),
        ).all()
        if len(admins) >= MAX_ADMINS:
            raise TooManyAdmins
    return enter(
        session, cipher, index, organisation_id=OrganisationId(manager.organisation_id), new=new, now=now
    )


def enter(
    session: Session,
    cipher: PiiCipher,
    index: BlindIndex,
    *,
    organisation_id: OrganisationId,
    new: NewMember,
    now: datetime,
) -> MembershipRow:
    """Write a membership down, and tell the member when they are known here."""
    member_id = new_id()
    row = MembershipRow(
        id=member_id,
        organisation_id=organisation_id,
        number_index=index.of(NUMBER_LABEL, new.id_number),
        number_sealed=cipher.seal(new.id_number, _place("number", member_id)),
        name_sealed=cipher.seal(new.name, _place("name", member_id)),
        role=new.role,
        scopes=written(scopes_of(new.role, new.scopes)),
        valid_to=new.valid_to,
        added_at=now,
    )
    session.add(row)
    session.flush()
    person = people.find_by_number(session, index, new.id_number)
    if person is not None:
        welcome(session, cipher, person, now)
    return row


def welcome(session: Session, cipher: PiiCipher, person: PersonRow, now: datetime) -> None:
    """Tell a person of memberships that they were not told of; called when a person becomes known."""
    for member, organisation in in_force(session, cipher, PersonId(person.id), now):
        if member.told_at is None:
            member.told_at = now
            _tell(
                session,
                cipher,
                person_id=person.id,
                kind=NoticeKind.MEMBERSHIP_GIVEN,
                organisation=organisation,
                now=now,
            )
    session.flush()


def revoke(
    session: Session,
    cipher: PiiCipher,
    manager: MembershipRow,
    member_id: str,
    now: datetime,
) -> MembershipRow:
    """End a membership: a manager anybody's but the legal representative's, a member their own.

    Raises MemberNotFound, LegalRepresentativeStays, ScopeRequired.
    """
    lock(session, manager.organisation_id)
    row = session.scalar(
        select(MembershipRow).where(
            MembershipRow.id == member_id, MembershipRow.organisation_id == manager.organisation_id
        ),
    )
    own = row is not None and row.id == manager.id
    if row is None or not (own or Scope.MEMBERS_MANAGE in read(manager.scopes)):
        raise MemberNotFound
    if row.role == MemberRole.LEGAL_REPRESENTATIVE:
        raise LegalRepresentativeStays
    if not own:
        _require_reach(manager, MemberRole(row.role), read(row.scopes))
    end(session, cipher, row, now)
    return row


def end(session: Session, cipher: PiiCipher, row: MembershipRow, now: datetime) -> None:
    """End a membership; tokens that act by it end with it."""
    if row.revoked_at is not None:
        return
    row.revoked_at = now
    session.flush()
    person = member(session, cipher, row)
    if person is not None:
        organisation = session.get_one(OrganisationRow, row.organisation_id)
        _tell(
            session,
            cipher,
            person_id=person.id,
            kind=NoticeKind.MEMBERSHIP_REVOKED,
            organisation=organisation,
            now=now,
        )


def member(session: Session, cipher: PiiCipher, row: MembershipRow) -> PersonRow | None:
    """Return who a membership is of; None while nobody here has that number and name."""
    person = session.scalar(select(PersonRow).where(PersonRow.number_index == row.number_index))
    return person if person is not None and _is_named(cipher, row, person) else None


def lock(session: Session, organisation_id: str) -> None:
    """Let changes of one organisation's members happen one after the other."""
    session.execute(select(EnterpriseRow.id).where(EnterpriseRow.id == organisation_id).with_for_update())


def open_name(cipher: PiiCipher, row: MembershipRow) -> str:
    """Return a member's name."""
    return cipher.open_text(row.name_sealed, _place("name", row.id))


def open_number(cipher: PiiCipher, row: MembershipRow) -> str:
    """Return a member's number."""
    return cipher.open_text(row.number_sealed, _place("number", row.id))


def forget_who(cipher: PiiCipher, row: MembershipRow, nothing: str) -> None:
    """Destroy whose membership it was: the row stays, and leads to nobody."""
    row.number_index = os.urandom(32)
    row.number_sealed = cipher.seal(nothing, _place("number", row.id))
    row.name_sealed = cipher.seal(nothing, _place("name", row.id))


def _unended(now: datetime) -> tuple[ColumnElement[bool], ...]:
    # The last day ends at 24:00 in China.
    last_day = MembershipRow.valid_to
    return (MembershipRow.revoked_at.is_(None), or_(last_day.is_(None), last_day >= civil_date(now)))


def _is_named(cipher: PiiCipher, row: MembershipRow, person: PersonRow) -> bool:
    return open_name(cipher, row) == people.open_name(cipher, person.id, person.name_sealed)


def _require_reach(manager: MembershipRow, role: MemberRole, scopes: Iterable[Scope]) -> None:
    held = read(manager.scopes)
    if Scope.MEMBERS_MANAGE not in held or not set(scopes) <= set(held):
        raise ScopeRequired
    if manager.role == MemberRole.AGENT and role is not MemberRole.AGENT:
        raise ScopeRequired


def _tell(
    session: Session,
    cipher: PiiCipher,
    *,
    person_id: str,
    kind: NoticeKind,
    organisation: OrganisationRow,
    now: datetime,
) -> None:
    about = {"organisation": organisation.name, "organisation_id": organisation.id}
    notices.tell(session, cipher, person_id=PersonId(person_id), kind=kind, about=about, now=now)


def _place(field: str, member_id: str) -> str:
    return f"memberships.{field}:{member_id}"
