"""openapi.yaml: generated from the schemas that validate, never written by hand."""

from threading import Lock
from typing import Any

import flask_smorest
import orjson
import yaml
from apispec import APISpec
from flask import Flask

from api.blueprint import Blueprint
from api.clients import CLIENT_SCOPES, TOKEN_PATH
from api.envelope import HEADER as REQUEST_ID_HEADER
from api.guards import CLIENT_BASIC, OAUTH2
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
    OAUTH2: {
        "type": "oauth2",
        "description": "企业应用 · Machine clients of enterprises",
        "flows": {
            "clientCredentials": {
                "tokenUrl": TOKEN_PATH,
                "scopes": {str(scope): said for scope, said in CLIENT_SCOPES.items()},
            },
        },
    },
    CLIENT_BASIC: {
        "type": "http",
        "scheme": "basic",
        "description": "client_secret_basic：client_id 与密钥先各自百分号编码 · both are percent-encoded first (RFC 6749 §2.3.1)",
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
        self._undescribed: list[Blueprint] = []
        self._describing = Lock()
        components = self.spec.components
        for name, scheme in SECURITY_SCHEMES.items():
            components.security_scheme(name, scheme)
        components.parameter(IDEMPOTENCY_HEADER, "header", IDEMPOTENCY_PARAMETER)

    def register_blueprint(self, blp: Blueprint) -> None:
        """Serve the routes of a blueprint; they are described when the document is asked for.

        Describing all of them takes most of a second, which a worker that starts has no use for.
        """
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        self._undescribed.append(blp)

    def described(self) -> APISpec:
        """Return the specification with every route in it."""
        with self._describing:
            for blp in self._undescribed:
                blp.register_views_in_doc(self, self._app, self.spec, name=blp.name, parameters=None)
                self.spec.tag({"name": blp.name, "description": blp.description})
            self._undescribed.clear()
        spec: APISpec = self.spec
        return spec

    def _register_responses(self) -> None:
        """Leave out one of smorest's own for every HTTP status: our routes declare theirs."""

    def _register_error_handlers(self) -> None:
        """Leave errors to `api.problems`."""


def document(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of an app."""
    api: Api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    described: dict[str, Any] = api.described().to_dict()
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
    text: str = yaml.dump(
        document(app), Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=110
    )
    return head + text


def _tell_common_parts(described: dict[str, Any]) -> None:
    header = {"description": "请求编号 · Request id", "schema": {"type": "string"}}
    for path in described["paths"].values():
        for operation in path.values():
            if not isinstance(operation, dict):
                continue
            for response in operation["responses"].values():
                response.setdefault("headers", {})[REQUEST_ID_HEADER] = header
