"""Reading requests: bodies and queries through marshmallow, errors field by field in two languages."""

import re
from typing import Any

import marshmallow as ma
import orjson
from flask import Request, Response
from flask.json.provider import JSONProvider
from webargs.flaskparser import FlaskParser

from api.errors import (
    BodyTooLarge,
    MalformedRequest,
    UnsupportedMediaType,
    ValidationFailed,
)
from api.language import ZH, preferred

MAX_BODY_BYTES = 256 * 1024
MAX_NAMED_ERRORS = 50
# A body that is a JWS and nothing else (RFC 7515 §9.2.1).
JOSE = "application/jose"
FORM = "application/x-www-form-urlencoded"
UNPROCESSABLE = 422

_LINES = str.maketrans("", "", "\n\r\t")
# Control characters, and halves of surrogate pairs, which no database could hold.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class OrjsonProvider(JSONProvider):
    """JSON through orjson: strict UTF-8, no NaN, a limit on nesting."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        """Return JSON text."""
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """Parse JSON text or bytes."""
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Any:
        """Return a JSON response."""
        body = orjson.dumps(self._prepare_response_obj(args, kwargs))
        return Response(body, mimetype="application/json")


class Parser(FlaskParser):
    """webargs that answers with our problems."""

    DEFAULT_VALIDATION_STATUS = UNPROCESSABLE

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        """Return the body's object; an empty body is an empty object."""
        body = req.get_data()
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
        if not body.strip():
            return {}
        if req.mimetype == JOSE and getattr(schema, "takes_jose", False):
            # What is no ASCII is no JWS, and is told so by whoever reads it.
            return {"jws": body.decode("ascii", errors="replace")}
        if not req.is_json:
            raise UnsupportedMediaType
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise MalformedRequest from error

    def handle_error(self, error: ma.ValidationError, *_args: Any, **_kwargs: Any) -> Any:
        """Raise ValidationFailed with every field's errors."""
        # webargs puts the location above the fields.
        (messages,) = error.messages_dict.values()
        raise ValidationFailed(_flatten(messages)) from error


class Text(ma.fields.String):
    """A line of text of bounded length, without control characters."""

    def __init__(self, *, minimum: int = 1, maximum: int, **kwargs: Any) -> None:
        super().__init__(validate=[ma.validate.Length(minimum, maximum), _printable], **kwargs)


class Prose(ma.fields.String):
    """Text of bounded length that may have several lines."""

    def __init__(self, *, minimum: int = 1, maximum: int, **kwargs: Any) -> None:
        super().__init__(validate=[ma.validate.Length(minimum, maximum), _printable_lines], **kwargs)


class Token(ma.fields.String):
    """A text of any length and content that is judged by its reader, such as what a scanner read."""


class Switch(ma.fields.Boolean):
    """True or false in JSON, and none of the words and numbers that stand for them elsewhere."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error(key="invalid", input=value)
        return value


def _printable_lines(value: str) -> None:
    _printable(value.translate(_LINES))


def _printable(value: str) -> None:
    if _UNPRINTABLE.search(value):
        msg = "Control characters are not allowed."
        raise ma.ValidationError(msg)


_CHINESE = {
    "Missing data for required field.": "必填",
    "Field may not be null.": "不能为空",
    "Unknown field.": "未知字段",
    "Not a valid string.": "须为字符串",
    "Not a valid integer.": "须为整数",
    "Not a valid boolean.": "须为布尔值",
    "Not a valid datetime.": "须为带时区的时间（RFC 3339）",
    "Not a valid aware datetime.": "须为带时区的时间（RFC 3339）",
    "Not a valid UUID.": "标识格式不正确",
    "Invalid input type.": "须为 JSON 对象",
    "Control characters are not allowed.": "不能包含控制字符",
    "String does not match expected pattern.": "格式不正确",
    "One person or organisation at a time.": "一次只能为一人或一个单位办理",
    "Send either draft_id or licence_id.": "draft_id 与 licence_id 须填且只填一项",
    "Send either qr_text or check_code.": "qr_text 与 check_code 须填且只填一项",
}


def _flatten(messages: dict[str, Any], path: str = "") -> dict[str, list[str]]:
    flat: dict[str, list[str]] = {}
    for key, value in messages.items():
        # marshmallow writes `_schema` where no single field is at fault.
        own = "" if key == "_schema" else str(key)
        name = ".".join(part for part in (path, own) if part)
        if isinstance(value, dict):
            flat |= _flatten(value, name)
        else:
            flat[safe_name(name) or "body"] = [_translated(text) for text in value]
    return dict(list(flat.items())[:MAX_NAMED_ERRORS])


def safe_name(name: str) -> str:
    """Return a name that a caller sent as an answer may repeat it."""
    return _UNPRINTABLE.sub("?", name)[:100]


def _translated(text: Any) -> str:
    said = str(text)
    if preferred() != ZH:
        return said
    if said in _CHINESE:
        return _CHINESE[said]
    bounds = re.search(r"between (\d+) and (\d+)", said)
    if bounds:
        return f"长度须为{bounds[1]}至{bounds[2]}"
    choices = re.search(r"Must be one of: (.*)\.", said)
    if choices:
        return f"须为以下之一：{choices[1]}"
    span = re.search(r"greater than or equal to (\d.*) and less than or equal to (\d.*)\.", said)
    return f"须在{span[1]}至{span[2]}之间" if span else said
