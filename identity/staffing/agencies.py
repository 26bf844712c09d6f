"""Agencies (机构): departments and other bodies that verify. The platform's admins create them, nobody else."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity import staff
from identity.errors import OrganisationCodeTaken, OrganisationNotFound, PlatformExists
from identity.ids import OrganisationId
from identity.principals import StaffMember
from identity.staff import OrganisationKind, OrganisationRow, Permission
from identity.staffing import acts, members
from identity.staffing.acts import Act

KINDS = (OrganisationKind.PLATFORM, OrganisationKind.DEPARTMENT, OrganisationKind.VERIFIER)
FIRST_ADMIN = (Permission.MANAGE_STAFF,)


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency."""

    id: OrganisationId
    code: str
    name: str
    kind: OrganisationKind
    totp_required: bool


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """A page of agencies, the oldest first; `next_cursor` is None at its end."""

    items: list[Agency]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class NewAgency:
    """An agency to be created, with its first admin's number and the hash of an initial password."""

    code: str
    name: str
    kind: OrganisationKind
    admin_number: str
    password_hash: str


def create(session: Session, actor: StaffMember | None, new: NewAgency, now: datetime) -> Agency:
    """Add an agency and its first admin. Raises OrganisationCodeTaken."""
    if session.scalar(select(OrganisationRow.id).where(OrganisationRow.code == new.code)):
        raise OrganisationCodeTaken
    organisation_id = staff.add_organisation(session, new.code, new.name, new.kind)
    acts.record(
        session,
        Act.ORGANISATION_CREATED,
        organisation_id=organisation_id,
        actor=actor,
        details={"code": new.code, "kind": new.kind},
        now=now,
    )
    members.create(
        session,
        actor,
        organisation_id,
        staff_number=new.admin_number,
        password_hash=new.password_hash,
        permissions=FIRST_ADMIN,
        now=now,
    )
    return view(session, organisation_id)


def create_platform(session: Session, new: NewAgency, now: datetime) -> Agency:
    """Add the platform's own agency, from the console and once. Raises PlatformExists."""
    if session.scalar(select(OrganisationRow.id).where(OrganisationRow.kind == OrganisationKind.PLATFORM)):
        raise PlatformExists
    return create(session, None, new, now)


def all_agencies(session: Session, *, limit: int, cursor: str | None) -> AgencyPage:
    """Return every agency; `cursor` is the last id of the page before."""
    query = select(OrganisationRow).where(OrganisationRow.kind.in_(KINDS))
    if cursor:
        query = query.where(OrganisationRow.id > cursor)
    rows = list(session.scalars(query.order_by(OrganisationRow.id).limit(limit + 1)))
    items = [_agency(row) for row in rows[:limit]]
    return AgencyPage(items, items[-1].id if len(rows) > limit else None)


def view(session: Session, organisation_id: str) -> Agency:
    """Return an agency. Raises OrganisationNotFound."""
    row = session.get(OrganisationRow, organisation_id)
    if row is None or row.kind not in KINDS:
        raise OrganisationNotFound
    return _agency(row)


def require_totp(session: Session, admin: StaffMember, *, required: bool, now: datetime) -> Agency:
    """Say whether an agency's staff need a second factor, at once."""
    row = session.get_one(OrganisationRow, admin.organisation_id, with_for_update=True)
    row.totp_required = required
    session.flush()
    acts.record(
        session,
        Act.SETTINGS_CHANGED,
        organisation_id=row.id,
        actor=admin,
        details={"totp_required": required},
        now=now,
    )
    return _agency(row)


def _agency(row: OrganisationRow) -> Agency:
    return Agency(OrganisationId(row.id), row.code, row.name, OrganisationKind(row.kind), row.totp_required)
