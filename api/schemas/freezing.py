"""Freezing on the wire."""

from marshmallow import fields

from api.schemas.common import Choice, Instant, Request, Response
from api.validation import Text
from identity.numbers.resident_id import REAL_NAME_TYPES


class WalletStateSchema(Response):
    """Whether a wallet is frozen."""

    frozen = fields.Boolean(required=True)


class StaffFreezeRequest(Request):
    """Whose wallet, as their document says, and why."""

    name = Text(maximum=100, required=True)
    id_type = Choice(*REAL_NAME_TYPES, required=True)
    id_number = Text(maximum=32, required=True)
    reason = Text(maximum=200, required=True)


class StaffFreezeSchema(Response):
    """A freeze by staff, as it was recorded."""

    id = fields.String(required=True)
    frozen = fields.Boolean(required=True)
    at = Instant(required=True)
