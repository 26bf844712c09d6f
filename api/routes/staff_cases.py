"""Cases at the desks of the departments that answer for them; every other case is as if it were not."""

from typing import Any
from uuid import UUID

from api import casework
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.case_views import case_for_staff, case_view
from api.guards import CASE_HANDLER
from api.idempotency import ONE_DAY
from api.routes.cases import wanted
from api.schemas.cases import CaseList, CaseQuery, CaseSchema, StaffCaseDetailSchema, StepRequest
from hotservices.cases import reading, reads, working
from hotservices.cases.errors import CaseNotFound, CaseNotInState
from hotservices.cases.states import Deed
from hotservices.reviews import reading as reviews
from identity.errors import InvalidField
from identity.staffing import acts
from identity.staffing.acts import Act

blp = Blueprint(
    "staff_cases", __name__, url_prefix="/v1/staff", description="部门办件 · Cases of a department"
)
REFUSES = (CaseNotFound, CaseNotInState)


@blp.get(
    "/cases",
    guard=CASE_HANDLER,
    summary=Summary("本部门办件", "Cases of the departments that my agency answers for"),
    description="清单不含申请人及其填报内容。 · The list tells neither who asks nor what they handed in.",
    query=CaseQuery,
    answer=Answer(200, CaseList),
)
def list_department_cases(call: Call, query: dict[str, Any]) -> dict[str, Any]:
    page = reading.list_of_agency(call.session, call.staff.organisation_id, wanted(query))
    return {"items": [case_view(one) for one in page.items], "next_cursor": page.next_cursor}


@blp.get(
    "/cases/<uuid:case_id>",
    guard=CASE_HANDLER,
    summary=Summary("查看办件", "Read a case"),
    description="每次查看都记入审计日志，申请人也能看到。 · Every reading is in the audit log, and told to whose case it is.",
    answer=Answer(200, StaffCaseDetailSchema),
    refuses=(CaseNotFound,),
)
def get_department_case(call: Call, case_id: UUID) -> dict[str, Any]:
    member, cipher = call.staff, call.services.cipher
    # No reading without its trace: both are of one transaction, which is over before anything is told.
    with call.lasting() as session:
        case, petitioner = reading.one_of_agency(session, cipher, member.organisation_id, str(case_id))
        review = reviews.of_case(session, case.brief.id)
        reads.note(session, case.brief.id, member.staff_id, call.now)
        acts.record(
            session,
            Act.CASE_READ,
            organisation_id=member.organisation_id,
            actor=member,
            details={"case_id": str(case_id)},
            now=call.now,
        )
    return case_for_staff(case, review, petitioner, call.language)


@blp.post(
    "/cases/<uuid:case_id>/accept",
    guard=CASE_HANDLER,
    summary=Summary("受理", "Accept a case"),
    body=StepRequest,
    answer=Answer(200, CaseSchema),
    refuses=REFUSES,
    once=ONE_DAY,
)
def accept_case(call: Call, body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    return _work(call, case_id, Deed.ACCEPT, body["comment"])


@blp.post(
    "/cases/<uuid:case_id>/review",
    guard=CASE_HANDLER,
    summary=Summary("开始审查", "Begin to review a case"),
    body=StepRequest,
    answer=Answer(200, CaseSchema),
    refuses=REFUSES,
    once=ONE_DAY,
)
def review_case(call: Call, body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    return _work(call, case_id, Deed.REVIEW, body["comment"])


@blp.post(
    "/cases/<uuid:case_id>/ask-more",
    guard=CASE_HANDLER,
    summary=Summary("要求补正", "Ask for more"),
    description="须一次告知所缺内容。 · `comment` says all that is missing, at once.",
    body=StepRequest,
    answer=Answer(200, CaseSchema),
    refuses=(*REFUSES, InvalidField),
    once=ONE_DAY,
)
def ask_for_more(call: Call, body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    return _work(call, case_id, Deed.ASK_MORE, body["comment"])


@blp.post(
    "/cases/<uuid:case_id>/approve",
    guard=CASE_HANDLER,
    summary=Summary("准予", "Approve a case"),
    body=StepRequest,
    answer=Answer(200, CaseSchema),
    refuses=REFUSES,
    once=ONE_DAY,
)
def approve_case(call: Call, body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    return _work(call, case_id, Deed.APPROVE, body["comment"])


@blp.post(
    "/cases/<uuid:case_id>/reject",
    guard=CASE_HANDLER,
    summary=Summary("不予办理", "Reject a case"),
    description="须说明理由。 · `comment` says why.",
    body=StepRequest,
    answer=Answer(200, CaseSchema),
    refuses=(*REFUSES, InvalidField),
    once=ONE_DAY,
)
def reject_case(call: Call, body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    return _work(call, case_id, Deed.REJECT, body["comment"])


@blp.post(
    "/cases/<uuid:case_id>/close",
    guard=CASE_HANDLER,
    summary=Summary("终止办理", "Close a case without deciding it"),
    description="须说明理由。 · `comment` says why.",
    body=StepRequest,
    answer=Answer(200, CaseSchema),
    refuses=(*REFUSES, InvalidField),
    once=ONE_DAY,
)
def close_case(call: Call, body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    return _work(call, case_id, Deed.CLOSE, body["comment"])


def _work(call: Call, case_id: UUID, deed: Deed, comment: str | None) -> dict[str, Any]:
    recorder = call.services.ranking.recorder()
    worked = working.work(
        call.session, call.services.cipher, str(case_id), deed, call.staff, comment=comment, now=call.now
    )
    casework.follow(call, recorder, worked)
    return case_view(worked.brief)
