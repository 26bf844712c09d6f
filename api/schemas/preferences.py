"""Favourites, hidden services and personal ranking on the wire."""

from marshmallow import fields

from api.schemas.common import Request, Response
from api.validation import Switch


class SwitchRequest(Request):
    """On or off."""

    on = Switch(required=True)


class MarksSchema(Response):
    """What a person chose for a service: first on their list, or never on it."""

    code = fields.String(required=True)
    favourite = fields.Boolean(required=True)
    hidden = fields.Boolean(required=True)


class PersonalisationSchema(Response):
    """Whether the person's own data may order what they see."""

    on = fields.Boolean(required=True)
