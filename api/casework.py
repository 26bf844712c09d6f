"""What goes with every step of a case, in its transaction: it counts as use, and an enterprise's systems are told.

The ranking's recorder may need a transaction of its own to be ready, so a route asks for it (`call.services.ranking.
recorder()`) before its own begins, and hands it in.
"""

from collections.abc import Sequence
from dataclasses import replace

from api import usage
from api.call import Call
from api.routes.licences import actor_of, person_of
from hotservices.cases import opening
from hotservices.cases.briefs import Worked
from hotservices.cases.facts import Fact
from hotservices.cases.opening import Applicant, Submission
from hotservices.cases.states import CaseState
from hotservices.usage.events import Action, Event, Recorder
from identity.acting import ORGANISATION
from identity.ids import OrganisationId
from wallet.webhooks import outbox
from wallet.webhooks.models import EventType


def open_case(call: Call, recorder: Recorder, submission: Submission) -> Worked:
    """Open a case for whom the caller acts. Raises DraftHasCase, TooManyOpenCases, SessionEnded."""
    session = call.session
    opened = opening.open_case(session, call.services.cipher, _applicant(call), submission, call.now)
    told = usage.knowing(call)
    code = submission.service.code
    usage.note(session, recorder, call.citizen.account_id, Event(code, Action.APPLY), told, now=call.now)
    follow(call, recorder, opened)
    return opened


def submit_form(
    call: Call, recorder: Recorder, *, service_code: str, form_code: str, draft_id: str, facts: Sequence[Fact]
) -> Worked:
    """Open the case of a draft that was submitted. Raises ServiceNotFound and what `open_case` raises."""
    service = call.catalogue.get(service_code)
    return open_case(call, recorder, Submission(service, form_code, draft_id, facts))


def follow(call: Call, recorder: Recorder, worked: Worked) -> None:
    """Count a case that was granted as a use of its service, and tell an enterprise of the step."""
    if worked.organisation_id is not None:
        outbox.emit(
            call.session,
            organisation_id=worked.organisation_id,
            type=EventType.CASE_UPDATED,
            resource_id=worked.brief.id,
            now=call.now,
        )
    if worked.brief.state is CaseState.APPROVED and worked.account_id is not None:
        usage.note(
            call.session,
            recorder,
            worked.account_id,
            Event(worked.brief.service_code, Action.COMPLETE),
            None,
            now=call.now,
        )


def _applicant(call: Call) -> Applicant:
    acting = call.citizen.acting_for
    applicant = Applicant(call.citizen.account_id, person_of(call), actor_of(call))
    if acting is not None and acting.type == ORGANISATION:
        return replace(applicant, organisation_id=OrganisationId(acting.id))
    return applicant
