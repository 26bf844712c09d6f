"""Agencies, their staff and what they may verify, on the wire."""

from marshmallow import fields, validate

from api.schemas.common import (
    Choice,
    Instant,
    NameCode,
    Request,
    Response,
    items_of,
    next_cursor,
    one_of,
)
from api.validation import Switch, Text
from identity.staff import OrganisationKind, Permission
from identity.staffing.acts import Act
from identity.staffing.roles import Role
from wallet.kinds import Profile, all_kinds

CODE = validate.Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$")
STAFF_NUMBER = validate.Regexp(r"^[A-Za-z0-9-]+$")


class DutiesRequest(Request):
    """What somebody may do: roles, and single permissions where a whole role would be too much."""

    roles = fields.List(one_of(Role), load_default=list, validate=validate.Length(max=len(Role)))
    permissions = fields.List(
        one_of(Permission), load_default=list, validate=validate.Length(max=len(Permission))
    )


class ColleagueRequest(DutiesRequest):
    """Somebody new."""

    staff_number = fields.String(required=True, validate=[validate.Length(1, 32), STAFF_NUMBER])


class ColleagueSchema(Response):
    """A member of staff, for their admin."""

    id = fields.String(required=True)
    staff_number = fields.String(required=True)
    roles = fields.List(one_of(Role), required=True)
    permissions = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)
    totp_enrolled = fields.Boolean(required=True)
    password_is_initial = fields.Boolean(required=True)


class ColleagueList(Response):
    """An agency's staff."""

    items = items_of(ColleagueSchema)
    next_cursor = next_cursor()


class InitialPasswordSchema(Response):
    """A member of staff and their initial password, which is shown this once."""

    member = fields.Nested(ColleagueSchema, required=True)
    initial_password = fields.String(required=True)


class PasswordResetRequest(Request):
    """Whether the second factor is taken away as well, as when a phone was lost."""

    totp_too = Switch(load_default=False)


class AgencySchema(Response):
    """An agency."""

    id = fields.String(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = one_of(OrganisationKind, required=True)
    totp_required = fields.Boolean(required=True)


class AgencyList(Response):
    """Every agency."""

    items = items_of(AgencySchema)
    next_cursor = next_cursor()


class AgencyRequest(Request):
    """A new agency, and the staff number of its first admin."""

    code = fields.String(required=True, validate=[validate.Length(2, 64), CODE])
    name = Text(maximum=200, required=True)
    kind = Choice(OrganisationKind.DEPARTMENT, OrganisationKind.VERIFIER, required=True)
    admin_number = fields.String(required=True, validate=[validate.Length(1, 32), STAFF_NUMBER])


class AgencyAdminRequest(Request):
    """Another admin for an agency that has none left."""

    staff_number = fields.String(required=True, validate=[validate.Length(1, 32), STAFF_NUMBER])


class NewAgencySchema(Response):
    """An agency and its first admin's initial password, which is shown this once."""

    organisation = fields.Nested(AgencySchema, required=True)
    admin_number = fields.String(required=True)
    initial_password = fields.String(required=True)


class AgencySettingsRequest(Request):
    """Whether an agency's staff need a second factor."""

    totp_required = Switch(required=True)


class GrantSchema(Response):
    """A kind that may be verified, and the most that may be seen of it."""

    kind = fields.String(required=True)
    profile = one_of(Profile, required=True)


class GrantRequest(Request):
    """A kind to be verified, and the most that may be seen of it."""

    kind = fields.String(required=True, validate=validate.OneOf(sorted(all_kinds())))
    profile = one_of(Profile, required=True)


class GrantsSchema(Response):
    """Everything that an agency may verify."""

    organisation = fields.Nested(NameCode, required=True)
    grants = fields.List(fields.Nested(GrantSchema), required=True)


class GrantsRequest(Request):
    """Everything that an agency shall verify, in place of what it may now."""

    grants = fields.List(fields.Nested(GrantRequest), required=True, validate=validate.Length(max=200))


class ActorSchema(Response):
    """A member of staff, as an auditor reads of them."""

    organisation_code = fields.String(required=True)
    staff_number = fields.String(required=True)


class StaffActSchema(Response):
    """An administrative act. Without an actor it was done at the server's console."""

    id = fields.String(required=True)
    at = Instant(required=True)
    act = one_of(Act, required=True)
    organisation = fields.Nested(NameCode, required=True)
    actor = fields.Nested(ActorSchema, required=True, allow_none=True)
    staff_number = fields.String(
        required=True, allow_none=True, metadata={"description": "被操作人员 · who it was done to"}
    )
    details = fields.Dict(required=True)


class StaffActList(Response):
    """Administrative acts, newest first."""

    items = items_of(StaffActSchema)
    next_cursor = next_cursor()
