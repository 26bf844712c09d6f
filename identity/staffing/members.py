"""The staff of an agency, as its admin administers them. Nobody does so to themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity import staff
from identity.errors import OwnAccount, StaffNotFound, StaffNumberTaken
from identity.ids import OrganisationId
from identity.principals import StaffMember
from identity.staff import Permission, StaffRow
from identity.staffing import acts
from identity.staffing.acts import Act
from identity.staffing.desk import end_sessions, forget_totp
from identity.staffing.roles import Role, roles_of


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff as their admin sees them."""

    id: str
    staff_number: str
    roles: tuple[Role, ...]
    permissions: tuple[str, ...]
    active: bool
    totp_enrolled: bool
    password_is_initial: bool


@dataclass(frozen=True, slots=True)
class ColleaguePage:
    """A page of staff, the oldest first; `next_cursor` is None at its end."""

    items: list[Colleague]
    next_cursor: str | None


def of_organisation(
    session: Session, organisation_id: str, *, limit: int, cursor: str | None
) -> ColleaguePage:
    """Return an agency's staff, those who left too; `cursor` is the last id of the page before."""
    query = select(StaffRow).where(StaffRow.organisation_id == organisation_id)
    if cursor:
        query = query.where(StaffRow.id > cursor)
    rows = list(session.scalars(query.order_by(StaffRow.id).limit(limit + 1)))
    items = [view(row) for row in rows[:limit]]
    return ColleaguePage(items, items[-1].id if len(rows) > limit else None)


def create(
    session: Session,
    admin: StaffMember | None,
    organisation_id: OrganisationId,
    *,
    staff_number: str,
    password_hash: str,
    permissions: Sequence[Permission],
    now: datetime,
) -> Colleague:
    """Add somebody with an initial password. Raises StaffNumberTaken."""
    staff.lock_organisation(session, organisation_id)
    number_is = (StaffRow.organisation_id == organisation_id, StaffRow.staff_number == staff_number)
    if session.scalar(select(StaffRow.id).where(*number_is)):
        raise StaffNumberTaken
    staff_id = staff.add_staff(
        session, organisation_id, staff_number, password_hash, permissions, password_is_initial=True
    )
    acts.record(
        session,
        Act.MEMBER_CREATED,
        organisation_id=organisation_id,
        actor=admin,
        member_id=staff_id,
        details={"permissions": list(permissions)},
        now=now,
    )
    return view(session.get_one(StaffRow, staff_id))


def set_permissions(
    session: Session, admin: StaffMember, staff_id: str, permissions: Sequence[Permission], now: datetime
) -> Colleague:
    """Change what somebody may do, at once. Raises StaffNotFound, OwnAccount."""
    row = _colleague(session, admin, staff_id)
    before, row.permissions = row.permissions.split(), staff.written(permissions)
    details = {"before": before, "after": list(permissions)}
    return _done(session, Act.PERMISSIONS_CHANGED, admin, row, now=now, details=details)


def deactivate(session: Session, admin: StaffMember, staff_id: str, now: datetime) -> Colleague:
    """Shut somebody out, at once. Raises StaffNotFound, OwnAccount."""
    row = _colleague(session, admin, staff_id)
    row.active = False
    end_sessions(session, row.id, now)
    return _done(session, Act.MEMBER_DEACTIVATED, admin, row, now=now)


def reactivate(session: Session, admin: StaffMember, staff_id: str, now: datetime) -> Colleague:
    """Let somebody in again. Raises StaffNotFound, OwnAccount."""
    row = _colleague(session, admin, staff_id)
    row.active = True
    return _done(session, Act.MEMBER_REACTIVATED, admin, row, now=now)


def reset_password(
    session: Session,
    admin: StaffMember,
    staff_id: str,
    *,
    password_hash: str,
    totp_too: bool,
    now: datetime,
) -> Colleague:
    """Give somebody an initial password anew; their sessions end. Raises StaffNotFound, OwnAccount."""
    row = _colleague(session, admin, staff_id)
    row.password_hash, row.password_is_initial = password_hash, True
    if totp_too:
        forget_totp(row)
    end_sessions(session, row.id, now)
    return _done(session, Act.PASSWORD_RESET, admin, row, now=now, details={"totp_too": totp_too})


def view(row: StaffRow) -> Colleague:
    """Return a member of staff as their admin sees them."""
    permissions = tuple(row.permissions.split())
    return Colleague(
        id=row.id,
        staff_number=row.staff_number,
        roles=roles_of(permissions),
        permissions=permissions,
        active=row.active,
        totp_enrolled=row.totp_confirmed_at is not None,
        password_is_initial=row.password_is_initial,
    )


def _colleague(session: Session, admin: StaffMember, staff_id: str) -> StaffRow:
    if staff_id == admin.staff_id:
        raise OwnAccount
    row = session.scalar(
        select(StaffRow)
        .where(StaffRow.id == staff_id, StaffRow.organisation_id == admin.organisation_id)
        .with_for_update(),
    )
    if row is None:
        raise StaffNotFound
    return row


def _done(
    session: Session,
    act: Act,
    admin: StaffMember,
    row: StaffRow,
    *,
    now: datetime,
    details: dict[str, object] | None = None,
) -> Colleague:
    session.flush()
    acts.record(
        session,
        act,
        organisation_id=row.organisation_id,
        actor=admin,
        member_id=row.id,
        details=details,
        now=now,
    )
    return view(row)
