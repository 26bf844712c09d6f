"""A person's rights on the wire."""

from marshmallow import fields, validate

from api.schemas.common import Instant, Response, items_of, next_cursor


class AccountExportSchema(Response):
    """Everything held on a person. Its whole shape is api/data/account-export.schema.json, and stands in openapi.yaml."""

    format = fields.String(required=True)


class KeptSchema(Response):
    """What is kept after closing, and why."""

    code = fields.String(required=True)
    text = fields.String(required=True)


class AccountClosedSchema(Response):
    """An account is closed."""

    closed_at = Instant(required=True)
    kept = fields.List(fields.Nested(KeptSchema), required=True)


class ConsentGivenSchema(Response):
    """A text that a person agreed to; `text` is what it said."""

    purpose = fields.String(required=True)
    version = fields.String(required=True)
    text = fields.String(required=True, allow_none=True)
    sha256 = fields.String(required=True, validate=validate.Length(64, 64))
    given_at = Instant(required=True)


class ConsentGivenList(Response):
    """What a person agreed to, newest first."""

    items = items_of(ConsentGivenSchema)
    next_cursor = next_cursor()
