"""Organisations and staff: rows, permissions, and what a member of staff sees of themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.ids import OrganisationId, StaffId, new_id
from identity.orm import ID, Base, primary_key


class Permission(StrEnum):
    """What a member of staff may do."""

    VERIFY = "verify"
    RAISE_ASSURANCE = "raise-assurance"
    HANDLE_CASES = "handle-cases"
    HANDLE_WORK_ORDERS = "handle-work-orders"
    JUDGE_APPEALS = "judge-appeals"
    MANAGE_STAFF = "manage-staff"
    AUDIT = "audit"
    MANAGE_SERVICES = "manage-services"


class OrganisationKind(StrEnum):
    """What an organisation is: 平台, 部门, 核验单位, 企业, 个体工商户. The first three are agencies."""

    PLATFORM = "platform"
    DEPARTMENT = "department"
    VERIFIER = "verifier"
    ENTERPRISE = "enterprise"
    SOLE_TRADER = "sole_trader"


class OrganisationRow(Base):
    """An agency, whose staff verify licences, or an enterprise, whose members act for it.

    `code` is an agency's word, and an enterprise's credit code. Code and name of an enterprise are public
    by law (企业信息公示暂行条例): they are no personal data.
    """

    __tablename__ = "organisations"

    id: Mapped[str] = primary_key()
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16), server_default=OrganisationKind.DEPARTMENT)
    # Whether its staff need a second factor.
    totp_required: Mapped[bool] = mapped_column(server_default=false())


class StaffRow(Base):
    """A member of staff. `permissions` are words parted by blanks.

    An initial password was chosen by somebody else and has to be changed. The second factor counts once it is
    confirmed; `totp_last_step` is the newest step (RFC 6238 §4.2) whose code was used.
    """

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("organisation_id", "staff_number"),)

    id: Mapped[str] = primary_key()
    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("organisations.id"))
    staff_number: Mapped[str] = mapped_column(String(32))
    password_hash: Mapped[str] = mapped_column(String(200))
    permissions: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    password_is_initial: Mapped[bool] = mapped_column(server_default=false())
    totp_sealed: Mapped[bytes | None]
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """A member of staff as they see themselves."""

    id: StaffId
    staff_number: str
    organisation_code: str
    organisation_name: str
    permissions: tuple[str, ...]
    totp_enrolled: bool
    owes: "Owed | None"


class Owed(StrEnum):
    """What a member of staff has to do before anything else."""

    PASSWORD_CHANGE = "password-change"  # noqa: S105  a deed, no secret
    TOTP_ENROLMENT = "totp-enrolment"


def owed(
    *, password_is_initial: bool, totp_required: bool, totp_confirmed_at: datetime | None
) -> Owed | None:
    """Return what a member has to do first, if anything."""
    if password_is_initial:
        return Owed.PASSWORD_CHANGE
    return Owed.TOTP_ENROLMENT if totp_required and totp_confirmed_at is None else None


def add_organisation(
    session: Session, code: str, name: str, kind: OrganisationKind = OrganisationKind.DEPARTMENT
) -> OrganisationId:
    """Add an agency."""
    row = OrganisationRow(id=new_id(), code=code, name=name, kind=kind)
    session.add(row)
    session.flush()
    return OrganisationId(row.id)


def add_staff(
    session: Session,
    organisation_id: OrganisationId,
    staff_number: str,
    password_hash: str,
    permissions: Iterable[Permission],
    *,
    password_is_initial: bool = False,
) -> StaffId:
    """Add a member of staff with the hash of a password."""
    row = StaffRow(
        id=new_id(),
        organisation_id=organisation_id,
        staff_number=staff_number,
        password_hash=password_hash,
        permissions=written(permissions),
        active=True,
        password_is_initial=password_is_initial,
    )
    session.add(row)
    session.flush()
    return StaffId(row.id)


def lock_organisation(session: Session, organisation_id: OrganisationId) -> None:
    """Let changes of one organisation happen one after the other."""
    session.execute(
        select(OrganisationRow.id).where(OrganisationRow.id == organisation_id).with_for_update(),
    )


def written(permissions: Iterable[Permission]) -> str:
    """Return permissions as a row keeps them."""
    return " ".join(permissions)


def view(session: Session, staff_id: StaffId) -> StaffAccount:
    """Return a member of staff."""
    staff, organisation = session.execute(
        select(StaffRow, OrganisationRow)
        .join(OrganisationRow, OrganisationRow.id == StaffRow.organisation_id)
        .where(StaffRow.id == staff_id),
    ).one()
    return account_of(staff, organisation)


def account_of(staff: StaffRow, organisation: OrganisationRow) -> StaffAccount:
    """Return a member of staff as they see themselves."""
    return StaffAccount(
        id=StaffId(staff.id),
        staff_number=staff.staff_number,
        organisation_code=organisation.code,
        organisation_name=organisation.name,
        permissions=tuple(staff.permissions.split()),
        totp_enrolled=staff.totp_confirmed_at is not None,
        owes=owed(
            password_is_initial=staff.password_is_initial,
            totp_required=organisation.totp_required,
            totp_confirmed_at=staff.totp_confirmed_at,
        ),
    )
