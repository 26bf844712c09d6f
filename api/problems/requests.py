"""What any request may be refused for: a part of the one table in `api.problems.table`."""

from api.errors import (
    ActingNotAllowed,
    BodyTooLarge,
    Forbidden,
    IdempotencyKeyMalformed,
    MalformedRequest,
    TooManyRequests,
    Unauthenticated,
    UnsupportedMediaType,
    ValidationFailed,
)
from api.language import Text
from api.problems.problem import Problem
from identity import errors as identity_errors
from identity.errors import DomainError

REQUEST_PROBLEMS: dict[type[DomainError], Problem] = {
    MalformedRequest: Problem(
        400, "malformed-request", Text("请求无法解析", "The request can't be read"),
        Text("请求体须为合法的 UTF-8 JSON 对象", "The body must be a JSON object in valid UTF-8."),
    ),
    Unauthenticated: Problem(
        401, "unauthenticated", Text("请先登录", "Log in first"),
        Text("登录已失效或未登录，请重新登录", "There is no valid token with this request."),
    ),
    Forbidden: Problem(
        403, "forbidden", Text("没有权限", "Not allowed"),
        Text("您的身份不能使用此功能", "Your role does not allow this."),
    ),
    ActingNotAllowed: Problem(
        403, "acting-not-allowed", Text("代办时不能使用此功能", "Not allowed while acting for somebody else"),
        Text("请先切换回本人", "Switch back to yourself first."),
    ),
    identity_errors.IdempotencyKeyReused: Problem(
        409, "idempotency-key-reused", Text("幂等键已被使用", "Idempotency key reused"),
        Text("同一幂等键不能用于不同的请求", "The same key came with another request.")),
    identity_errors.IdempotencyKeyInUse: Problem(
        409, "idempotency-key-in-use", Text("请求正在处理", "The request is being worked on"),
        Text("同一请求正在处理中，请稍后用同一幂等键重试", "Try again with the same key in a moment.")),
    BodyTooLarge: Problem(
        413, "body-too-large", Text("请求体过大", "Body too large"),
        Text("请求体不得超过 256 KiB", "The limit is 256 KiB.")),
    UnsupportedMediaType: Problem(
        415, "unsupported-media-type", Text("不支持的内容类型", "Unsupported media type"),
        Text("请使用 application/json", "Send application/json.")),
    ValidationFailed: Problem(
        422, "validation-failed", Text("输入有误", "Some fields are wrong"),
        Text("请按 errors 中的提示修改", "See `errors` for each field.")),
    IdempotencyKeyMalformed: Problem(
        422, "validation-failed", Text("输入有误", "Some fields are wrong"),
        Text("Idempotency-Key 格式不正确", "The Idempotency-Key is malformed.")),
    TooManyRequests: Problem(
        429, "too-many-requests", Text("操作过于频繁", "Too many requests"),
        Text("请稍后再试", "Try again later.")),
}  # fmt: skip
