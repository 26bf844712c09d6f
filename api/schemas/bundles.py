"""Bundles (一件事) and guides on the wire."""

from marshmallow import fields, validate

from api.schemas.common import NameCode, Request, Response, items_of, next_cursor
from api.schemas.services import RequirementSchema
from api.validation import Text

MAX_ANSWERS = 20


class ServiceReferenceSchema(NameCode):
    """A service, and who answers for it."""

    department = fields.String(required=True)


class StepSchema(Response):
    """A step of a bundle. `done` is null when it is not known."""

    order = fields.Integer(required=True)
    service = fields.Nested(ServiceReferenceSchema, required=True)
    requires = fields.List(fields.Nested(RequirementSchema), required=True)
    done = fields.Boolean(required=True, allow_none=True)


class BundleSchema(NameCode):
    """A bundle with its steps in order. `lead` is the department that answers for the whole."""

    audience = fields.String(required=True, validate=validate.OneOf(["personal", "enterprise", "both"]))
    lead = fields.String(required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)


class BundleList(Response):
    """Every bundle."""

    items = items_of(BundleSchema)
    next_cursor = next_cursor()


class CodeTextSchema(Response):
    """A code, and what a person reads."""

    code = fields.String(required=True)
    text = fields.String(required=True)


class GuideList(Response):
    """Every guide."""

    items = items_of(CodeTextSchema)
    next_cursor = next_cursor()


class QuestionSchema(CodeTextSchema):
    """A question and what one may answer."""

    choices = fields.List(fields.Nested(CodeTextSchema), required=True)


class AdvisedServiceSchema(ServiceReferenceSchema):
    """A service that a guide leads to, with what it needs."""

    requires = fields.List(fields.Nested(RequirementSchema), required=True)


class AdviceSchema(Response):
    """Where a guide leads to: services in order, and every licence that they ask for, once."""

    services = fields.List(fields.Nested(AdvisedServiceSchema), required=True)
    licences = fields.List(fields.Nested(RequirementSchema), required=True)


class GuideSchema(CodeTextSchema):
    """How far a guide is: either its next question or its advice; the other is null."""

    question = fields.Nested(QuestionSchema, required=True, allow_none=True)
    advice = fields.Nested(AdviceSchema, required=True, allow_none=True)


class AnswersRequest(Request):
    """The answers so far, by question; none asks for the first question."""

    answers = fields.Dict(
        keys=Text(maximum=32),
        values=Text(maximum=32),
        load_default=dict,
        validate=validate.Length(max=MAX_ANSWERS),
    )
