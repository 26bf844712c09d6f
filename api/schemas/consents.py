"""Consent requests and consents on the wire."""

from typing import Any

from marshmallow import fields, validate

from api.schemas.common import Instant, Request, Response, items_of, next_cursor, one_of
from api.validation import Text, Token
from identity.acting import ActorWord
from wallet.enterprise.consents import ConsentStatus
from wallet.enterprise.models import EndedBy, RequestState

MAX_ITEMS, MAX_FIELDS = 30, 60
MAX_DAYS, MAX_USES = 366, 1000


class HolderRequest(Request):
    """Whom a request is for."""

    name = Text(maximum=200, required=True)
    id_number = Text(maximum=32, required=True)


class ItemRequest(Request):
    """Fields of a kind of licence."""

    kind = Text(maximum=64, required=True)
    fields_ = fields.List(
        Text(maximum=64),
        required=True,
        validate=validate.Length(1, MAX_FIELDS),
        data_key="fields",
        attribute="fields",
    )


def asked_items(**kwargs: Any) -> fields.List[Any]:
    """Return the field `items` of a body."""
    return fields.List(
        fields.Nested(ItemRequest),
        validate=validate.Length(1, MAX_ITEMS),
        data_key="items",
        attribute="items",
        **kwargs,
    )


class ConsentRequestRequest(Request):
    """What a client asks for: of a person, or (null) of whoever resolves the QR first."""

    holder = fields.Nested(HolderRequest, required=True, allow_none=True)
    purpose = Text(maximum=64, required=True, metadata={"description": "登记的用途 · a registered purpose"})
    items_ = asked_items(required=True)
    valid_days = fields.Integer(strict=True, required=True, validate=validate.Range(1, MAX_DAYS))
    uses = fields.Integer(strict=True, required=True, validate=validate.Range(1, MAX_USES))


class NewConsentRequestSchema(Response):
    """A request as its client gets it, alike whether or not there is such a person. The QR is told once."""

    id = fields.String(required=True)
    qr_text = fields.String(required=True)
    status = one_of(RequestState, required=True)
    expires_at = Instant(required=True)


class ResolveRequest(Request):
    """What a citizen's app scanned."""

    qr_text = Token(required=True)


class ApproveConsentRequest(Request):
    """What is left of what was asked for; all of it when left out."""

    items_ = asked_items()


class RequesterSchema(Response):
    """Who asks: the organisation, and which of its programs."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    client_id = fields.String(required=True)
    client_name = fields.String(required=True)


class PurposeToldSchema(Response):
    """What for."""

    code = fields.String(required=True)
    text = fields.String(required=True)


class AskedFieldSchema(Response):
    """A field that is asked for."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    type = fields.String(required=True)
    sensitive = fields.Boolean(required=True)


class AskedItemSchema(Response):
    """Which fields of which kind, with the level that consenting to it asks for."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    required_level = fields.Integer(required=True)
    fields_ = fields.List(
        fields.Nested(AskedFieldSchema), required=True, data_key="fields", attribute="fields"
    )


class ConsentRequestSchema(Response):
    """A consent request, as either side reads it."""

    id = fields.String(required=True)
    status = one_of(RequestState, required=True)
    requester = fields.Nested(RequesterSchema, required=True)
    purpose = fields.Nested(PurposeToldSchema, required=True)
    items = items_of(AskedItemSchema)
    required_level = fields.Integer(required=True)
    valid_days = fields.Integer(required=True)
    uses = fields.Integer(required=True)
    created_at = Instant(required=True)
    expires_at = Instant(required=True)
    settled_at = Instant(required=True, allow_none=True)
    consent_id = fields.String(required=True, allow_none=True)


class ConsentRequestList(Response):
    """What a person was asked for, newest first."""

    items = items_of(ConsentRequestSchema)
    next_cursor = next_cursor()


class DisclosedSchema(Response):
    """Fields of a licence that were handed out."""

    licence_id = fields.String(required=True)
    kind = fields.String(required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")


class PullToldSchema(Response):
    """A pull that was made by a consent."""

    id = fields.String(required=True)
    at = Instant(required=True)
    items = items_of(DisclosedSchema)


class ConsentSchema(Response):
    """A consent with its history. `suspended` is while its holder's wallet is frozen."""

    id = fields.String(required=True)
    request_id = fields.String(required=True)
    status = one_of(ConsentStatus, required=True)
    requester = fields.Nested(RequesterSchema, required=True)
    purpose = fields.Nested(PurposeToldSchema, required=True)
    items = items_of(AskedItemSchema)
    uses = fields.Integer(required=True)
    used = fields.Integer(required=True)
    actor = one_of(ActorWord, required=True)
    assurance_level = fields.Integer(required=True)
    approved_at = Instant(required=True)
    expires_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    ended_by = one_of(EndedBy, required=True, allow_none=True)
    pulls = fields.List(
        fields.Nested(PullToldSchema),
        required=True,
        metadata={"description": "最近100次 · the newest 100"},
    )


class ConsentList(Response):
    """What a person has consented to, newest first."""

    items = items_of(ConsentSchema)
    next_cursor = next_cursor()
