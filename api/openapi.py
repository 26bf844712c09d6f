"""openapi.yaml: generated from the schemas that validate, never written by hand."""

from typing import Any

import flask_smorest
import orjson
import yaml
from apispec import APISpec
from flask import Flask

from api.envelope import HEADER as REQUEST_ID_HEADER
from api.idempotency import HEADER as IDEMPOTENCY_HEADER
from api.idempotency import KEY_PATTERN, MAX_KEY_CHARACTERS
from api.problems.table import DATABASE_TROUBLE, HTTP_PROBLEMS, INTERNAL
from api.routes import operations
from api.schemas.common import ProblemSchema
from api.upkeep import personal_data

INFO = {
    "title": "亮证 Liangzheng",
    "version": "1",
    "description": (
        "电子证照小程序后端：实名、证照、亮证、核验、热门服务。 · "
        "Electronic licences for a government mini-program: real name, wallet, showing, verification, "
        "hot services. Only GET and POST; errors are RFC 9457 problems; times are UTC."
    ),
}
SECURITY_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "access_token",
    },
    "refreshToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "refresh_token",
    },
}
IDEMPOTENCY_PARAMETER = {
    "name": IDEMPOTENCY_HEADER,
    "in": "header",
    "required": False,
    "description": "同一键、同一请求只做一次并返回首次应答 · The same key and request: done once, answered alike",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_KEY_CHARACTERS,
        "pattern": KEY_PATTERN,
    },
}


class Api(flask_smorest.Api):
    """flask-smorest with our problems instead of its errors."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask) -> None:
        app.config.update(
            API_TITLE=INFO["title"],
            API_VERSION=INFO["version"],
            OPENAPI_VERSION="3.1.0",
        )
        super().__init__(app, spec_kwargs={"info": INFO})
        components = self.spec.components
        for name, scheme in SECURITY_SCHEMES.items():
            components.security_scheme(name, scheme)
        components.parameter(IDEMPOTENCY_HEADER, "header", IDEMPOTENCY_PARAMETER)

    def _register_error_handlers(self) -> None:
        """Leave errors to `api.problems`."""


def document(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of an app."""
    spec: APISpec = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec
    described: dict[str, Any] = spec.to_dict()
    described["paths"] |= operations.spec()
    # Its shape is too free for a schema of ours: JSON Schema, which OpenAPI 3.1 speaks, says it better.
    described["components"]["schemas"]["AccountExport"] = personal_data.schema()
    described["servers"] = [{"url": "/"}]
    described["x-problem-codes-everywhere"] = sorted(
        {problem.code for problem in (*HTTP_PROBLEMS.values(), DATABASE_TROUBLE, INTERNAL)},
    )
    _tell_common_parts(described)
    # Through JSON once: enumerations and dates become the plain words that they are on the wire.
    plain: dict[str, Any] = orjson.loads(orjson.dumps(described, option=orjson.OPT_NON_STR_KEYS))
    return plain


def as_yaml(app: Flask) -> str:
    """Return the OpenAPI document as the text of openapi.yaml."""
    head = "# Generated from the running app by `make openapi`. Do not edit.\n"
    text: str = yaml.safe_dump(document(app), allow_unicode=True, sort_keys=False, width=110)
    return head + text


def _tell_common_parts(described: dict[str, Any]) -> None:
    header = {"description": "请求编号 · Request id", "schema": {"type": "string"}}
    for path in described["paths"].values():
        for operation in path.values():
            if not isinstance(operation, dict):
                continue
            for response in operation["responses"].values():
                response.setdefault("headers", {})[REQUEST_ID_HEADER] = header
