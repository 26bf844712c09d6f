"""Form templates, and beginning a draft of one."""

from typing import Any

from api import forms as answers
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import PUBLIC, SUBMITS_FORMS
from api.idempotency import ONE_DAY
from api.paging import page_of
from api.schemas.drafts import DraftRequest, DraftSchema
from api.schemas.forms import FormList, FormQuery, FormSchema
from identity.errors import InvalidField
from wallet.errors import WalletFrozen
from wallet.forms import templates
from wallet.forms.errors import FormNotForCaller, FormNotFound

blp = Blueprint("forms", __name__, url_prefix="/v1", description="表单 · Forms")


@blp.get(
    "/forms",
    guard=PUBLIC,
    summary=Summary("表单目录", "Forms"),
    query=FormQuery,
    answer=Answer(200, FormList),
    refuses=(InvalidField,),
)
def list_forms(call: Call, query: dict[str, Any]) -> dict[str, Any]:
    wanted = [
        form
        for form in templates.all_forms().values()
        if query["audience"] in {None, form.audience} and query["service_code"] in {None, form.service_code}
    ]
    page = page_of(wanted, lambda form: form.code, limit=query["limit"], cursor=query["cursor"])
    return page | {"items": [answers.form_summary(form, call.language) for form in page["items"]]}


@blp.get(
    "/forms/<string:code>",
    guard=PUBLIC,
    summary=Summary("表单模板", "A form"),
    answer=Answer(200, FormSchema),
    refuses=(FormNotFound,),
)
def get_form(call: Call, code: str) -> dict[str, Any]:
    return answers.form_answer(templates.get(code), call.language)


@blp.post(
    "/forms/<string:code>/drafts",
    guard=SUBMITS_FORMS,
    summary=Summary("开始填报：关联证照并自动填写", "Begin a draft: link licences and fill what they say"),
    description="缺少或过期的数据先向各部门查询；未应答的部门列在 unreached。 · "
    "Registries are asked first for what is not here or stale; those that do not answer stand in `unreached`.",
    body=DraftRequest,
    answer=Answer(201, DraftSchema),
    refuses=(FormNotFound, FormNotForCaller, WalletFrozen),
    repeatable=ONE_DAY,
)
def begin_draft(call: Call, body: dict[str, Any], code: str) -> dict[str, Any]:
    desk, form = call.services.forms, templates.get(code)
    said = desk.ask(call.citizen, form, call.now)
    chosen = tuple(str(one) for one in body["licence_ids"])
    draft = desk.begin(call.session, call.citizen, form, answers=said, chosen=chosen, now=call.now)
    return answers.draft_answer(call, draft)
