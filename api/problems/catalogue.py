"""What administrators of the catalogue are refused: a part of the one table in `api.problems`."""

from api.language import Text
from api.problems.problem import Problem
from hotservices import errors
from identity.errors import DomainError

CATALOGUE_PROBLEMS: dict[type[DomainError], Problem] = {
    errors.DepartmentNotGranted: Problem(
        403, "department-not-granted", Text("不是贵机构的事项", "Not your agency's services"),
        Text("只能变更授权给本机构的部门的事项",
             "An agency changes the services of the departments granted to it, and no others."),
    ),
    errors.CatalogueVersionNotFound: Problem(
        404, "catalogue-version-not-found", Text("没有这个目录版本", "No such version of the catalogue")),
    errors.CatalogueEmptied: Problem(
        409, "catalogue-emptied", Text("目录不能为空", "The catalogue can't be emptied"),
        Text("至少保留一个事项", "At least one service has to stay."),
    ),
    errors.CatalogueBusy: Problem(
        409, "catalogue-busy", Text("目录正在变更", "The catalogue is being changed"),
        Text("请稍后重试", "Somebody else is changing it: try again in a moment."),
    ),
    errors.ServicesFaulty: Problem(
        422, "validation-failed", Text("输入有误", "Some fields are wrong"),
        Text("请按 errors 中的提示修改", "See `errors` for each field."),
    ),
}  # fmt: skip
