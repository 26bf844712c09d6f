"""Opening a case: a form that was submitted, or a service that needs none.

Where a rule allows it, and no hand had a part in any value, the case is decided in the same transaction (秒批).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotservices.cases import deciding, facts, timeline, working
from hotservices.cases.briefs import Worked, worked
from hotservices.cases.errors import DraftHasCase, TooManyOpenCases
from hotservices.cases.facts import Fact
from hotservices.cases.models import CaseRow
from hotservices.cases.states import OPEN, CaseState, Deed
from hotservices.cases.timeline import SYSTEM, Doer
from hotservices.catalogue import Service
from identity.accounts import AccountRow
from identity.acting import Actor
from identity.clock import civil_date
from identity.crypto.cipher import PiiCipher
from identity.errors import SessionEnded
from identity.ids import AccountId, OrganisationId, PersonId, new_id
from identity.orm import insert_or_skip

CaseId = NewType("CaseId", str)

# How many open cases of one service a person may have: a fleet's lorries, yet no flood.
MOST_OPEN = 100


@dataclass(frozen=True, slots=True)
class Applicant:
    """Whose case it will be, from which account, and who hands it in."""

    account_id: AccountId
    person_id: PersonId
    actor: Actor
    organisation_id: OrganisationId | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """What is asked for. `facts` are a form's; `comment` is the applicant's own word."""

    service: Service
    form_code: str | None = None
    draft_id: str | None = None
    facts: Sequence[Fact] = ()
    comment: str | None = None


def open_case(
    session: Session, cipher: PiiCipher, applicant: Applicant, submission: Submission, now: datetime
) -> Worked:
    """Open a case. Raises DraftHasCase, TooManyOpenCases, SessionEnded."""
    _hold(session, applicant.account_id)
    _require_room(session, applicant.person_id, submission.service.code)
    case_id = CaseId(new_id())
    if not insert_or_skip(session, CaseRow, _row(cipher, case_id, applicant, submission, now)):
        raise DraftHasCase
    timeline.add(
        session,
        cipher,
        case_id=case_id,
        number=1,
        deed=Deed.SUBMIT,
        state=CaseState.SUBMITTED,
        doer=Doer.citizen(applicant.actor),
        comment=submission.comment,
        now=now,
    )
    return _decided_at_once(session, cipher, case_id, submission, now) or worked(
        session.get_one(CaseRow, case_id)
    )


def _hold(session: Session, account_id: AccountId) -> None:
    """Let what one account opens come one after the other, and nothing after it was closed."""
    closed_at = select(AccountRow.closed_at).where(AccountRow.id == account_id)
    if session.scalars(closed_at.with_for_update(key_share=True)).one() is not None:
        raise SessionEnded


def _require_room(session: Session, person_id: PersonId, service_code: str) -> None:
    mine = (CaseRow.person_id == person_id, CaseRow.service_code == service_code, CaseRow.state.in_(OPEN))
    if (session.scalar(select(func.count()).select_from(CaseRow).where(*mine)) or 0) >= MOST_OPEN:
        raise TooManyOpenCases


def _row(
    cipher: PiiCipher, case_id: CaseId, applicant: Applicant, submission: Submission, now: datetime
) -> dict[str, object]:
    service = submission.service
    return {
        "id": case_id,
        "account_id": applicant.account_id,
        "person_id": applicant.person_id,
        "actor": applicant.actor.word,
        "actor_person_id": applicant.actor.person_id,
        "organisation_id": applicant.organisation_id,
        "service_code": service.code,
        "service_name": service.name,
        "department": service.department,
        "form_code": submission.form_code,
        "draft_id": submission.draft_id,
        "state": CaseState.SUBMITTED,
        "step": 1,
        "handled": False,
        "instant": False,
        "submitted_at": now,
        "changed_at": now,
        "finished_at": None,
        "facts_sealed": facts.seal(cipher, case_id, submission.facts),
        "reasons_sealed": None,
    }


def _decided_at_once(
    session: Session, cipher: PiiCipher, case_id: CaseId, submission: Submission, now: datetime
) -> Worked | None:
    rule = deciding.rule_of(submission.service.code)
    reasons = deciding.reasons(rule, submission.facts, civil_date(now)) if rule else ()
    if not reasons:
        return None
    told = {"instant": True, "reasons_sealed": facts.seal_reasons(cipher, case_id, reasons)}
    return working.take(session, cipher, (CaseRow.id == case_id,), Deed.DECIDE, SYSTEM, now=now, also=told)
