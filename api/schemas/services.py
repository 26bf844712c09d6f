"""Services and themes on the wire."""

from marshmallow import fields, validate

from api.schemas.common import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    Request,
    Response,
    items_of,
    next_cursor,
)
from api.search_pages import MAX_CURSOR_CHARACTERS
from api.validation import Text


class RequirementSchema(Response):
    """A licence that a service asks for. `held` is null for who is not logged in."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    held = fields.Boolean(required=True, allow_none=True)


class ServiceSummarySchema(Response):
    """A service in a list."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    department = fields.String(required=True)
    theme = fields.String(required=True)
    audience = fields.String(required=True, validate=validate.OneOf(["personal", "enterprise", "both"]))
    channel = fields.String(required=True)


class ServiceSchema(ServiceSummarySchema):
    """A service with what it needs. `favourite` and `hidden` are null for who is not logged in."""

    keywords = fields.List(fields.String(), required=True)
    requires = fields.List(fields.Nested(RequirementSchema), required=True)
    favourite = fields.Boolean(required=True, allow_none=True)
    hidden = fields.Boolean(required=True, allow_none=True)


class ServiceList(Response):
    """Services found."""

    items = items_of(ServiceSummarySchema)
    next_cursor = next_cursor()


class ServiceQuery(Request):
    """What to look for."""

    q = Text(
        minimum=0,
        maximum=100,
        load_default=None,
        metadata={
            "description": "事项名称、日常说法、全拼、首字母均可，容一处错字 · "
            "Names, everyday words, pinyin or its initials, in full or mixed, with one slip"
        },
    )
    theme = Text(maximum=50, load_default=None)
    audience = fields.String(load_default=None, validate=validate.OneOf(["personal", "enterprise"]))
    department = Text(maximum=100, load_default=None)
    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MAX_LIMIT))
    cursor = Text(maximum=MAX_CURSOR_CHARACTERS, load_default=None)


class ThemeSchema(Response):
    """A theme."""

    name = fields.String(required=True)
    service_count = fields.Integer(required=True)


class ThemeList(Response):
    """Every theme."""

    items = items_of(ThemeSchema)
    next_cursor = next_cursor()
