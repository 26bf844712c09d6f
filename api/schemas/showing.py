"""Show tokens, verifications and access records on the wire."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api.schemas.common import Instant, NameCode, Request, Response, items_of, next_cursor, one_of
from api.schemas.licences import LicenceFieldSchema
from api.validation import Text, Token
from wallet.kinds import Profile
from wallet.licences import Freshness
from wallet.showing.models import Mode, OutcomeWord, TokenState
from wallet.showing.qr import DEFAULT_BORDER, DEFAULT_SCALE
from wallet.showing.qr_symbol import Level
from wallet.showing.reasons import Reason
from wallet.showing.show_tokens import DEFAULT_LIFETIME
from wallet.showing.token_codec import MAX_LIFETIME
from wallet.status import LicenceStatus

MIN_SECONDS, MAX_SECONDS = 30, int(MAX_LIFETIME.total_seconds())


class ShowTokenRequest(Request):
    """How to show a licence."""

    mode = one_of(Mode, load_default=Mode.ONLINE)
    disclose = one_of(Profile, load_default=Profile.BASIC)
    lifetime_seconds = fields.Integer(
        strict=True,
        load_default=int(DEFAULT_LIFETIME.total_seconds()),
        validate=validate.Range(MIN_SECONDS, MAX_SECONDS),
    )
    check_code = fields.Boolean(truthy={True}, falsy={False}, load_default=False)


class ShowTokenSchema(Response):
    """A show token, told once."""

    id = fields.String(required=True)
    token = fields.String(required=True, validate=validate.Length(max=367))
    qr_text = fields.String(required=True, validate=validate.Length(max=387))
    mode = one_of(Mode, required=True)
    disclose = one_of(Profile, required=True)
    issued_at = Instant(required=True)
    expires_at = Instant(required=True)
    refresh_after_seconds = fields.Integer(required=True)
    freshness = one_of(Freshness, required=True)
    check_code = fields.String(required=True, allow_none=True)


class SeenBySchema(Response):
    """Who scanned a token."""

    verification_id = fields.String(required=True)
    organisation = fields.Nested(NameCode, required=True)
    staff_masked = fields.String(required=True)
    purpose = fields.String(required=True, allow_none=True)
    outcome = one_of(OutcomeWord, required=True)
    reason = one_of(Reason, required=True, allow_none=True)
    at = Instant(required=True)


class ShowTokenStateSchema(Response):
    """A show token as its holder watches it."""

    id = fields.String(required=True)
    licence_id = fields.String(required=True)
    state = one_of(TokenState, required=True)
    mode = one_of(Mode, required=True)
    disclose = one_of(Profile, required=True)
    issued_at = Instant(required=True)
    expires_at = Instant(required=True)
    confirm_by = Instant(required=True, allow_none=True)
    scanned_by = fields.Nested(SeenBySchema, required=True, allow_none=True)


class QrQuery(Request):
    """How to draw a code. `scale` is pixels a module, `border` modules of quiet zone."""

    level = one_of(Level, load_default=Level.L)
    scale = fields.Integer(load_default=DEFAULT_SCALE, validate=validate.Range(1, 20))
    border = fields.Integer(load_default=DEFAULT_BORDER, validate=validate.Range(0, 10))


class VerificationRequest(Request):
    """What a scanner read, or a holder read aloud, and what for."""

    qr_text = Token(load_default=None)
    check_code = fields.String(load_default=None, validate=validate.Regexp(r"\A[0-9]{8}\Z"))
    purpose = Text(maximum=200, load_default=None, allow_none=True)

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        if (data["qr_text"] is None) == (data["check_code"] is None):
            problem = "Send either qr_text or check_code."
            raise ValidationError(problem, "qr_text")


class SeenLicenceSchema(Response):
    """A licence as a verifier may see it."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    status = one_of(LicenceStatus, required=True)
    fields_ = fields.List(
        fields.Nested(LicenceFieldSchema),
        required=True,
        data_key="fields",
        attribute="fields",
    )


class SeenHolderSchema(Response):
    """A holder as a verifier may see them."""

    name_masked = fields.String(required=True)
    name = fields.String()
    agent_masked = fields.String(
        metadata={"description": "为单位出示的办事人员 · who showed an organisation's licence for it"},
    )


class VerificationSchema(Response):
    """What a verifier reads after a scan."""

    id = fields.String(required=True)
    outcome = one_of(OutcomeWord, required=True)
    signal = fields.String(required=True, validate=validate.OneOf(["green", "amber", "red"]))
    reason = one_of(Reason, required=True, allow_none=True)
    used_by_you = fields.Boolean()
    verification_id = fields.String(
        metadata={"description": "used_by_you 时为先前的核验 · the earlier scan when used_by_you"},
    )
    message = fields.String(required=True)
    next_action = fields.String(required=True)
    licence = fields.Nested(SeenLicenceSchema, required=True, allow_none=True)
    holder = fields.Nested(SeenHolderSchema, required=True, allow_none=True)
    freshness = one_of(Freshness, required=True)
    as_of = Instant(required=True, allow_none=True)
    verified_at = Instant(required=True)
    server_time = Instant(required=True)


class VerificationList(Response):
    """A verifier's own history."""

    items = items_of(VerificationSchema)
    next_cursor = next_cursor()


class JwkSchema(Response):
    """A public key (RFC 7517)."""

    kty = fields.String(required=True)
    crv = fields.String(required=True)
    x = fields.String(required=True)
    y = fields.String(required=True)
    kid = fields.String(required=True, validate=validate.Length(1, 4))
    alg = fields.String(required=True)
    use = fields.String(required=True)


class JwksSchema(Response):
    """The public keys that verify what is signed here."""

    keys_ = fields.List(fields.Nested(JwkSchema), required=True, data_key="keys", attribute="keys")
