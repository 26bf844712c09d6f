"""Working on a case: each step is one conditional write, so that of two who take it at once one does.

A department's staff reach the cases of the departments that the platform granted to their agency
(`hotservices.administration.grants`), a citizen their own; every other case is as if it were not.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from hotservices.administration.models import ServiceGrantRow
from hotservices.cases import briefs, telling, timeline
from hotservices.cases.briefs import Worked
from hotservices.cases.errors import CaseNotFound, CaseNotInState
from hotservices.cases.models import CaseRow
from hotservices.cases.states import FINISHED, TRANSITIONS, By, Deed
from hotservices.cases.timeline import Doer
from identity.acting import Actor
from identity.crypto.cipher import PiiCipher
from identity.errors import InvalidField
from identity.ids import OrganisationId, PersonId
from identity.principals import StaffMember

Condition = ColumnElement[bool]


def of_person(person_id: PersonId, case_id: str) -> tuple[Condition, ...]:
    """Return what a person's own case is found by."""
    return CaseRow.id == case_id, CaseRow.person_id == person_id


def of_agency(organisation_id: OrganisationId, case_id: str) -> tuple[Condition, ...]:
    """Return what a case is found by that an agency answers for."""
    return CaseRow.id == case_id, answered_for(organisation_id)


def answered_for(organisation_id: OrganisationId) -> Condition:
    """Return what the cases of an agency's departments are found by."""
    granted = select(ServiceGrantRow.department).where(ServiceGrantRow.organisation_id == organisation_id)
    return CaseRow.department.in_(granted)


def work(
    session: Session,
    cipher: PiiCipher,
    case_id: str,
    deed: Deed,
    member: StaffMember,
    *,
    comment: str | None,
    now: datetime,
) -> Worked:
    """Let a member of staff do something about a case. Raises CaseNotFound, CaseNotInState, InvalidField."""
    found_by = of_agency(member.organisation_id, case_id)
    return take(session, cipher, found_by, deed, Doer.of_staff(member), comment=comment, now=now)


def answer(
    session: Session,
    cipher: PiiCipher,
    case_id: str,
    deed: Deed,
    *,
    person_id: PersonId,
    actor: Actor,
    comment: str | None,
    now: datetime,
) -> Worked:
    """Let whose case it is do something about it. Raises CaseNotFound, CaseNotInState, InvalidField."""
    found_by = of_person(person_id, case_id)
    return take(session, cipher, found_by, deed, Doer.citizen(actor), comment=comment, now=now)


def take(
    session: Session,
    cipher: PiiCipher,
    found_by: Sequence[Condition],
    deed: Deed,
    doer: Doer,
    *,
    now: datetime,
    comment: str | None = None,
    also: dict[str, Any] | None = None,
) -> Worked:
    """Take a step, if the case is in a state that lets it. Raises CaseNotFound, CaseNotInState, InvalidField."""
    way = TRANSITIONS[deed]
    if way.reasoned and not comment:
        raise InvalidField(
            field="comment", message_zh="请说明理由或补充内容", message_en="Say why, or what is added."
        )
    values = {"state": way.target, "step": CaseRow.step + 1, "changed_at": now} | (also or {})
    if way.target in FINISHED:
        values["finished_at"] = now
    if doer.by is not By.CITIZEN:
        values["handled"] = True
    taken = update(CaseRow).where(*found_by, CaseRow.state.in_(way.sources)).values(values)
    row = session.scalars(
        taken.returning(CaseRow), execution_options={"populate_existing": True, "synchronize_session": False}
    ).first()
    if row is None:
        raise _refusal(session, found_by)
    timeline.add(
        session,
        cipher,
        case_id=row.id,
        number=row.step,
        deed=deed,
        state=way.target,
        doer=doer,
        comment=comment,
        now=now,
    )
    worked = briefs.worked(row)
    telling.tell(session, cipher, worked, deed, now)
    return worked


def _refusal(session: Session, found_by: Sequence[Condition]) -> CaseNotFound | CaseNotInState:
    state = session.scalar(select(CaseRow.state).where(*found_by))
    return CaseNotFound() if state is None else CaseNotInState(state)
