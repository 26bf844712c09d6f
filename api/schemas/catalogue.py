"""Administering the catalogue of services, on the wire."""

from marshmallow import fields, validate

from api.schemas.common import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    Instant,
    NameCode,
    Request,
    Response,
    items_of,
    next_cursor,
)
from api.validation import Switch, Text
from hotservices.administration.checking import AUDIENCES, MAX_WORD
from hotservices.catalogue import Popularity

# A body holds 256 KiB: what is more goes through `flask catalogue import`.
MAX_CHANGES = 200
MAX_DEPARTMENTS = 100
NOTE = 200
LONGEST = 200


class CatalogueServiceRequest(Request):
    """A service as its department writes it. What its fields may hold, the catalogue checks, each fault by its place."""

    code = Text(maximum=LONGEST, required=True)
    name = Text(maximum=LONGEST, required=True)
    department = Text(maximum=LONGEST, required=True)
    theme = Text(maximum=LONGEST, required=True)
    audience = fields.String(required=True, validate=validate.OneOf(AUDIENCES))
    channel = Text(maximum=LONGEST, required=True)
    keywords = fields.List(Text(maximum=LONGEST), required=True)
    requires = fields.List(Text(maximum=LONGEST), required=True, metadata={"description": "证照种类 · kinds"})
    popularity = fields.String(required=True, validate=validate.OneOf(list(Popularity)))
    listed = Switch(required=True)


class CatalogueServiceSchema(Response):
    """A service as its department wrote it. `listed` tells that a portal lists it as hot."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    department = fields.String(required=True)
    theme = fields.String(required=True)
    audience = fields.String(required=True, validate=validate.OneOf(AUDIENCES))
    channel = fields.String(required=True)
    keywords = fields.List(fields.String(), required=True)
    requires = fields.List(fields.String(), required=True)
    popularity = fields.String(required=True, validate=validate.OneOf(list(Popularity)))
    listed = fields.Boolean(required=True)


class CatalogueServiceList(Response):
    """The services that an agency may change, and of which departments these are."""

    version = fields.Integer(required=True)
    departments = fields.List(fields.String(), required=True)
    items = items_of(CatalogueServiceSchema)
    next_cursor = next_cursor()


class CatalogueServiceQuery(Request):
    """What part of the list."""

    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MAX_LIMIT))
    cursor = Text(maximum=32, load_default=None)


class CatalogueChangesRequest(Request):
    """Services to add or replace, and codes of services to retire; all of it or nothing."""

    note = Text(maximum=NOTE, required=True)
    put = fields.List(
        fields.Nested(CatalogueServiceRequest), load_default=list, validate=validate.Length(max=MAX_CHANGES)
    )
    retire = fields.List(Text(maximum=32), load_default=list, validate=validate.Length(max=MAX_CHANGES))
    dry_run = Switch(load_default=False)


class CatalogueChangesSchema(Response):
    """What was changed, or would be. `version` is the catalogue's number afterwards."""

    version = fields.Integer(required=True)
    dry_run = fields.Boolean(required=True)
    added = fields.List(fields.String(), required=True)
    changed = fields.List(fields.String(), required=True)
    retired = fields.List(fields.String(), required=True)


class CatalogueAuthorSchema(Response):
    """Who made a version."""

    organisation_code = fields.String(required=True)
    staff_number = fields.String(required=True)


class CatalogueVersionSchema(Response):
    """A version. `made_by` is null for what was done at the server's console."""

    number = fields.Integer(required=True)
    made_at = Instant(required=True)
    made_by = fields.Nested(CatalogueAuthorSchema, required=True, allow_none=True)
    note = fields.String(required=True)
    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    retired = fields.Integer(required=True)


class CatalogueVersionList(Response):
    """Versions, the newest first."""

    items = items_of(CatalogueVersionSchema)
    next_cursor = next_cursor()


class CatalogueVersionQuery(Request):
    """What part of the list; the cursor is a version's number."""

    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MAX_LIMIT))
    cursor = fields.Integer(load_default=None, validate=validate.Range(1, 2**31 - 1))


class ServiceGrantsRequest(Request):
    """The departments whose services an agency may change; they take the place of those before."""

    departments = fields.List(
        Text(maximum=MAX_WORD), required=True, validate=validate.Length(max=MAX_DEPARTMENTS)
    )


class ServiceGrantsSchema(Response):
    """The departments whose services an agency may change."""

    organisation = fields.Nested(NameCode, required=True)
    departments = fields.List(fields.String(), required=True)
