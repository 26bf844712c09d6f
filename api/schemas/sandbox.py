"""The sandbox's own calls on the wire."""

from marshmallow import fields, validate

from api.schemas.common import Instant, Request, Response, items_of, one_of
from api.validation import Switch, Text
from identity.sandbox.face_checks import FaceOutcome
from identity.sandbox.outages import RegistryStatus
from wallet.registry_events.event import EventKind
from wallet.status import LicenceStatus


class PersonaSchema(Response):
    """A fictitious person: log in with `code`, bind with name and number."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    sex = fields.String(required=True)
    birth_date = fields.Date(required=True)
    id_type = fields.String(required=True)
    id_number = fields.String(required=True)
    face = fields.String(required=True, metadata={"description": "live：可通过人脸核验 · passes face checks"})
    phone = fields.String(required=True)
    about = fields.String(required=True)


class SandboxStaffSchema(Response):
    """A fictitious member of staff, password and all."""

    organisation_code = fields.String(required=True)
    organisation_name = fields.String(required=True)
    staff_number = fields.String(required=True)
    password = fields.String(required=True)
    permissions = fields.List(fields.String(), required=True)


class PersonaList(Response):
    """Everybody to log in as."""

    items = items_of(PersonaSchema)
    staff = fields.List(fields.Nested(SandboxStaffSchema), required=True)


class ClockRequest(Request):
    """Where to move time; without `now` it goes back to real time."""

    now = Instant(load_default=None, allow_none=True)


class ClockSchema(Response):
    """The sandbox's time."""

    now = Instant(required=True)


class RegistryStatusRequest(Request):
    """How a registry shall feel."""

    status = one_of(RegistryStatus, required=True)


class RegistryStatusSchema(Response):
    """How a registry feels."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    status = one_of(RegistryStatus, required=True)


class LicenceStatusRequest(Request):
    """What a department shall decide."""

    status = one_of(LicenceStatus, required=True)


class LicenceStatusSchema(Response):
    """What a department has decided."""

    identifier = fields.String(required=True)
    status = one_of(LicenceStatus, required=True)


class RenewRequest(Request):
    """Whether the department tells of it."""

    push = Switch(load_default=True)


class TransferRequest(RenewRequest):
    """Which persona shall hold the licence."""

    to = Text(maximum=64, required=True)


class EventToSignRequest(Request):
    """A change to tell of. Without `jti` and `iat` it is a new one, of now."""

    event = one_of(EventKind, required=True)
    identifier = Text(maximum=128, required=True)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(1, 999))
    status = one_of(LicenceStatus, required=True)
    jti = Text(maximum=64, load_default=None)
    iat = fields.Integer(load_default=None, strict=True, validate=validate.Range(1, 4_102_444_800))


class SignedEventSchema(Response):
    """A compact JWS, signed with the department's key."""

    jws = fields.String(required=True)


class FaceOutcomeRequest(Request):
    """How a face check shall go."""

    outcome = one_of(FaceOutcome, required=True)


class FaceOutcomeSchema(Response):
    """How a face check goes."""

    id = fields.String(required=True)
    outcome = one_of(FaceOutcome, required=True)


class ResetSchema(Response):
    """A sandbox as on its first day."""

    now = Instant(required=True)
