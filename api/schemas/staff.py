"""A member of staff's own settings on the wire."""

from typing import Any

from marshmallow import fields, validate

from api.schemas.common import Request, Response
from api.validation import Text
from identity.staffing.passwords import MAX_CHARACTERS


def _password(**kwargs: Any) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(1, MAX_CHARACTERS),
        metadata={"format": "password"},
        **kwargs,
    )


class PasswordRequest(Request):
    """The password as it is, and as it shall be: 12 characters and more, of any sort."""

    old_password = _password()
    new_password = _password()


class TotpCodeRequest(Request):
    """A code that an authenticator app shows."""

    code = Text(maximum=16, required=True)


class TotpDisableRequest(Request):
    """Both factors, to take the second one away."""

    password = _password()
    code = Text(maximum=16, required=True)


class TotpSchema(Response):
    """A second factor to be confirmed. It is shown this once."""

    secret = fields.String(required=True, metadata={"description": "Base32"})
    otpauth_uri = fields.String(required=True)
