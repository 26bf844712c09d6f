"""What machine clients are refused: a part of the one table in `api.problems.table`."""

from api.language import Text
from api.problems.problem import Problem
from identity.clients import errors
from identity.errors import DomainError

_REFUSED = Problem(
    401, "invalid-client", Text("应用身份未通过核验", "Client not authenticated"),
    Text("应用未登记、已注销，或凭证不正确", "Client unknown or revoked, or its secret or assertion wrong."),
)  # fmt: skip

CLIENT_PROBLEMS: dict[type[DomainError], Problem] = {
    errors.ClientRefused: _REFUSED,
    errors.AssertionReplayed: _REFUSED,
    errors.ClientEnded: Problem(
        401, "unauthenticated", Text("请先登录", "Log in first"),
        Text("应用或其凭证已失效，请重新获取令牌", "The client or its credential is revoked: get another token."),
    ),
    errors.ClientNotFound: Problem(
        404, "client-not-found", Text("没有这个应用", "No such client")),
    errors.ClientSecretNotFound: Problem(
        404, "client-secret-not-found", Text("没有这个密钥", "No such secret")),
    errors.ClientRevoked: Problem(
        409, "client-revoked", Text("该应用已注销", "The client is revoked"),
        Text("请登记新的应用", "Register another.")),
    errors.ClientHasNoSecrets: Problem(
        409, "client-has-no-secrets", Text("该应用不使用密钥", "This client has no secrets"),
        Text("该应用以私钥签名，请更换 jwks", "It signs with a key of its own: replace its jwks.")),
    errors.TooManyClients: Problem(
        409, "too-many-clients", Text("应用数量已达上限", "Too many clients"),
        Text("请先注销不再使用的应用", "Revoke one that is not in use any more.")),
    errors.TooManyClientSecrets: Problem(
        409, "too-many-client-secrets", Text("已有两个有效密钥", "Two secrets are active"),
        Text("请先停用较早的密钥", "Revoke the older one first.")),
}  # fmt: skip
