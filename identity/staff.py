"""Organisations that verify, and their staff: argon2id passwords and permissions."""

from dataclasses import dataclass
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.errors import StaffCredentialsRefused
from identity.ids import OrganisationId, StaffId, new_id
from identity.orm import ID, Base, primary_key

# argon2-cffi's defaults are RFC 9106 §4's second recommended option (argon2id, 64 MiB).
_hasher = PasswordHasher()
# Verified against when nobody has that number, so that both refusals take the same time.
_NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$XgO/cj8Y1EYwG+P3Sb1WoA$33FwUripgJqspjTnj15VMqsgGRbs4Ky4OBFjiIekATc"
)


class Permission(StrEnum):
    """What a member of staff may do."""

    VERIFY = "verify"
    RAISE_ASSURANCE = "raise-assurance"
    HANDLE_CASES = "handle-cases"
    HANDLE_WORK_ORDERS = "handle-work-orders"
    JUDGE_APPEALS = "judge-appeals"
    MANAGE_STAFF = "manage-staff"
    AUDIT = "audit"


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


class StaffRow(Base):
    """A member of staff. `permissions` are words parted by blanks."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("organisation_id", "staff_number"),)

    id: Mapped[str] = primary_key()
    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("organisations.id"))
    staff_number: Mapped[str] = mapped_column(String(32))
    password_hash: Mapped[str] = mapped_column(String(200))
    permissions: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """A member of staff as they see themselves."""

    id: StaffId
    staff_number: str
    organisation_code: str
    organisation_name: str
    permissions: tuple[str, ...]


def add_organisation(session: Session, code: str, name: str) -> OrganisationId:
    """Add an agency."""
    row = OrganisationRow(id=new_id(), code=code, name=name)
    session.add(row)
    session.flush()
    return OrganisationId(row.id)


def add_staff(
    session: Session,
    organisation_id: OrganisationId,
    staff_number: str,
    password: str,
    permissions: tuple[Permission, ...],
) -> StaffId:
    """Add a member of staff with a password."""
    row = StaffRow(
        id=new_id(),
        organisation_id=organisation_id,
        staff_number=staff_number,
        password_hash=_hasher.hash(password),
        permissions=" ".join(permissions),
        active=True,
    )
    session.add(row)
    session.flush()
    return StaffId(row.id)


def check_password(
    session: Session,
    *,
    organisation_code: str,
    staff_number: str,
    unverified_password: str,
) -> StaffAccount:
    """Return the member of staff whose password this is. Raises StaffCredentialsRefused."""
    row = session.execute(
        select(StaffRow, OrganisationRow)
        .join(OrganisationRow, OrganisationRow.id == StaffRow.organisation_id)
        .where(
            OrganisationRow.code == organisation_code,
            StaffRow.staff_number == staff_number,
            StaffRow.active,
        ),
    ).first()
    try:
        _hasher.verify(row.StaffRow.password_hash if row else _NOBODYS_HASH, unverified_password)
    except (VerificationError, InvalidHashError) as error:
        raise StaffCredentialsRefused from error
    if row is None:
        raise StaffCredentialsRefused
    return _view(row.StaffRow, row.OrganisationRow)


def view(session: Session, staff_id: StaffId) -> StaffAccount:
    """Return a member of staff."""
    staff, organisation = session.execute(
        select(StaffRow, OrganisationRow)
        .join(OrganisationRow, OrganisationRow.id == StaffRow.organisation_id)
        .where(StaffRow.id == staff_id),
    ).one()
    return _view(staff, organisation)


def _view(staff: StaffRow, organisation: OrganisationRow) -> StaffAccount:
    return StaffAccount(
        id=StaffId(staff.id),
        staff_number=staff.staff_number,
        organisation_code=organisation.code,
        organisation_name=organisation.name,
        permissions=tuple(staff.permissions.split()),
    )
