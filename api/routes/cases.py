"""Cases (办件) of whoever asks for something: opened, read, answered, withdrawn."""

from typing import Any
from uuid import UUID

from api import admitting, casework
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.case_views import case_detail, case_view
from api.guards import SUBMITS_FORMS
from api.idempotency import ONE_DAY
from api.routes.licences import actor_of, person_of
from api.schemas.cases import CaseDetailSchema, CaseList, CaseQuery, CaseRequest, CaseSchema, StepRequest
from hotservices.cases import reading, working
from hotservices.cases.errors import CaseNotFound, CaseNotInState, TooManyOpenCases
from hotservices.cases.opening import Submission
from hotservices.cases.reading import Wanted
from hotservices.cases.states import Deed
from hotservices.errors import ServiceNotFound
from hotservices.reviews import reading as reviews
from identity.errors import InvalidField

blp = Blueprint("cases", __name__, url_prefix="/v1", description="办件 · Cases")


@blp.post(
    "/services/<string:code>/cases",
    guard=SUBMITS_FORMS,
    summary=Summary("申请办理事项", "Open a case"),
    description="无需表单的事项直接申请；有表单的通过草稿提交。代办时同时记录经办人与本人。 · "
    "For a service without a form; one with a form is opened by submitting its draft. "
    "Who acts for somebody is kept beside them.",
    body=CaseRequest,
    answer=Answer(201, CaseSchema),
    refuses=(ServiceNotFound, TooManyOpenCases),
    once=ONE_DAY,
)
def open_case(call: Call, body: dict[str, Any], code: str) -> dict[str, Any]:
    service = call.catalogue.get(code)
    recorder = call.services.ranking.recorder()
    admitting.hold(call, alone=True)
    opened = casework.open_case(call, recorder, Submission(service, comment=body["comment"]))
    return case_view(opened.brief)


@blp.get(
    "/cases",
    guard=SUBMITS_FORMS,
    summary=Summary("我的办件", "My cases"),
    query=CaseQuery,
    answer=Answer(200, CaseList),
)
def list_cases(call: Call, query: dict[str, Any]) -> dict[str, Any]:
    page = reading.list_of_person(call.session, person_of(call), wanted(query))
    return {"items": [case_view(one) for one in page.items], "next_cursor": page.next_cursor}


@blp.get(
    "/cases/<uuid:case_id>",
    guard=SUBMITS_FORMS,
    summary=Summary("办件进度", "A case and its timeline"),
    answer=Answer(200, CaseDetailSchema),
    refuses=(CaseNotFound,),
)
def get_case(call: Call, case_id: UUID) -> dict[str, Any]:
    case = reading.one_of_person(call.session, call.services.cipher, person_of(call), str(case_id))
    return case_detail(case, reviews.of_case(call.session, case.brief.id), call.language)


@blp.post(
    "/cases/<uuid:case_id>/supplement",
    guard=SUBMITS_FORMS,
    summary=Summary("补正", "Add what the department asks for"),
    body=StepRequest,
    answer=Answer(200, CaseSchema),
    refuses=(CaseNotFound, CaseNotInState, InvalidField),
    once=ONE_DAY,
)
def supplement_case(call: Call, body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    return _answer(call, case_id, Deed.SUPPLEMENT, body["comment"])


@blp.post(
    "/cases/<uuid:case_id>/withdraw",
    guard=SUBMITS_FORMS,
    summary=Summary("撤回办件", "Withdraw a case"),
    description="办结前可随时撤回，办件随即终止。 · Until it is decided; the case is closed.",
    body=StepRequest,
    answer=Answer(200, CaseSchema),
    refuses=(CaseNotFound, CaseNotInState),
    once=ONE_DAY,
)
def withdraw_case(call: Call, body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    return _answer(call, case_id, Deed.WITHDRAW, body["comment"])


def wanted(query: dict[str, Any]) -> Wanted:
    """Return which cases a query asks for."""
    cursor = str(query["cursor"]) if query["cursor"] else None
    return Wanted(query["limit"], cursor, query["state"], query["service"])


def _answer(call: Call, case_id: UUID, deed: Deed, comment: str | None) -> dict[str, Any]:
    recorder = call.services.ranking.recorder()
    admitting.hold(call)
    worked = working.answer(
        call.session,
        call.services.cipher,
        str(case_id),
        deed,
        person_id=person_of(call),
        actor=actor_of(call),
        comment=comment,
        now=call.now,
    )
    casework.follow(call, recorder, worked)
    return case_view(worked.brief)
