"""Access records and anchors on the wire."""

from marshmallow import fields

from api.schemas.common import Choice, Instant, NameCode, Response, items_of, next_cursor, one_of
from identity.acting import ActorWord
from wallet.showing.models import OutcomeWord, RecordKind
from wallet.showing.reasons import Reason


class SeenInPartSchema(Response):
    """What was seen of one licence."""

    licence_id = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")


class AccessRecordSchema(Response):
    """Who saw what, for its holder."""

    id = fields.String(required=True)
    kind = Choice(RecordKind.VERIFICATION, RecordKind.PULL, required=True)
    licence_id = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "调取多个证照时为第一个 · the first one of a pull of several"},
    )
    licence_title = fields.String(required=True)
    organisation = fields.Nested(NameCode, required=True)
    staff_masked = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "调取由应用发起，为 null · null for a pull, which a program made"},
    )
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
    consent_id = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "据以调取的授权 · the consent that a pull was made by"},
    )
    licences = fields.List(fields.Nested(SeenInPartSchema), required=True)


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
