"""Form templates on the wire."""

from marshmallow import fields, validate

from api.schemas.common import DEFAULT_LIMIT, MAX_LIMIT, Request, Response, items_of, next_cursor, one_of
from api.validation import Text
from wallet.forms.parties import Party
from wallet.forms.templates import Audience, FieldType


class ChoiceSchema(Response):
    """One of the values that a field may have: what is sent, and what a person reads."""

    code = fields.String(required=True)
    text = fields.String(required=True)


class ConditionSchema(Response):
    """When something is asked for: another field has one of these values, or contains one of these words."""

    field = fields.String(required=True)
    any_of = fields.List(fields.String(), required=True, attribute="among")
    contains = fields.List(fields.String(), required=True)


class FieldSourceSchema(Response):
    """Where a field is filled from: a licence's field, or (kind null) a party's real name."""

    kind = fields.String(required=True, allow_none=True)
    party = one_of(Party, required=True)
    field = fields.String(required=True)


class FormFieldSchema(Response):
    """A field of a form. `when` null: it is always asked for."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    type = one_of(FieldType, required=True)
    required = fields.Boolean(required=True)
    lock = fields.Boolean(required=True)
    hint = fields.String(required=True, allow_none=True)
    choices = fields.List(fields.Nested(ChoiceSchema), required=True)
    max_length = fields.Integer(required=True)
    pattern = fields.String(required=True, allow_none=True)
    minimum = fields.String(required=True, allow_none=True)
    maximum = fields.String(required=True, allow_none=True)
    earliest = fields.String(required=True, allow_none=True)
    latest = fields.String(required=True, allow_none=True)
    min_age = fields.Integer(required=True, allow_none=True)
    sources = fields.List(fields.Nested(FieldSourceSchema), required=True)
    when = fields.Nested(ConditionSchema, required=True, allow_none=True)


class SectionSchema(Response):
    """Fields under one heading, in the order in which to show them."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    fields_ = fields.List(fields.Nested(FormFieldSchema), required=True, data_key="fields")


class MaterialSchema(Response):
    """A licence that a form asks for, and whose. Nothing is handed in without an `essential` one."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    party = one_of(Party, required=True)
    required = fields.Boolean(required=True)
    essential = fields.Boolean(required=True)
    service_code = fields.String(required=True, allow_none=True)
    hint = fields.String(required=True)
    when = fields.Nested(ConditionSchema, required=True, allow_none=True)


class FormSummarySchema(Response):
    """A form in a list."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    about = fields.String(required=True, allow_none=True)
    service_code = fields.String(required=True)
    audience = one_of(Audience, required=True)
    min_level = fields.Integer(required=True)
    instant = fields.Boolean(required=True)
    material_count = fields.Integer(required=True)


class FormSchema(FormSummarySchema):
    """A form with its materials and fields."""

    materials = fields.List(fields.Nested(MaterialSchema), required=True)
    sections = fields.List(fields.Nested(SectionSchema), required=True)


class FormList(Response):
    """Forms."""

    items = items_of(FormSummarySchema)
    next_cursor = next_cursor()


class FormQuery(Request):
    """Which forms."""

    audience = one_of(Audience, load_default=None)
    service_code = Text(maximum=64, load_default=None)
    limit = fields.Integer(
        strict=False,
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, MAX_LIMIT),
        metadata={"description": "每页条数 · items a page"},
    )
    cursor = Text(
        maximum=64,
        load_default=None,
        metadata={"description": "上一页返回的 next_cursor · next_cursor of the page before"},
    )
