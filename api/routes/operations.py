"""For who runs it: is it alive, is it ready, how is it doing. Plain Flask: no part of the contract's /v1."""

import hmac
from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api import examples
from api.blueprint import services
from api.errors import Unauthenticated
from api.migrating import is_current
from api.observability import metrics_page
from api.problems.table import problem_of
from identity.crypto.keyring import KeyRingError

blp = Blueprint("operations", __name__)


@blp.get("/healthz")
def healthz() -> Response:
    """Answer at all."""
    return jsonify(status="ok")


@blp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Tell whether database, migrations and keys are fit to serve."""
    checks = {"database": _database_answers(), "migrations": False, "keys": _keys_are_there()}
    if checks["database"]:
        checks["migrations"] = is_current(services().database)
        # Whoever comes next finds the catalogue read, and its index begun.
        services().catalogue.current()
    ready = all(checks.values())
    return jsonify(status="ready" if ready else "not ready", checks=checks), 200 if ready else 503


@blp.get("/metrics")
def metrics() -> Response:
    """Return the Prometheus page; in production only to who knows METRICS_TOKEN."""
    token = services().config.metrics_token
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not hmac.compare_digest(sent.encode(), token.encode()):
        raise Unauthenticated
    body, content_type = metrics_page()
    return Response(body, content_type=content_type)


def _database_answers() -> bool:
    try:
        with services().database.read() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _keys_are_there() -> bool:
    try:
        for ring in services().rings.values():
            ring.require_readable()
    except KeyRingError:
        return False
    return True


def spec() -> dict[str, Any]:
    """Return what openapi.yaml says of these routes."""
    checks = {
        "type": "object",
        "required": ["status"],
        "properties": {
            "status": {"type": "string"},
            "checks": {"type": "object", "additionalProperties": {"type": "boolean"}},
        },
    }
    return {
        "/healthz": _operation("healthz", "存活检查", "Alive", checks, {"status": "ok"}),
        "/readyz": _operation("readyz", "就绪检查", "Ready", checks, {"status": "ready"}, not_ready=True),
        "/metrics": _operation("metrics", "监控指标", "Metrics", None, None),
    }


def _operation(
    name: str,
    zh: str,
    en: str,
    schema: dict[str, Any] | None,
    example: dict[str, Any] | None,
    *,
    not_ready: bool = False,
) -> dict[str, Any]:
    content = (
        {"application/json": {"schema": schema, "example": example}}
        if schema
        else {"text/plain": {"schema": {"type": "string"}, "example": "# HELP …"}}
    )
    responses: dict[str, Any] = {"200": {"description": "OK", "content": content}}
    if not_ready:
        responses["503"] = {"description": "Not ready", "content": content}
    if schema is None:
        problem = {
            "schema": {"$ref": "#/components/schemas/Problem"},
            "example": examples.of_problem(problem_of(Unauthenticated)),
        }
        content_401 = {"application/problem+json": problem}
        responses["401"] = {"description": "unauthenticated", "content": content_401}
    operation = {
        "operationId": name,
        "tags": ["operations"],
        "security": [],
        "summary": f"{zh} · {en}",
        "x-summary-zh": zh,
        "x-summary-en": en,
        "responses": responses,
    }
    return {"get": operation}
