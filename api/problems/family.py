"""What acting for a child or an elder refuses: a part of the one table in `api.problems.table`."""

from api.language import Text
from api.problems.problem import Problem
from identity.errors import DomainError
from identity.family import errors

FAMILY_PROBLEMS: dict[type[DomainError], Problem] = {
    errors.KinshipNotProved: Problem(
        422, "kinship-not-proved", Text("亲子关系核验未通过", "Kinship not proved"),
        Text("请核对子女姓名和号码；出生医学证明或同一户口簿须登记您为父母",
             "Check the child's name and number: a birth certificate or the same household register must name you.")),
    errors.HelperCodeWrong: Problem(
        422, "helper-code-wrong", Text("告知码不正确", "Wrong code"),
        Text("请向被代办人核对8位数字", "Check the eight digits with the person you want to act for.")),
    errors.HelperCodeLocked: Problem(
        429, "helper-code-locked", Text("告知码错误次数过多", "Too many wrong codes"),
        Text("请由被代办人登录后同意，或重新申请", "They can approve in their own login; or ask again.")),
    errors.TooManyDependantsAsked: Problem(
        429, "too-many-dependants-asked", Text("今日申请次数过多", "Asked too often today"),
        Text("请明日再试", "Try again tomorrow.")),
    errors.DependantNotPending: Problem(
        409, "dependant-not-pending", Text("没有待同意的申请", "Nothing waits for approval"),
        Text("该申请已处理或已过期", "It was settled already, or its time ran out.")),
}  # fmt: skip
