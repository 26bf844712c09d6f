"""Corrections on the wire."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from api.schemas.common import Choice, Instant, PageQuery, Request, Response, items_of, next_cursor, one_of
from api.validation import Text
from wallet.forms.models import CorrectionStatus

MAX_WORDS = 1000


class CorrectionRequest(Request):
    """What a registry has wrong: a field of a draft that a licence has filled, or a field of a licence."""

    draft_id = fields.UUID(load_default=None, allow_none=True)
    licence_id = fields.UUID(load_default=None, allow_none=True)
    field = Text(maximum=64, required=True)
    proposed = Text(maximum=500, load_default=None, allow_none=True)
    comment = Text(maximum=MAX_WORDS, required=True)

    @ma.validates_schema
    def _one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        if (data["draft_id"] is None) == (data["licence_id"] is None):
            msg = "Send either draft_id or licence_id."
            raise ma.ValidationError(msg, "draft_id")


class CorrectedLicenceSchema(Response):
    """The licence that a report is about."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)


class CorrectionSchema(Response):
    """A report. `value` is the field as its holder saw it; `answer` is the department's."""

    id = fields.String(required=True)
    status = one_of(CorrectionStatus, required=True)
    licence = fields.Nested(CorrectedLicenceSchema, required=True)
    field = fields.String(required=True)
    label = fields.String(required=True)
    registry_code = fields.String(required=True)
    draft_id = fields.String(required=True, allow_none=True)
    value = fields.String(required=True, allow_none=True)
    proposed = fields.String(required=True, allow_none=True)
    comment = fields.String(required=True)
    answer = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    closed_at = Instant(required=True, allow_none=True)


class CorrectionList(Response):
    """Somebody's own reports, the newest first."""

    items = items_of(CorrectionSchema)
    next_cursor = next_cursor()


class CorrectionQuery(PageQuery):
    """Which reports."""

    status = one_of(CorrectionStatus, load_default=None)


class CorrectedHolderSchema(Response):
    """Whose licence it is, as the department needs to know them."""

    name_masked = fields.String(required=True)
    id_number_masked = fields.String(required=True)


class ReceivedCorrectionSchema(CorrectionSchema):
    """A report as the issuing department reads it: `identifier` is the licence's in its own registry."""

    identifier = fields.String(required=True)
    holder = fields.Nested(CorrectedHolderSchema, required=True)


class ReceivedCorrectionList(Response):
    """A department's reports, the oldest first."""

    items = items_of(ReceivedCorrectionSchema)
    next_cursor = next_cursor()


class CorrectionAnswerRequest(Request):
    """What the department found."""

    outcome = Choice(CorrectionStatus.ACCEPTED, CorrectionStatus.REJECTED, required=True)
    answer = Text(maximum=MAX_WORDS, required=True)


class CorrectionDesksSchema(Response):
    """Whose registries' reports an agency answers beside those of its own code."""

    registries = fields.List(fields.String(), required=True)


class CorrectionDesksRequest(Request):
    """Whose registries' reports an agency shall answer, in place of those it answers now."""

    registries = fields.List(Text(maximum=32), required=True, validate=validate.Length(max=200))
