"""Cases on the wire."""

from marshmallow import fields, validate

from api.schemas.common import (
    Instant,
    NameCode,
    PageQuery,
    Request,
    Response,
    items_of,
    next_cursor,
    one_of,
)
from api.validation import Prose
from hotservices.cases.states import By, CaseState, Deed
from hotservices.cases.timeline import MAX_COMMENT
from identity.acting import ActorWord


class CaseRequest(Request):
    """A case of a service that needs no form; `comment` is what the department should know."""

    comment = Prose(maximum=MAX_COMMENT, load_default=None, allow_none=True)


class StepRequest(Request):
    """A word with a step; where something is asked for, refused or added, there has to be one."""

    comment = Prose(maximum=MAX_COMMENT, load_default=None, allow_none=True)


class CaseSchema(Response):
    """A case in a list. `instant` tells that a rule decided it at once (秒批)."""

    id = fields.String(required=True)
    service = fields.Nested(NameCode, required=True)
    department = fields.String(required=True)
    form_code = fields.String(required=True, allow_none=True)
    state = one_of(CaseState, required=True)
    instant = fields.Boolean(required=True)
    actor = one_of(ActorWord, required=True)
    submitted_at = Instant(required=True)
    changed_at = Instant(required=True)
    finished_at = Instant(required=True, allow_none=True)


class CaseList(Response):
    """Cases, newest first."""

    items = items_of(CaseSchema)
    next_cursor = next_cursor()


class CaseQuery(PageQuery):
    """Which cases."""

    state = one_of(CaseState, load_default=None)
    service = fields.String(
        load_default=None,
        validate=validate.Length(1, 64),
        metadata={"description": "事项编码 · code of a service"},
    )


class CaseValueSchema(Response):
    """A value that was handed in; `source` is null where somebody typed it."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    value = fields.Raw(required=True, allow_none=True)
    locked = fields.Boolean(required=True)
    verified = fields.Boolean(required=True)
    source = fields.Dict(
        keys=fields.String(), values=fields.String(allow_none=True), required=True, allow_none=True
    )


class CaseReasonSchema(Response):
    """Why a rule decided a case at once."""

    code = fields.String(required=True)
    text = fields.String(required=True)


class CaseStepSchema(Response):
    """A step of a case's timeline. `actor` is as what a citizen took it, `organisation` whose staff did."""

    number = fields.Integer(required=True)
    at = Instant(required=True)
    deed = one_of(Deed, required=True)
    state = one_of(CaseState, required=True)
    by = one_of(By, required=True)
    actor = one_of(ActorWord, required=True, allow_none=True)
    organisation = fields.Nested(NameCode, required=True, allow_none=True)
    staff_masked = fields.String(required=True, allow_none=True)
    comment = fields.String(required=True, allow_none=True)


class CaseReadSchema(Response):
    """That a member of staff read what was handed in."""

    at = Instant(required=True)
    organisation = fields.Nested(NameCode, required=True)
    staff_masked = fields.String(required=True)


class ReviewGivenSchema(Response):
    """That a case was reviewed, and how."""

    id = fields.String(required=True)
    stars = fields.Integer(required=True)
    at = Instant(required=True)


class CaseDetailSchema(CaseSchema):
    """A case with its timeline. `may` is what its reader may do to it now; `reviewable` whether a review is awaited."""

    reviewable = fields.Boolean(required=True)
    review = fields.Nested(ReviewGivenSchema, required=True, allow_none=True)

    draft_id = fields.String(required=True, allow_none=True)
    organisation_id = fields.String(required=True, allow_none=True)
    values = fields.List(fields.Nested(CaseValueSchema), required=True)
    reasons = fields.List(fields.Nested(CaseReasonSchema), required=True)
    timeline = fields.List(fields.Nested(CaseStepSchema), required=True)
    reads = fields.List(fields.Nested(CaseReadSchema), required=True)
    may = fields.List(one_of(Deed), required=True)


class ApplicantSchema(Response):
    """Whose case it is, for the department that handles it."""

    name = fields.String(required=True)
    id_number_masked = fields.String(required=True)


class StaffCaseStepSchema(CaseStepSchema):
    """A step as colleagues read it."""

    staff_number = fields.String(required=True, allow_none=True)


class StaffCaseDetailSchema(CaseDetailSchema):
    """A case for the staff of its department."""

    applicant = fields.Nested(ApplicantSchema, required=True)
    timeline = fields.List(fields.Nested(StaffCaseStepSchema), required=True)
