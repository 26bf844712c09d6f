"""Licence kinds and licences on the wire."""

from marshmallow import fields, validate

from api.schemas.common import Instant, NameCode, PageQuery, Request, Response, items_of, next_cursor, one_of
from wallet.kinds import Profile, all_kinds
from wallet.licences import Freshness
from wallet.registries.asking import AnswerStatus
from wallet.status import LicenceStatus


class KindFieldSchema(Response):
    """A field of a kind. `profile` is the smallest that shows it in clear."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    type = fields.String(required=True)
    sensitive = fields.Boolean(required=True)
    profile = one_of(Profile, required=True)


class LicenceKindSchema(Response):
    """A kind of licence."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    issuer = fields.String(required=True)
    holder_type = fields.String(required=True, validate=validate.OneOf(["personal", "enterprise", "both"]))
    offline_allowed = fields.Boolean(required=True)
    min_level = fields.Integer(required=True)
    consent_level = fields.Integer(
        required=True,
        metadata={"description": "授权调取所需认证等级 · the level that consenting to a pull asks for"},
    )
    fields_ = fields.List(
        fields.Nested(KindFieldSchema),
        required=True,
        data_key="fields",
        attribute="fields",
    )


class LicenceKindList(Response):
    """The catalogue of kinds, whole."""

    items = items_of(LicenceKindSchema)
    next_cursor = next_cursor()


class LicenceFieldSchema(Response):
    """A field of a licence as its reader may see it."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    type = fields.String(required=True)
    value = fields.Raw(
        required=True,
        allow_none=True,
        metadata={"description": "文本、数字、列表或空 · text, number, list or null"},
    )
    sensitive = fields.Boolean(required=True)
    masked = fields.Boolean(required=True)


class LicenceSummarySchema(Response):
    """A licence in a list."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    identifier = fields.String(required=True)
    number_masked = fields.String(required=True)
    holder_name_masked = fields.String(required=True)
    issuer = fields.Nested(NameCode, required=True)
    issued_on = fields.Date(required=True)
    valid_from = fields.Date(required=True, allow_none=True)
    valid_to = fields.Date(required=True, allow_none=True)
    status = one_of(LicenceStatus, required=True)
    showable = fields.Boolean(required=True)
    not_showable_reason = fields.String(required=True, allow_none=True)
    as_of = Instant(required=True)
    freshness = one_of(Freshness, required=True)
    pinned = fields.Boolean(required=True)
    hidden = fields.Boolean(required=True)


class LicenceSchema(LicenceSummarySchema):
    """A licence with its fields."""

    fields_ = fields.List(
        fields.Nested(LicenceFieldSchema),
        required=True,
        data_key="fields",
        attribute="fields",
    )


class LicenceList(Response):
    """A wallet."""

    items = items_of(LicenceSummarySchema)
    next_cursor = next_cursor()


class LicenceQuery(PageQuery):
    """Which licences."""

    kind = fields.String(load_default=None, validate=validate.OneOf(list(all_kinds())))
    status = one_of(LicenceStatus, load_default=None)


class PreferencesRequest(Request):
    """Order and visibility in the holder's own wallet."""

    pinned = fields.Boolean(truthy={True}, falsy={False})
    hidden = fields.Boolean(truthy={True}, falsy={False})
    position = fields.Integer(strict=True, validate=validate.Range(0, 10_000))


class RegistryAnswerSchema(Response):
    """How asking one registry went."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    status = one_of(AnswerStatus, required=True)
    found = fields.Integer(required=True)


class SyncSchema(Response):
    """What the registries answered, and the wallet now."""

    registries = fields.List(fields.Nested(RegistryAnswerSchema), required=True)
    licences = fields.List(fields.Nested(LicenceSummarySchema), required=True)
