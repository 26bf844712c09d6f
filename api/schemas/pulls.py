"""Pulls on the wire."""

from marshmallow import fields, validate

from api.schemas.common import Instant, Request, Response, items_of, one_of
from api.schemas.consents import PurposeToldSchema, asked_items
from wallet.enterprise.pull_record import NOT_HELD, UNANSWERED
from wallet.licences import Freshness
from wallet.status import LicenceStatus

MAX_PULLS = 100
OK, UNAVAILABLE = "ok", "unavailable"
PULLED, REFUSED = "pulled", "refused"


class PullRequest(Request):
    """What is pulled by which consent; all that was consented to when `items` is left out."""

    consent_id = fields.UUID(required=True)
    items_ = asked_items()
    encrypt = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=False,
        metadata={
            "description": "加密至应用登记的公钥，只返回 jwe · encrypt to the client's key; answers jwe alone"
        },
    )


class PullBatchRequest(Request):
    """Up to 100 pulls; each is made or refused by itself."""

    pulls = fields.List(fields.Nested(PullRequest), required=True, validate=validate.Length(1, MAX_PULLS))


class AnnotationSchema(Response):
    """To whom a licence's view is handed out, what for, and until when it is good."""

    organisation = fields.String(required=True)
    client = fields.String(required=True)
    purpose = fields.String(required=True)
    expires_at = Instant(required=True)
    text = fields.String(required=True)


class PulledFieldSchema(Response):
    """A field that was consented to. What is another holder's is masked."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    type = fields.String(required=True)
    value = fields.Raw(
        required=True,
        allow_none=True,
        metadata={
            "description": "文本、数字、列表或空；照片为 {path, media_type, sha256, available_until} · "
            "text, number, list or null; of a photo where to fetch it and its digest"
        },
    )
    masked = fields.Boolean(required=True)


class PulledLicenceSchema(Response):
    """An annotated view of a licence. `note` says when the registry did not answer."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    status = one_of(LicenceStatus, required=True)
    freshness = one_of(Freshness, required=True)
    as_of = Instant(required=True)
    registry = fields.String(required=True, validate=validate.OneOf([OK, UNAVAILABLE]))
    note = fields.String(required=True, allow_none=True)
    annotation = fields.Nested(AnnotationSchema, required=True)
    fields_ = fields.List(
        fields.Nested(PulledFieldSchema), required=True, data_key="fields", attribute="fields"
    )


class MissingKindSchema(Response):
    """A kind that the holder has no licence of, as far as the registries say."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    reason = fields.String(required=True, validate=validate.OneOf([NOT_HELD, UNANSWERED]))


class PullDataSchema(Response):
    """What the JWS says, to the letter."""

    jti = fields.String(required=True)
    aud = fields.String(required=True)
    consent_id = fields.String(required=True)
    iat = fields.Integer(required=True)
    exp = fields.Integer(required=True)
    purpose = fields.Nested(PurposeToldSchema, required=True)
    licences = fields.List(fields.Nested(PulledLicenceSchema), required=True)
    missing = fields.List(fields.Nested(MissingKindSchema), required=True)


class PullSchema(Response):
    """A pull. `data` is the payload of `jws` (typ lz-pull); with `encrypt` there is `jwe` in place of both."""

    id = fields.String(required=True)
    data = fields.Nested(PullDataSchema, required=True, allow_none=True)
    jws = fields.String(required=True, allow_none=True)
    jwe = fields.String(required=True, allow_none=True)
    as_of = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "最早一份数据的时间 · of the oldest of the data"},
    )


class RefusalSchema(Response):
    """Why one pull of a batch was refused, as a problem would say it."""

    status = fields.Integer(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    detail = fields.String(required=True, allow_none=True)
    errors = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), required=True, allow_none=True
    )


class PullOutcomeSchema(Response):
    """What came of one pull of a batch."""

    consent_id = fields.String(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf([PULLED, REFUSED]))
    pull = fields.Nested(PullSchema, required=True, allow_none=True)
    problem = fields.Nested(RefusalSchema, required=True, allow_none=True)


class PullBatchSchema(Response):
    """The outcomes of a batch, in its order."""

    items = items_of(PullOutcomeSchema)
