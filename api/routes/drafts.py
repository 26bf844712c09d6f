"""Drafts: what somebody is filling in."""

from typing import Any
from uuid import UUID

from api import admitting, filing
from api import forms as answers
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import SUBMITS_FORMS
from api.idempotency import ONE_DAY
from api.schemas.common import PageQuery
from api.schemas.drafts import DiscardedSchema, DraftList, DraftSchema, DraftValuesRequest, SubmittedSchema
from hotservices.cases.errors import DraftHasCase, TooManyOpenCases
from hotservices.errors import ServiceNotFound
from identity.errors import RegistryUnavailable
from wallet.errors import WalletFrozen
from wallet.forms.errors import DraftChanged, DraftFieldsWrong, DraftNotFound, DraftSubmitted, SourceChanged

blp = Blueprint("drafts", __name__, url_prefix="/v1/drafts", description="草稿 · Drafts")


@blp.get(
    "",
    guard=SUBMITS_FORMS,
    summary=Summary("我的草稿", "My drafts"),
    query=PageQuery,
    answer=Answer(200, DraftList),
)
def list_drafts(call: Call, query: dict[str, Any]) -> dict[str, Any]:
    cursor = str(query["cursor"]) if query["cursor"] else None
    page = call.services.forms.page(
        call.session, call.citizen, limit=query["limit"], cursor=cursor, now=call.now
    )
    items = [answers.draft_summary(call, draft) for draft in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


@blp.get(
    "/<uuid:draft_id>",
    guard=SUBMITS_FORMS,
    summary=Summary("草稿详情", "A draft"),
    answer=Answer(200, DraftSchema),
    refuses=(DraftNotFound,),
)
def get_draft(call: Call, draft_id: UUID) -> dict[str, Any]:
    draft = call.services.forms.get(call.session, call.citizen, str(draft_id), call.now)
    return answers.draft_answer(call, draft)


@blp.post(
    "/<uuid:draft_id>",
    guard=SUBMITS_FORMS,
    summary=Summary("修改草稿", "Edit a draft"),
    description="只改所列字段；由证照带入并锁定的不能修改。 · "
    "Changes the fields that it names and no others; what a licence has filled and locked stays.",
    body=DraftValuesRequest,
    answer=Answer(200, DraftSchema),
    refuses=(DraftNotFound, DraftSubmitted, DraftChanged, DraftFieldsWrong),
    once=ONE_DAY,
)
def edit_draft(call: Call, body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    draft = call.services.forms.edit(
        call.session,
        call.citizen,
        str(draft_id),
        typed=body["values"],
        version=body["version"],
        now=call.now,
    )
    return answers.draft_answer(call, draft)


@blp.post(
    "/<uuid:draft_id>/refill",
    guard=SUBMITS_FORMS,
    summary=Summary("重新获取证照数据", "Fill a draft anew"),
    description="已填写的内容保留，锁定的字段更新为部门的最新数据。 · "
    "What was typed stays; locked fields get what their registries say now.",
    answer=Answer(200, DraftSchema),
    refuses=(DraftNotFound, DraftSubmitted, WalletFrozen),
    repeatable=ONE_DAY,
)
def refill_draft(call: Call, _body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    desk, parts = call.services.forms, call.services
    with parts.database.read() as session:
        form = desk.get(session, call.citizen, str(draft_id), call.now).form
    said = desk.ask(call.citizen, form, call.now)
    draft = desk.refill(call.session, call.citizen, str(draft_id), said, call.now)
    return answers.draft_answer(call, draft)


@blp.post(
    "/<uuid:draft_id>/discard",
    guard=SUBMITS_FORMS,
    summary=Summary("删除草稿", "Throw a draft away"),
    answer=Answer(200, DiscardedSchema),
    refuses=(DraftNotFound, DraftSubmitted),
    once=ONE_DAY,
)
def discard_draft(call: Call, _body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    call.services.forms.discard(call.session, call.citizen, str(draft_id), call.now)
    return {"id": str(draft_id), "discarded_at": call.now}


@blp.post(
    "/<uuid:draft_id>/submit",
    guard=SUBMITS_FORMS,
    summary=Summary("提交草稿，生成办件", "Hand a draft in: it becomes a case"),
    description="提交时逐项向部门核对锁定的数据；有变化则不提交，草稿更新为最新数据。 · "
    "Every locked value is asked for again. Where one has changed nothing is handed in, and the draft shows the new one.",
    answer=Answer(200, SubmittedSchema),
    refuses=(
        DraftNotFound,
        DraftSubmitted,
        DraftChanged,
        DraftFieldsWrong,
        DraftHasCase,
        SourceChanged,
        ServiceNotFound,
        TooManyOpenCases,
        WalletFrozen,
        RegistryUnavailable,
    ),
    repeatable=ONE_DAY,
)
def submit_draft(call: Call, _body: dict[str, Any], draft_id: UUID) -> dict[str, Any]:
    draft = call.services.forms.check_again(call.citizen, str(draft_id), call.now)
    recorder = call.services.ranking.recorder()
    admitting.hold(call, alone=True)
    case = filing.submit(call, recorder, draft).brief
    return {"case_id": case.id, "draft_id": draft.id, "state": case.state, "instant": case.instant}
