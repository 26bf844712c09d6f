"""Access records and anchors on the wire."""

from marshmallow import fields

from api.schemas.common import Instant, NameCode, Response, items_of, next_cursor, one_of
from identity.acting import ActorWord
from wallet.showing.models import OutcomeWord
from wallet.showing.reasons import Reason


class AccessRecordSchema(Response):
    """Who saw what, for its holder."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    licence_id = fields.String(required=True)
    licence_title = fields.String(required=True)
    organisation = fields.Nested(NameCode, required=True)
    staff_masked = fields.String(required=True)
    actor = one_of(ActorWord, required=True)
    actor_name_masked = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "代办人；本人出示时为 null · who acted for the holder; null for oneself"},
    )
    purpose = fields.String(required=True, allow_none=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")
    outcome = one_of(OutcomeWord, required=True)
    reason = one_of(Reason, required=True, allow_none=True)
    at = Instant(required=True)


class AccessRecordList(Response):
    """Who looked at a person's licences."""

    items = items_of(AccessRecordSchema)
    next_cursor = next_cursor()


class AnchorSchema(Response):
    """The heads of all chains on a day, as a JWS of typ lz-anchor."""

    id = fields.String(required=True)
    day = fields.Date(required=True)
    jws = fields.String(required=True)
    at = Instant(required=True)


class AnchorList(Response):
    """Anchors, newest first."""

    items = items_of(AnchorSchema)
    next_cursor = next_cursor()
