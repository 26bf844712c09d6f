"""What forms and drafts refuse: a part of the one table in `api.problems`."""

from api.language import Text
from api.problems.problem import Problem
from identity.errors import DomainError
from wallet.forms import errors

FORM_PROBLEMS: dict[type[DomainError], Problem] = {
    errors.FormNotFound: Problem(404, "form-not-found", Text("没有这个表单", "No such form")),
    errors.DraftNotFound: Problem(
        404, "draft-not-found", Text("没有这份草稿", "No such draft"),
        Text("草稿不存在或已过保存期限", "There is none of that id, or its time is over."),
    ),
    errors.CorrectionNotFound: Problem(
        404, "correction-not-found", Text("没有这条纠错", "No such correction")),
    errors.FormNotForCaller: Problem(
        409, "form-not-for-caller", Text("当前身份不能办理该表单", "This form is for another kind of applicant"),
        Text("请切换到相应的身份后办理", "Act for whom the form is meant, or go back to yourself."),
    ),
    errors.DraftSubmitted: Problem(
        409, "draft-submitted", Text("该草稿已提交", "The draft was handed in"),
        Text("请到“我的办件”查看进度", "See its case for how it goes."),
    ),
    errors.DraftChanged: Problem(
        409, "draft-changed", Text("草稿已在别处修改", "The draft was changed elsewhere"),
        Text("请重新打开草稿后再试，已保存的内容没有丢失", "Read it again, then go on; nothing that was saved is lost."),
    ),
    errors.SourceChanged: Problem(
        409, "source-changed", Text("证照数据已变化", "A source has changed"),
        Text("草稿已更新为部门的最新数据，请核对后重新提交",
             "The draft shows what the registries say now: check it and submit again."),
    ),
    errors.CorrectionClosed: Problem(
        409, "correction-closed", Text("该纠错已办结", "The correction has its answer")),
    errors.TooManyCorrections: Problem(
        429, "too-many-corrections", Text("待答复的纠错过多", "Too many open corrections"),
        Text("请待部门答复后再提交", "Wait for the departments' answers."),
    ),
    errors.DraftFieldsWrong: Problem(
        422, "validation-failed", Text("输入有误", "Some fields are wrong"),
        Text("请按 errors 中的提示修改", "See `errors` for each field."),
    ),
}  # fmt: skip
