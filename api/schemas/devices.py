"""Devices logged in, on the wire."""

from marshmallow import fields

from api.schemas.account import ActedForSchema
from api.schemas.common import Instant, Request, Response, items_of, next_cursor


class LoggedInDeviceSchema(Response):
    """What a client said of its device."""

    name = fields.String(required=True, allow_none=True)
    platform = fields.String(required=True, allow_none=True)


class LoggedInSchema(Response):
    """A session, for its owner."""

    id = fields.String(required=True)
    device = fields.Nested(LoggedInDeviceSchema, required=True)
    provider = fields.String(
        required=True, allow_none=True, metadata={"description": "工作人员为 null · null for staff"}
    )
    created_at = Instant(required=True)
    last_used_at = Instant(
        required=True, metadata={"description": "最近一次登录或刷新 · the last login or refresh"}
    )
    expires_at = Instant(required=True)
    revoked_at = Instant(required=True, allow_none=True)
    current = fields.Boolean(required=True, metadata={"description": "是否本次登录 · whether it is this one"})
    acting_for = fields.Nested(
        ActedForSchema,
        required=True,
        allow_none=True,
        metadata={"description": "代办登录为谁代办 · for whom, where it acts for somebody"},
    )


class LoggedInList(Response):
    """A page of sessions."""

    items = items_of(LoggedInSchema)
    next_cursor = next_cursor()


class RevokeAllRequest(Request):
    """Which sessions to end."""

    keep_current = fields.Boolean(
        load_default=False,
        metadata={"description": "保留本次登录，只退出其他设备 · keep this one and end the others"},
    )


class RevokedSchema(Response):
    """How many sessions ended."""

    revoked = fields.Integer(required=True)
