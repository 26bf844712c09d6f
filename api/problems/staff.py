"""What staff, agencies and enterprises are refused: a part of the one table in `api.problems`."""

from api.language import Text
from api.problems.problem import Problem
from identity import errors
from identity.errors import DomainError

STAFF_PROBLEMS: dict[type[DomainError], Problem] = {
    errors.StaffCredentialsRefused: Problem(
        401, "invalid-credentials", Text("登录失败", "Login failed"),
        Text("机构、工号或密码不正确", "Organisation, staff number or password is wrong."),
    ),
    errors.TotpRequired: Problem(
        401, "totp-required", Text("需要动态验证码", "A second factor is required"),
        Text("请同时提交身份验证器上的六位动态码", "Send the code of your authenticator app as `totp`."),
    ),
    errors.TotpRefused: Problem(
        401, "totp-refused", Text("动态验证码不正确", "Second factor refused"),
        Text("动态码错误、已过期或已使用，请用下一个动态码重试", "Wrong, too old or used: wait for the next code."),
    ),
    errors.PasswordChangeRequired: Problem(
        403, "password-change-required", Text("请先修改初始密码", "Change your initial password first"),
        Text("初始密码只能用于登录和修改密码", "An initial password is good for nothing but to be changed."),
    ),
    errors.TotpEnrolmentRequired: Problem(
        403, "totp-enrolment-required", Text("请先绑定动态验证码", "Enrol a second factor first"),
        Text("本机构要求使用动态验证码登录", "Your organisation asks its staff for a second factor."),
    ),
    errors.OwnAccount: Problem(
        403, "own-account", Text("不能变更本人的账号", "Not your own account"),
        Text("请由另一位管理员办理", "Another admin has to do this."),
    ),
    errors.StaffNotFound: Problem(
        404, "staff-not-found", Text("没有这个工作人员", "No such member of staff")),
    errors.StaffNumberTaken: Problem(
        409, "staff-number-taken", Text("工号已存在", "Staff number taken"),
        Text("本机构已有该工号", "The agency has a member of this number.")),
    errors.OrganisationCodeTaken: Problem(
        409, "organisation-code-taken", Text("机构代码已存在", "Organisation code taken"),
        Text("请换一个机构代码", "Choose another code.")),
    errors.PlatformExists: Problem(
        409, "platform-exists", Text("平台机构已存在", "There is a platform agency"),
        Text("请由平台管理员新增机构", "Its admins create the other agencies.")),
    errors.SeparationOfDuties: Problem(
        422, "separation-of-duties", Text("岗位不相容", "These duties are kept apart"),
        Text("管理与审计均不得与其他权限并有", "Who administers or audits may hold nothing else."),
    ),
    errors.TotpAlreadyEnrolled: Problem(
        409, "totp-already-enrolled", Text("已绑定动态验证码", "There is a second factor already"),
        Text("如需更换，请先停用", "Disable it before enrolling another.")),
    errors.TotpNotEnrolled: Problem(
        409, "totp-not-enrolled", Text("尚未绑定动态验证码", "There is no second factor"),
        Text("请先绑定", "Enrol one first.")),
    errors.StaffLocked: Problem(
        429, "staff-locked", Text("尝试次数过多", "Too many attempts"),
        Text("请稍后再试，或联系本机构管理员", "Try again later, or ask your organisation's admin.")),
    errors.MemberExists: Problem(
        409, "member-exists", Text("该人员已在名单中", "Already on the list"),
        Text("如需变更权限，请先解除再重新添加", "To change what they may do, end the membership and add it anew.")),
    errors.TooManyAdmins: Problem(
        409, "too-many-admins", Text("管理员已满", "No more admins"),
        Text("每个企业最多五名管理员", "An organisation has at most five.")),
    errors.LegalRepresentativeStays: Problem(
        409, "legal-representative-stays", Text("不能解除法定代表人", "The legal representative stays"),
        Text("法定代表人变更后，由新任法定代表人重新登记企业",
             "When the registry names another, that person registers the organisation anew.")),
    errors.OrganisationNotConfirmed: Problem(
        422, "organisation-not-confirmed", Text("企业信息核验未通过", "Organisation not confirmed"),
        Text("请核对统一社会信用代码和企业名称，并由法定代表人本人办理",
             "Check code and name; the legal representative has to do this in person.")),
    errors.OrganisationNotFound: Problem(
        404, "organisation-not-found", Text("没有这个企业", "No such organisation")),
    errors.MemberNotFound: Problem(
        404, "member-not-found", Text("没有这个办事人员", "No such member")),
}  # fmt: skip
