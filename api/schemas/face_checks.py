"""Face checks on the wire."""

from marshmallow import fields

from api.schemas.common import Choice, Instant, Request, Response
from api.validation import Text
from identity.numbers.resident_id import REAL_NAME_TYPES


class FaceCheckRequest(Request):
    """Whose face it will be. An account with a real name needs to say nothing."""

    name = Text(maximum=100, load_default=None, allow_none=True)
    id_type = Choice(*REAL_NAME_TYPES, load_default=None, allow_none=True)
    id_number = Text(maximum=32, load_default=None, allow_none=True)
    consent_version = Text(
        maximum=8,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "用途为 face-check 的同意书版本 · of the consent text with purpose face-check"
        },
    )


class FaceCheckSchema(Response):
    """A face check that has begun."""

    id = fields.String(required=True)
    provider = fields.String(required=True)
    client_params = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "交给平台小程序接口的参数 · for the platform's SDK in the mini-program"},
    )
    expires_at = Instant(required=True)
