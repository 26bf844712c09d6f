"""Accounts, consent texts and real names on the wire."""

from marshmallow import fields, validate

from api.schemas.common import Choice, Instant, Request, Response, items_of, next_cursor, one_of
from api.schemas.dependants import DependantSchema
from api.validation import Text
from identity.acting import DEPENDANT, ORGANISATION
from identity.numbers.resident_id import REAL_NAME_TYPES
from identity.organisations.scopes import MemberRole


class RealNameSchema(Response):
    """A real name, masked."""

    name_masked = fields.String(required=True)
    id_type = fields.String(required=True)
    id_number_masked = fields.String(required=True)
    verified_at = Instant(required=True)


class ActedForSchema(Response):
    """For whom an account acts."""

    type = fields.String(required=True, validate=validate.OneOf([DEPENDANT, ORGANISATION]))
    id = fields.String(required=True)
    name_masked = fields.String(
        required=True, metadata={"description": "单位名称不脱敏 · an organisation's name is not masked"}
    )


class MembershipSchema(Response):
    """An organisation that the account's owner may act for, and how far; `valid_to` is the last day."""

    organisation_id = fields.String(required=True)
    name = fields.String(required=True)
    role = one_of(MemberRole, required=True)
    scopes = fields.List(fields.String(), required=True)
    valid_to = fields.Date(required=True, allow_none=True)


class AccountSchema(Response):
    """An account, for its owner."""

    id = fields.String(required=True)
    assurance_level = fields.Integer(required=True, validate=validate.OneOf([1, 2, 3]))
    real_name = fields.Nested(RealNameSchema, required=True, allow_none=True)
    wallet_frozen = fields.Boolean(required=True)
    acting_for = fields.Nested(ActedForSchema, required=True, allow_none=True)
    memberships = fields.List(fields.Nested(MembershipSchema), required=True)
    dependants = fields.List(fields.Nested(DependantSchema), required=True)


class RealNameRequest(Request):
    """A claim to be somebody."""

    name = Text(maximum=100, required=True)
    id_type = Choice(*REAL_NAME_TYPES, required=True)
    id_number = Text(maximum=32, required=True)
    consent_version = Text(maximum=8, required=True)
    phone_code = Text(
        maximum=128,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "平台确认本人所需的一次性凭证：微信为 getPhoneNumber 的 code，支付宝为 auth_user 授权码 · "
            "The one-time code by which the platform vouches: of WeChat's getPhoneNumber button, or of Alipay's "
            "getAuthCode with scope auth_user",
        },
    )


class ConsentTextSchema(Response):
    """A version of a consent text."""

    purpose = fields.String(required=True)
    version = fields.String(required=True)
    text = fields.String(required=True)
    text_en = fields.String(required=True)
    sha256 = fields.String(required=True, validate=validate.Length(64, 64))


class ConsentTextList(Response):
    """Every version of every text."""

    items = items_of(ConsentTextSchema)
    next_cursor = next_cursor()
