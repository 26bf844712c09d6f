"""What webhooks refuse: a part of the one table in `api.problems.table`."""

from api.language import Text
from api.problems.problem import Problem
from identity.errors import DomainError
from wallet.webhooks import errors

WEBHOOK_PROBLEMS: dict[type[DomainError], Problem] = {
    errors.WebhookNotFound: Problem(404, "webhook-not-found", Text("没有这个推送地址", "No such webhook")),
    errors.DeliveryNotFound: Problem(
        404, "webhook-delivery-not-found", Text("没有这条推送记录", "No such delivery")),
    errors.WebhookChallengeFailed: Problem(
        422, "webhook-challenge-failed", Text("推送地址未通过验证", "The receiver did not answer the challenge"),
        Text("请在应答中原样返回 challenge 的值", "It has to answer 2xx with the value of `challenge`.")),
    errors.WebhookDisabled: Problem(
        409, "webhook-disabled", Text("推送已停用", "The webhook is disabled"),
        Text("请先重新启用", "Enable it first.")),
    errors.TooManyWebhooks: Problem(
        409, "too-many-webhooks", Text("推送地址数量已达上限", "Too many webhooks"),
        Text("请先删除不再使用的推送地址", "Delete one that is not in use any more.")),
}  # fmt: skip
