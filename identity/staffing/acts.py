"""Administrative acts (管理操作日志): who did what to whom, and when. Written once, never changed, read by auditors."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from identity.ids import new_id
from identity.orm import ID, Base, primary_key
from identity.principals import StaffMember
from identity.staff import OrganisationKind, OrganisationRow, StaffRow


class Act(StrEnum):
    """What an admin did, and who of the staff read what a person handed in."""

    ORGANISATION_CREATED = "organisation-created"
    SETTINGS_CHANGED = "settings-changed"
    GRANTS_CHANGED = "grants-changed"
    SERVICE_GRANTS_CHANGED = "service-grants-changed"
    CORRECTION_DESKS_CHANGED = "correction-desks-changed"
    MEMBER_CREATED = "member-created"
    PERMISSIONS_CHANGED = "permissions-changed"
    MEMBER_DEACTIVATED = "member-deactivated"
    MEMBER_REACTIVATED = "member-reactivated"
    PASSWORD_RESET = "password-reset"  # noqa: S105  a deed, no secret
    CASE_READ = "case-read"


class StaffActRow(Base):
    """An act upon an organisation or one of its members. No actor: it was done at the server's console."""

    __tablename__ = "staff_acts"
    __table_args__ = (Index(None, "organisation_id", "id"),)

    id: Mapped[str] = primary_key()
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(32))
    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("organisations.id"))
    actor_id: Mapped[str | None] = mapped_column(ID, ForeignKey("staff.id"))
    member_id: Mapped[str | None] = mapped_column(ID, ForeignKey("staff.id"))
    # JSON: what it was, and what it has become. Never a password or a secret.
    details: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class StaffAct:
    """An act as an auditor reads it; actor and member by their numbers."""

    id: str
    at: datetime
    act: Act
    organisation_code: str
    organisation_name: str
    actor_organisation_code: str | None
    actor_staff_number: str | None
    member_staff_number: str | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StaffActPage:
    """A page of acts, newest first; `next_cursor` is None at its end."""

    items: list[StaffAct]
    next_cursor: str | None


def record(
    session: Session,
    act: Act,
    *,
    organisation_id: str,
    actor: StaffMember | None,
    member_id: str | None = None,
    details: dict[str, Any] | None = None,
    now: datetime,
) -> None:
    """Write an act down, in the transaction that does it."""
    session.add(
        StaffActRow(
            id=new_id(),
            at=now,
            act=act,
            organisation_id=organisation_id,
            actor_id=actor.staff_id if actor else None,
            member_id=member_id,
            details=json.dumps(details or {}, ensure_ascii=False),
        ),
    )
    session.flush()


def read_by(session: Session, auditor: StaffMember, *, limit: int, cursor: str | None) -> StaffActPage:
    """Return the acts upon an auditor's own organisation; the platform's auditor reads all."""
    actor, member, theirs = aliased(StaffRow), aliased(StaffRow), aliased(OrganisationRow)
    query = (
        select(StaffActRow, OrganisationRow, theirs.code, actor.staff_number, member.staff_number)
        .join(OrganisationRow, OrganisationRow.id == StaffActRow.organisation_id)
        .outerjoin(actor, actor.id == StaffActRow.actor_id)
        .outerjoin(theirs, theirs.id == actor.organisation_id)
        .outerjoin(member, member.id == StaffActRow.member_id)
    )
    if auditor.organisation_kind is not OrganisationKind.PLATFORM:
        query = query.where(StaffActRow.organisation_id == auditor.organisation_id)
    if cursor:
        query = query.where(StaffActRow.id < cursor)
    rows = session.execute(query.order_by(StaffActRow.id.desc()).limit(limit + 1)).all()
    items = [_view(*row) for row in rows[:limit]]
    return StaffActPage(items, items[-1].id if len(rows) > limit else None)


def _view(
    row: StaffActRow,
    organisation: OrganisationRow,
    actor_code: str | None,
    actor_number: str | None,
    member_number: str | None,
) -> StaffAct:
    return StaffAct(
        id=row.id,
        at=row.at,
        act=Act(row.act),
        organisation_code=organisation.code,
        organisation_name=organisation.name,
        actor_organisation_code=actor_code,
        actor_staff_number=actor_number,
        member_staff_number=member_number,
        details=json.loads(row.details),
    )
