"""Dependants on the wire."""

from marshmallow import fields, validate

from api.schemas.common import Choice, Instant, Request, Response, items_of, next_cursor, one_of
from api.validation import Text
from identity.dependants import DependantKind, DependantStatus, Relation, Side
from identity.numbers.resident_id import REAL_NAME_TYPES, IdType


class DependantSchema(Response):
    """A tie between somebody who acts and somebody who is acted for, as one of them sees it."""

    id = fields.String(required=True)
    side = one_of(
        Side,
        required=True,
        metadata={"description": "您是代办人还是被代办人 · which of the two you are"},
    )
    kind = one_of(DependantKind, required=True)
    relation = one_of(Relation, required=True)
    name_masked = fields.String(required=True, metadata={"description": "对方姓名 · the other side's name"})
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "待您同意时代办人的姓名 · the helper's name while you have to decide"},
    )
    code = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "可口头告知代办人的8位码 · eight digits to read aloud to the helper"},
    )
    status = one_of(DependantStatus, required=True)
    asked_at = Instant(required=True)
    approve_by = Instant(required=True, allow_none=True)
    approved_at = Instant(required=True, allow_none=True)
    revoked_at = Instant(required=True, allow_none=True)
    ends_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "子女满十八周岁当日自动终止 · a child's 18th birthday, which ends it"},
    )


class DependantRequest(Request):
    """Whom somebody wants to act for."""

    name = Text(maximum=100, required=True)
    id_number = Text(maximum=32, required=True)
    relation = one_of(
        Relation,
        required=True,
        metadata={"description": "对方是您的什么人 · what they are to you"},
    )
    id_type = Choice(*REAL_NAME_TYPES, load_default=IdType.RESIDENT_ID)
    consent_version = Text(
        maximum=8,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "监护人同意书的版本 · version of the consent text `guardian` that was shown"
        },
    )


class ApproveRequest(Request):
    """Nothing from whoever is acted for; from the helper the code that was read aloud to them."""

    code = fields.String(load_default=None, allow_none=True, validate=validate.Regexp("^[0-9]{8}$"))


class HelperCodesRequest(Request):
    """Whose document a member of staff holds in their hand."""

    name = Text(maximum=100, required=True)
    id_number = Text(maximum=32, required=True)
    id_type = Choice(*REAL_NAME_TYPES, load_default=IdType.RESIDENT_ID)


class HelperCodeSchema(Response):
    """A request that waits for somebody, and the code to read aloud to who asked."""

    dependant_id = fields.String(required=True)
    helper = fields.String(required=True)
    relation = one_of(Relation, required=True)
    code = fields.String(required=True)
    approve_by = Instant(required=True)


class HelperCodeList(Response):
    """Every request that waits for somebody."""

    items = items_of(HelperCodeSchema)
    next_cursor = next_cursor()


class DependantList(Response):
    """Ties of a person, newest first."""

    items = items_of(DependantSchema)
    next_cursor = next_cursor()
