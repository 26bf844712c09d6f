"""A case in brief, and what those need to know of it who act upon it."""

from dataclasses import dataclass
from datetime import datetime

from hotservices.cases.models import CaseRow
from hotservices.cases.states import CaseState
from identity.acting import ActorWord
from identity.ids import AccountId, OrganisationId, PersonId


@dataclass(frozen=True, slots=True)
class Brief:
    """A case in a list. `actor` is as what somebody handed it in."""

    id: str
    service_code: str
    service_name: str
    department: str
    form_code: str | None
    state: CaseState
    instant: bool
    actor: ActorWord
    submitted_at: datetime
    changed_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Worked:
    """A case after a step, and whose it is: who is told, and whose use it counts as."""

    brief: Brief
    account_id: AccountId | None
    person_id: PersonId
    organisation_id: OrganisationId | None


def brief(row: CaseRow) -> Brief:
    """Return a case in brief."""
    return Brief(
        id=row.id,
        service_code=row.service_code,
        service_name=row.service_name,
        department=row.department,
        form_code=row.form_code,
        state=CaseState(row.state),
        instant=row.instant,
        actor=ActorWord(row.actor),
        submitted_at=row.submitted_at,
        changed_at=row.changed_at,
        finished_at=row.finished_at,
    )


def worked(row: CaseRow) -> Worked:
    """Return a case after a step."""
    return Worked(
        brief=brief(row),
        account_id=AccountId(row.account_id) if row.account_id else None,
        person_id=PersonId(row.person_id),
        organisation_id=OrganisationId(row.organisation_id) if row.organisation_id else None,
    )
