"""Enterprises and their members, as members and managers see them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.clock import civil_date
from identity.crypto.cipher import PiiCipher
from identity.errors import OrganisationNotFound
from identity.ids import OrganisationId, PersonId
from identity.numbers.masks import mask_number
from identity.organisations import memberships
from identity.organisations.models import EnterpriseRow, MembershipRow
from identity.organisations.registry import EnterpriseStatus
from identity.organisations.scopes import MemberRole, Scope, read
from identity.staff import OrganisationKind, OrganisationRow

ACTIVE, EXPIRED, REVOKED = "active", "expired", "revoked"


@dataclass(frozen=True, slots=True)
class Organisation:
    """An enterprise as one of its members sees it: role, scopes and last day are the member's own."""

    id: OrganisationId
    uscc: str
    name: str
    kind: OrganisationKind
    status: EnterpriseStatus
    created_at: datetime
    role: MemberRole
    scopes: tuple[Scope, ...]
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the organisation's managers see them. `status` says nothing of any account."""

    id: str
    name: str
    id_number_masked: str
    role: MemberRole
    scopes: tuple[Scope, ...]
    valid_to: date | None
    status: str
    added_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """A page of members, the oldest first; `next_cursor` is None at its end."""

    items: list[Member]
    next_cursor: str | None


def organisation(
    session: Session,
    cipher: PiiCipher,
    organisation_id: OrganisationId,
    person_id: PersonId,
    now: datetime,
) -> Organisation:
    """Return an organisation to one of its members. Raises OrganisationNotFound."""
    for mine in organisations_of(session, cipher, person_id, now):
        if mine.id == organisation_id:
            return mine
    raise OrganisationNotFound


def organisations_of(
    session: Session, cipher: PiiCipher, person_id: PersonId, now: datetime
) -> list[Organisation]:
    """Return the organisations that a person is a member of, the oldest membership first."""
    mine = memberships.in_force(session, cipher, person_id, now)
    ids = [row.id for _, row in mine]
    enterprises = {
        row.id: row for row in session.scalars(select(EnterpriseRow).where(EnterpriseRow.id.in_(ids)))
    }
    return [_organisation(row, enterprises[row.id], member) for member, row in mine]


def members_of(
    session: Session,
    cipher: PiiCipher,
    organisation_id: str,
    *,
    limit: int,
    cursor: str | None,
    now: datetime,
) -> MemberPage:
    """Return an organisation's members, former ones too; `cursor` is the last id of the page before."""
    query = select(MembershipRow).where(MembershipRow.organisation_id == organisation_id)
    if cursor:
        query = query.where(MembershipRow.id > cursor)
    rows = list(session.scalars(query.order_by(MembershipRow.id).limit(limit + 1)))
    shown = rows[:limit]
    items = [member(cipher, row, now) for row in shown]
    return MemberPage(items, shown[-1].id if len(rows) > limit else None)


def member(cipher: PiiCipher, row: MembershipRow, now: datetime) -> Member:
    """Return a member as the organisation's managers see them."""
    return Member(
        id=row.id,
        name=memberships.open_name(cipher, row),
        id_number_masked=mask_number(memberships.open_number(cipher, row)),
        role=MemberRole(row.role),
        scopes=read(row.scopes),
        valid_to=row.valid_to,
        status=_status(row, now),
        added_at=row.added_at,
        revoked_at=row.revoked_at,
    )


def _status(row: MembershipRow, now: datetime) -> str:
    if row.revoked_at is not None:
        return REVOKED
    ended = row.valid_to is not None and row.valid_to < civil_date(now)
    return EXPIRED if ended else ACTIVE


def _organisation(row: OrganisationRow, enterprise: EnterpriseRow, own: MembershipRow) -> Organisation:
    return Organisation(
        id=OrganisationId(row.id),
        uscc=row.code,
        name=row.name,
        kind=OrganisationKind(row.kind),
        status=EnterpriseStatus(enterprise.status),
        created_at=enterprise.created_at,
        role=MemberRole(own.role),
        scopes=read(own.scopes),
        valid_to=own.valid_to,
    )
