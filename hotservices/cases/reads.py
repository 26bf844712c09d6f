"""Who read a case (查阅记录): every reading by staff leaves a trace, which whose case it is can see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotservices.cases.models import CaseReadRow
from hotservices.cases.timeline import Agency
from identity.ids import StaffId, new_id
from identity.numbers.masks import mask_staff_number
from identity.staff import OrganisationRow, StaffRow

# Of the newest so many is told; the audit log of the agency has them all.
MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class Read:
    """That a member of staff read a case."""

    at: datetime
    organisation: Agency
    staff_masked: str


def note(session: Session, case_id: str, staff_id: StaffId, now: datetime) -> None:
    """Write a reading down, in the transaction that reads."""
    session.add(CaseReadRow(id=new_id(), case_id=case_id, staff_id=staff_id, at=now))
    session.flush()


def of_case(session: Session, case_id: str) -> Sequence[Read]:
    """Return who read a case, the last one first."""
    query = (
        select(CaseReadRow.at, StaffRow.staff_number, OrganisationRow.code, OrganisationRow.name)
        .join(StaffRow, StaffRow.id == CaseReadRow.staff_id)
        .join(OrganisationRow, OrganisationRow.id == StaffRow.organisation_id)
        .where(CaseReadRow.case_id == case_id)
        .order_by(CaseReadRow.id.desc())
        .limit(MOST_TOLD)
    )
    return [
        Read(at, Agency(code, name), mask_staff_number(number))
        for at, number, code, name in session.execute(query)
    ]
