"""What registries push, on the wire."""

from marshmallow import fields

from api.schemas.common import Instant, Request, Response, one_of
from api.validation import Token
from wallet.registry_events.receiving import EventOutcome


class RegistryEventRequest(Request):
    """An event as JSON; as `application/jose` the body is the JWS and nothing else."""

    takes_jose = True

    jws = Token(required=True)


class RegistryEventSchema(Response):
    """What became of an event. The same event again gets the same answer."""

    jti = fields.String(required=True)
    registry = fields.String(required=True)
    outcome = one_of(EventOutcome, required=True)
    received_at = Instant(required=True)
