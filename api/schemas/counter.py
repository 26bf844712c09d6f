"""Visits to a counter on the wire."""

from marshmallow import fields, validate

from api.schemas.common import Choice, Instant, Request, Response
from api.validation import Text
from identity.numbers.resident_id import REAL_NAME_TYPES


class CounterCodeRequest(Request):
    """A wish for a code. An account without a real name consents to being bound."""

    consent_version = Text(
        maximum=8,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "用途为 counter-check 的同意书版本 · of the consent text with purpose counter-check"
        },
    )


class CounterCodeSchema(Response):
    """A code to read to the counter."""

    id = fields.String(required=True)
    code = fields.String(required=True, validate=validate.Regexp("^[0-9]{8}$"))
    expires_at = Instant(required=True)


class RaiseAssuranceRequest(Request):
    """The citizen's code, and what the document says that staff hold in their hands."""

    code = Text(maximum=16, required=True)
    name = Text(maximum=100, required=True)
    id_type = Choice(*REAL_NAME_TYPES, required=True)
    id_number = Text(maximum=32, required=True)


class RaiseAssuranceSchema(Response):
    """What was raised."""

    id = fields.String(required=True)
    assurance_level = fields.Integer(required=True)
    name_masked = fields.String(required=True)
    id_number_masked = fields.String(required=True)
    at = Instant(required=True)
