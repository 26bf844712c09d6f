"""Hot services, and the events of use that they are learnt from, on the wire."""

from marshmallow import fields, validate

from api.schemas.common import DEFAULT_LIMIT, MAX_LIMIT, Instant, Request, Response, items_of, one_of
from api.validation import Text
from hotservices.catalogue import ENTERPRISE, PERSONAL
from hotservices.hot_reasons import ReasonCode
from hotservices.usage.events import Action, Refusal

MAX_EVENTS = 50


class HotReasonSchema(Response):
    """Why a service is on the list."""

    code = one_of(ReasonCode, required=True)
    text = fields.String(required=True)


class HotServiceSchema(Response):
    """A hot service."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    department = fields.String(required=True)
    theme = fields.String(required=True)
    reason = fields.Nested(HotReasonSchema, required=True)


class HotServiceList(Response):
    """What to show first."""

    items = items_of(HotServiceSchema)
    personalised = fields.Boolean(required=True)
    as_of = Instant(required=True)


class HotServiceQuery(Request):
    """How many, where, and for whom."""

    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MAX_LIMIT))
    region = fields.String(
        load_default=None,
        validate=validate.Regexp(r"^[0-9]{6}$"),
        metadata={"description": "行政区划代码 · division code (GB/T 2260)"},
    )
    audience = fields.String(
        load_default=None,
        validate=validate.OneOf([PERSONAL, ENTERPRISE]),
        metadata={"description": "只列个人或企业可办的事项 · only what persons, or enterprises, can ask for"},
    )


class ServiceEventSchema(Request):
    """One use of a service. `id` is the client's own, and counts once; without `at` it happened now."""

    id = Text(maximum=64, load_default=None, allow_none=True)
    service_code = Text(maximum=64, required=True)
    action = one_of(Action, required=True)
    at = Instant(load_default=None, allow_none=True)


class ServiceEventsRequest(Request):
    """What a person did with services."""

    events = fields.List(
        fields.Nested(ServiceEventSchema), required=True, validate=validate.Length(1, MAX_EVENTS)
    )


class RejectedEventSchema(Response):
    """An event that does not count: its place in the batch, from 0, and why."""

    index = fields.Integer(required=True)
    code = one_of(Refusal, required=True)


class ServiceEventsSchema(Response):
    """How many events were taken, and which were not; one told again counts as taken."""

    accepted = fields.Integer(required=True)
    rejected = fields.List(fields.Nested(RejectedEventSchema), required=True)
