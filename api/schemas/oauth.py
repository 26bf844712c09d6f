"""Token requests and their answers on the wire, as RFC 6749 and RFC 8414 have them."""

from marshmallow import fields, validate

from api.oauth import ASSERTION_TYPE, GRANT, OAuthCode
from api.schemas.common import Response, one_of


class TokenForm(Response):
    """A request for a token. Unknown parameters are passed over; none may be there twice."""

    grant_type = fields.String(required=True, validate=validate.OneOf([GRANT]))
    scope = fields.String(
        metadata={
            "description": "以空格分隔；缺省为全部权限 · words parted by blanks; all that the client has when absent"
        }
    )
    client_id = fields.String()
    client_assertion_type = fields.String(validate=validate.OneOf([ASSERTION_TYPE]))
    client_assertion = fields.String()


class TokenSchema(Response):
    """A token. `scope` is what it opens, `expires_in` its life in seconds."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, validate=validate.OneOf(["Bearer"]))
    expires_in = fields.Integer(required=True)
    scope = fields.String(required=True)


class OAuthErrorSchema(Response):
    """A refusal (RFC 6749 §5.2)."""

    error = one_of(OAuthCode, required=True)
    error_description = fields.String(required=True)


class MetadataSchema(Response):
    """Authorization server metadata (RFC 8414 §2)."""

    issuer = fields.String(required=True)
    token_endpoint = fields.String(required=True)
    token_endpoint_auth_methods_supported = fields.List(fields.String(), required=True)
    token_endpoint_auth_signing_alg_values_supported = fields.List(fields.String(), required=True)
    grant_types_supported = fields.List(fields.String(), required=True)
    response_types_supported = fields.List(fields.String(), required=True)
    scopes_supported = fields.List(fields.String(), required=True)
    jwks_uri = fields.String(required=True)
    service_documentation = fields.String(required=True)
    ui_locales_supported = fields.List(fields.String(), required=True)
