"""Drafts on the wire."""

from marshmallow import fields, validate

from api.schemas.common import Instant, Request, Response, items_of, next_cursor, one_of
from api.schemas.forms import ChoiceSchema
from api.validation import Text
from hotservices.cases.states import CaseState
from wallet.forms.models import DraftStatus
from wallet.forms.parties import Party
from wallet.forms.templates import FieldType
from wallet.licences import Freshness
from wallet.registries.asking import AnswerStatus
from wallet.status import LicenceStatus

MAX_VALUES, MAX_CHOSEN = 200, 50
VALUE = {"description": "文字、数字、是否或空 · text, number, true or false, or null"}


class DraftRequest(Request):
    """Which licences to take where the holder has several of a kind."""

    licence_ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=MAX_CHOSEN))


class DraftValuesRequest(Request):
    """Values by the keys of their fields; null empties one. With `version` nobody else's change is passed over."""

    values = fields.Dict(
        keys=Text(maximum=64),
        values=fields.Raw(allow_none=True, metadata=VALUE),
        required=True,
        validate=validate.Length(max=MAX_VALUES),
    )
    version = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(1, 2**31)
    )


class ValueSourceSchema(Response):
    """Where a value comes from. Of somebody's real name, licence and kind are null.

    `digest` is SHA-256 of what the source said.
    """

    licence_id = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    party = one_of(Party, required=True)
    field = fields.String(required=True)
    as_of = fields.String(required=True)
    digest = fields.String(required=True)


class DraftValueSchema(Response):
    """A field with its value. `applies` false: not asked for, as the other values are."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    section = fields.String(required=True)
    type = one_of(FieldType, required=True)
    value = fields.Raw(required=True, allow_none=True, metadata=VALUE)
    required = fields.Boolean(required=True)
    applies = fields.Boolean(required=True)
    locked = fields.Boolean(required=True)
    source = fields.Nested(ValueSourceSchema, required=True, allow_none=True)
    hint = fields.String(required=True, allow_none=True)
    choices = fields.List(fields.Nested(ChoiceSchema), required=True)
    max_length = fields.Integer(required=True)


class LinkedLicenceSchema(Response):
    """A licence that a draft draws on."""

    licence_id = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    party = one_of(Party, required=True)
    status = one_of(LicenceStatus, required=True)
    as_of = fields.String(required=True)
    freshness = one_of(Freshness, required=True)


class MissingSchema(Response):
    """A licence that is asked for and not there, and where to get it. `status` of one that does not serve."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    hint = fields.String(required=True)
    service_code = fields.String(required=True, allow_none=True)
    party = one_of(Party, required=True)
    essential = fields.Boolean(required=True)
    status = one_of(LicenceStatus, required=True, allow_none=True)


class UnreachedSchema(Response):
    """A registry that did not answer when the draft was filled."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    status = one_of(AnswerStatus, required=True)


class DraftSectionSchema(Response):
    """A heading of a form."""

    key = fields.String(required=True)
    title = fields.String(required=True)


class ToDoSchema(Response):
    """What still keeps a draft from being handed in: a field, or an essential licence."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    text = fields.String(required=True)


class DraftSummarySchema(Response):
    """A draft in a list. It is thrown away at `expires_at` unless it is changed before."""

    id = fields.String(required=True)
    form_code = fields.String(required=True)
    form_title = fields.String(required=True)
    service_code = fields.String(required=True)
    status = one_of(DraftStatus, required=True)
    version = fields.Integer(required=True)
    case_id = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)
    expires_at = Instant(required=True)


class DraftSchema(DraftSummarySchema):
    """A draft with its values in the form's order."""

    sections = fields.List(fields.Nested(DraftSectionSchema), required=True)
    values_ = fields.List(fields.Nested(DraftValueSchema), required=True, data_key="values")
    licences = fields.List(fields.Nested(LinkedLicenceSchema), required=True)
    missing = fields.List(fields.Nested(MissingSchema), required=True)
    unreached = fields.List(fields.Nested(UnreachedSchema), required=True)
    to_do = fields.List(fields.Nested(ToDoSchema), required=True)


class DraftList(Response):
    """Drafts, the newest first."""

    items = items_of(DraftSummarySchema)
    next_cursor = next_cursor()


class SubmittedSchema(Response):
    """The case that a draft has become; `instant` tells that a rule decided it at once (秒批)."""

    case_id = fields.String(required=True)
    draft_id = fields.String(required=True)
    state = one_of(CaseState, required=True)
    instant = fields.Boolean(required=True)


class DiscardedSchema(Response):
    """A draft that is gone."""

    id = fields.String(required=True)
    discarded_at = Instant(required=True)
