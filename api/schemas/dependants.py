"""Dependants on the wire."""

from marshmallow import fields

from api.schemas.common import Instant, Response, items_of, next_cursor, one_of
from identity.dependants import DependantKind, DependantStatus, Relation, Side


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


class DependantList(Response):
    """Ties of a person, newest first."""

    items = items_of(DependantSchema)
    next_cursor = next_cursor()
