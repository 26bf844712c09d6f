"""Logins on the wire."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from api.schemas.account import AccountSchema
from api.schemas.common import NameCode, Request, Response, one_of
from api.validation import Text
from identity.staff import Owed


class DeviceSchema(Request):
    """What a client says of the device it runs on."""

    name = Text(maximum=64, load_default=None, allow_none=True)
    platform = Text(maximum=32, load_default=None, allow_none=True)


class LoginRequest(Request):
    """A platform's one-time login code."""

    provider = fields.String(required=True, validate=validate.OneOf(["wechat", "alipay", "sandbox"]))
    code = Text(maximum=256, required=True)
    device = fields.Nested(DeviceSchema, load_default=None, allow_none=True)


class ActAsRequest(Request):
    """For whom to act; without either, to go back to oneself."""

    dependant_id = fields.UUID(load_default=None, allow_none=True)
    organisation_id = fields.UUID(load_default=None, allow_none=True)

    @ma.validates_schema
    def _one_at_most(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data["dependant_id"] and data["organisation_id"]:
            msg = "One person or organisation at a time."
            raise ma.ValidationError(msg, "organisation_id")


class StaffLoginRequest(Request):
    """A staff member's credentials."""

    organisation_code = Text(maximum=64, required=True)
    staff_number = Text(maximum=32, required=True)
    password = fields.String(
        required=True,
        validate=validate.Length(1, 256),
        metadata={"format": "password"},
    )
    totp = Text(
        maximum=16,
        load_default=None,
        allow_none=True,
        metadata={"description": "已绑定动态验证码的必填 · the second factor's code, for who has one"},
    )


class StaffSchema(Response):
    """A member of staff, for themselves."""

    id = fields.String(required=True)
    staff_number = fields.String(required=True)
    organisation = fields.Nested(NameCode, required=True)
    permissions = fields.List(fields.String(), required=True)
    totp_enrolled = fields.Boolean(required=True)
    required_action = one_of(
        Owed,
        required=True,
        allow_none=True,
        metadata={"description": "须先完成的操作 · what has to be done before anything else"},
    )


class TokensSchema(Response):
    """Tokens, and whose they are: `account` of a citizen, `staff` of a member of staff."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "秒 · seconds"})
    account = fields.Nested(AccountSchema, required=True, allow_none=True)
    staff = fields.Nested(StaffSchema, allow_none=True)
