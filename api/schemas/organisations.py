"""Enterprises and their members on the wire."""

from marshmallow import fields, validate

from api.schemas.common import Choice, Instant, Request, Response, items_of, next_cursor, one_of
from api.validation import Text
from identity.organisations.registry import EnterpriseStatus
from identity.organisations.scopes import MemberRole, Scope
from identity.organisations.views import ACTIVE, EXPIRED, REVOKED
from identity.staff import OrganisationKind


class OrganisationRequest(Request):
    """An enterprise, as its licence has it."""

    uscc = Text(maximum=32, required=True)
    name = Text(maximum=200, required=True)


class OrganisationSchema(Response):
    """An enterprise, for one of its members: role, scopes and last day are the caller's own."""

    id = fields.String(required=True)
    uscc = fields.String(required=True)
    name = fields.String(required=True)
    kind = one_of(OrganisationKind, required=True)
    status = one_of(EnterpriseStatus, required=True)
    created_at = Instant(required=True)
    role = one_of(MemberRole, required=True)
    scopes = fields.List(fields.String(), required=True)
    valid_to = fields.Date(required=True, allow_none=True)


class OrganisationList(Response):
    """The enterprises that the caller is a member of."""

    items = items_of(OrganisationSchema)
    next_cursor = next_cursor()


class MemberRequest(Request):
    """Somebody to act for an organisation. An agent has scopes and a last day (null: no end); an admin has all."""

    name = Text(maximum=100, required=True)
    id_number = Text(maximum=32, required=True)
    role = Choice(MemberRole.ADMIN, MemberRole.AGENT, required=True)
    scopes = fields.List(one_of(Scope), load_default=list, validate=validate.Length(max=len(Scope)))
    valid_to = fields.Date(allow_none=True)


class MemberSchema(Response):
    """A member, for the organisation's managers. `status` says nothing of whether they have an account."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    id_number_masked = fields.String(required=True)
    role = one_of(MemberRole, required=True)
    scopes = fields.List(fields.String(), required=True)
    valid_to = fields.Date(required=True, allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf([ACTIVE, EXPIRED, REVOKED]))
    added_at = Instant(required=True)
    revoked_at = Instant(required=True, allow_none=True)


class MemberList(Response):
    """An organisation's members, former ones too, the oldest first."""

    items = items_of(MemberSchema)
    next_cursor = next_cursor()
