"""What cases and reviews refuse: a part of the one table in `api.problems.table`."""

from api.language import Text
from api.problems.problem import Problem
from hotservices.cases import errors
from hotservices.reviews import errors as review_errors
from identity.errors import DomainError

CASE_PROBLEMS: dict[type[DomainError], Problem] = {
    errors.CaseNotFound: Problem(404, "case-not-found", Text("没有这个办件", "No such case")),
    errors.CaseNotInState: Problem(
        409, "case-state-conflict", Text("办件当前状态不能这样操作", "The case can't take this step now"),
        Text("办件状态已变化，请刷新后再操作", "It may have moved on meanwhile: read it again."),
    ),
    errors.DraftHasCase: Problem(
        409, "draft-already-submitted", Text("该草稿已提交", "This draft was submitted already"),
        Text("请在“我的办件”中查看进度", "Its case is among your cases."),
    ),
    errors.TooManyOpenCases: Problem(
        409, "too-many-open-cases", Text("在办件过多", "Too many open cases"),
        Text("同一事项的在办件已达上限，请等待办结或撤回", "Wait for one of this service to end, or withdraw one."),
    ),
    review_errors.CaseNotReviewable: Problem(
        409, "case-not-reviewable", Text("办件还不能评价", "The case can't be reviewed yet"),
        Text("办结后方可评价；部门未办理即撤回的办件不评价",
             "Once it is finished; one that was withdrawn before anybody handled it has nothing to review."),
    ),
    review_errors.ReviewExists: Problem(
        409, "review-exists", Text("该办件已评价", "The case was reviewed already"),
        Text("一事一评", "A case is reviewed once."),
    ),
}  # fmt: skip
