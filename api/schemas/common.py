"""Shapes that several resources share."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

DEFAULT_LIMIT, MAX_LIMIT = 20, 100


class Request(ma.Schema):
    """A request: unknown fields are refused by name."""

    class Meta:
        unknown = ma.RAISE


class Response(ma.Schema):
    """An answer: may grow fields without breaking who validates it."""

    class Meta:
        unknown = ma.EXCLUDE


class Instant(fields.AwareDateTime):
    """An instant, RFC 3339 in UTC with `Z`, whole seconds."""

    def _serialize(self, value: datetime | None, *_args: Any, **_kwargs: Any) -> str | None:
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


class Empty(Request):
    """A body without fields; it may be absent."""


class PageQuery(Request):
    """What part of a list."""

    limit = fields.Integer(
        strict=False,
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, MAX_LIMIT),
        metadata={"description": "每页条数 · items a page"},
    )
    cursor = fields.UUID(
        load_default=None,
        metadata={"description": "上一页返回的 next_cursor · next_cursor of the page before"},
    )


class NameCode(Response):
    """A body with a code and a name."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class ProblemSchema(Response):
    """RFC 9457 problem details."""

    class Meta:
        unknown = ma.EXCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, allow_none=True)
    code = fields.String(required=True)
    request_id = fields.String(required=True)
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        required=True,
        allow_none=True,
    )
    required_level = fields.Integer(metadata={"description": "assurance-level-required"})
    state = fields.String(metadata={"description": "case-state-conflict"})
    licence_status = fields.String(metadata={"description": "licence-not-showable"})


def one_of(enumeration: type[Any], **kwargs: Any) -> fields.Enum[Any]:
    """Return a field that holds one of an enumeration's words."""
    return fields.Enum(enumeration, by_value=fields.String, **kwargs)


class Choice(fields.String):
    """A field that holds one of some words of an enumeration."""

    def __init__(self, *choices: StrEnum, **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf([choice.value for choice in choices]), **kwargs)
        self._choices = choices

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        word = super()._deserialize(value, *args, **kwargs)
        return next((choice for choice in self._choices if choice == word), word)


def items_of(schema: type[ma.Schema], **kwargs: Any) -> Any:
    """Return the field `items` of a list."""
    return fields.List(fields.Nested(schema), required=True, **kwargs)


def next_cursor() -> fields.String:
    """Return the field `next_cursor` of a list."""
    return fields.String(required=True, allow_none=True)
