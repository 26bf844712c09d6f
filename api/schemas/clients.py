"""Machine clients on the wire."""

from marshmallow import fields, validate

from api.schemas.common import Instant, Request, Response, items_of, next_cursor, one_of
from api.validation import Text
from identity.clients.public_keys import MAX_KEYS
from identity.clients.registering import ClientAuth
from identity.clients.scopes import MACHINE_SCOPES
from identity.clients.views import ACTIVE, REVOKED
from identity.organisations.scopes import Scope

MAX_PURPOSES, MAX_ITEMS, MAX_FIELDS = 20, 20, 60


class PurposeItemRequest(Request):
    """Fields of a kind of licence."""

    kind = Text(maximum=64, required=True)
    fields_ = fields.List(
        Text(maximum=64),
        required=True,
        validate=validate.Length(1, MAX_FIELDS),
        data_key="fields",
        attribute="fields",
    )


class PurposeRequest(Request):
    """What a client may ask for, under a code; `text` is what holders read."""

    code = Text(maximum=64, required=True)
    text = Text(maximum=200, required=True)
    items_ = fields.List(
        fields.Nested(PurposeItemRequest),
        required=True,
        validate=validate.Length(1, MAX_ITEMS),
        data_key="items",
        attribute="items",
    )


class JwksRequest(Request):
    """A JWK Set (RFC 7517 §5) of public keys: EC P-256, Ed25519 or RSA to sign with, EC P-256 or RSA with `use` enc to encrypt to."""

    keys_ = fields.List(
        fields.Dict(keys=fields.String()),
        required=True,
        validate=validate.Length(1, MAX_KEYS),
        data_key="keys",
        attribute="keys",
    )


class ClientKeysRequest(Request):
    """All public keys that a client shall have."""

    jwks = fields.Nested(JwksRequest, required=True)


class ClientRequest(Request):
    """A client to be registered. `jwks` holds public keys: needed for `private_key_jwt`, otherwise only to encrypt to."""

    name = Text(maximum=100, required=True)
    purposes = fields.List(
        fields.Nested(PurposeRequest), required=True, validate=validate.Length(0, MAX_PURPOSES)
    )
    scopes = fields.List(one_of(Scope), required=True, validate=validate.Length(1, len(MACHINE_SCOPES)))
    auth = one_of(ClientAuth, required=True)
    jwks = fields.Nested(JwksRequest, load_default=None, allow_none=True)


class PurposeItemSchema(Response):
    """Fields of a kind of licence."""

    kind = fields.String(required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")


class PurposeSchema(Response):
    """What a client may ask for, under a code."""

    code = fields.String(required=True)
    text = fields.String(required=True)
    items_ = fields.List(fields.Nested(PurposeItemSchema), required=True, data_key="items", attribute="items")


class SecretSchema(Response):
    """A secret, without itself. `last_used_at` is exact to the hour."""

    id = fields.String(required=True)
    created_at = Instant(required=True)
    last_used_at = Instant(required=True, allow_none=True)
    revoked_at = Instant(required=True, allow_none=True)


class JwksOfClientSchema(Response):
    """The public keys of a client."""

    keys_ = fields.List(
        fields.Dict(keys=fields.String(), values=fields.String()),
        required=True,
        data_key="keys",
        attribute="keys",
    )


class ClientSchema(Response):
    """A client, as its enterprise's managers see it."""

    client_id = fields.String(required=True)
    organisation_id = fields.String(required=True)
    name = fields.String(required=True)
    auth = one_of(ClientAuth, required=True)
    scopes = fields.List(fields.String(), required=True)
    purposes = fields.List(fields.Nested(PurposeSchema), required=True)
    status = fields.String(required=True, validate=validate.OneOf([ACTIVE, REVOKED]))
    secrets = fields.List(fields.Nested(SecretSchema), required=True)
    jwks = fields.Nested(JwksOfClientSchema, required=True)
    created_at = Instant(required=True)
    revoked_at = Instant(required=True, allow_none=True)


class NewClientSchema(ClientSchema):
    """A client just registered; a secret is shown this once."""

    client_secret = fields.String()


class ClientSecretSchema(Response):
    """A secret just made. It is shown this once."""

    id = fields.String(required=True)
    client_secret = fields.String(required=True)
    created_at = Instant(required=True)


class ClientList(Response):
    """An enterprise's clients, revoked ones too, the oldest first."""

    items = items_of(ClientSchema)
    next_cursor = next_cursor()
