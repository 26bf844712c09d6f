"""The timeline of a case: every step with its time, who took it, and what they said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotservices.cases.models import CaseStepRow
from hotservices.cases.states import By, CaseState, Deed
from identity.acting import Actor, ActorWord
from identity.crypto.cipher import PiiCipher
from identity.ids import new_id
from identity.numbers.masks import mask_staff_number
from identity.principals import StaffMember
from identity.staff import OrganisationRow, StaffRow

MAX_COMMENT = 1000


@dataclass(frozen=True, slots=True)
class Doer:
    """Who takes a step: a citizen (or whoever acts for them), a member of staff, or a rule."""

    by: By
    actor: Actor | None = None
    staff: StaffMember | None = None

    @classmethod
    def citizen(cls, actor: Actor) -> "Doer":
        """Return a citizen, or whoever acts for them."""
        return cls(By.CITIZEN, actor=actor)

    @classmethod
    def of_staff(cls, member: StaffMember) -> "Doer":
        """Return a member of staff."""
        return cls(By.STAFF, staff=member)


SYSTEM = Doer(By.SYSTEM)


@dataclass(frozen=True, slots=True)
class Agency:
    """The agency whose member of staff took a step."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it is read. `staff_number` is for colleagues; whose case it is sees `staff_masked`."""

    number: int
    at: datetime
    deed: Deed
    state: CaseState
    by: By
    actor: ActorWord | None
    organisation: Agency | None
    staff_number: str | None
    comment: str | None

    @property
    def staff_masked(self) -> str | None:
        """The staff number's first and last character."""
        return self.staff_number and mask_staff_number(self.staff_number)


def add(
    session: Session,
    cipher: PiiCipher,
    *,
    case_id: str,
    number: int,
    deed: Deed,
    state: CaseState,
    doer: Doer,
    comment: str | None,
    now: datetime,
) -> None:
    """Write a step down, in the transaction that takes it."""
    step_id = new_id()
    session.add(
        CaseStepRow(
            id=step_id,
            case_id=case_id,
            number=number,
            at=now,
            deed=deed,
            state=state,
            by=doer.by,
            actor=doer.actor.word if doer.actor else None,
            actor_person_id=doer.actor.person_id if doer.actor else None,
            staff_id=doer.staff.staff_id if doer.staff else None,
            comment_sealed=cipher.seal(comment, _place(step_id)) if comment else None,
        ),
    )
    session.flush()


def of_case(session: Session, cipher: PiiCipher, case_id: str) -> Sequence[Step]:
    """Return the steps of a case, the first one first."""
    query = (
        select(CaseStepRow, StaffRow.staff_number, OrganisationRow.code, OrganisationRow.name)
        .outerjoin(StaffRow, StaffRow.id == CaseStepRow.staff_id)
        .outerjoin(OrganisationRow, OrganisationRow.id == StaffRow.organisation_id)
        .where(CaseStepRow.case_id == case_id)
        .order_by(CaseStepRow.number)
    )
    return [
        Step(
            number=row.number,
            at=row.at,
            deed=Deed(row.deed),
            state=CaseState(row.state),
            by=By(row.by),
            actor=ActorWord(row.actor) if row.actor else None,
            organisation=Agency(code, name) if code else None,
            staff_number=staff_number,
            comment=cipher.open_text(row.comment_sealed, _place(row.id)) if row.comment_sealed else None,
        )
        for row, staff_number, code, name in session.execute(query)
    ]


def _place(step_id: str) -> str:
    return f"case_steps.comment:{step_id}"
