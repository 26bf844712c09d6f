"""Holds answers against openapi.yaml: what the contract does not declare, fails the test that met it."""

import re
from functools import cache
from typing import Any

import yaml
from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.paths import ROOT

PROBLEM = "application/problem+json"
PAGES = ("/docs", "/demo", "/verify", "/static", "/openapi.json")


@cache
def contract() -> dict[str, Any]:
    """Return openapi.yaml."""
    # The reader in C: the one in Python takes ten seconds of every worker.
    document: dict[str, Any] = yaml.load((ROOT / "openapi.yaml").read_bytes(), yaml.CSafeLoader)
    return document


def check(app: Flask, response: TestResponse) -> None:
    """Fail unless the contract declares this answer."""
    request = response.request
    operation = _operation(app, request.method, request.path)
    status = str(response.status_code)
    if operation is None:
        assert status in {"200", "304", "404", "405", "413", "429"}, (request.path, status)
        return
    if status == "304":
        return
    declared = operation["responses"].get(status)
    if declared is None:
        body = response.get_json() or {}
        assert body.get("code") in contract()["x-problem-codes-everywhere"], (request.path, status, body)
        assert status != "500", (request.path, body)
        return
    _check_content(declared, response)


def errors_of(schema: dict[str, Any], instance: Any) -> list[str]:
    """Return how an instance breaks a schema of the contract."""
    return [error.message for error in _validator(repr(schema), _Frozen(schema)).iter_errors(instance)]


def _check_content(declared: dict[str, Any], response: TestResponse) -> None:
    content = declared.get("content", {})
    assert response.mimetype in content, (response.request.path, response.mimetype, list(content))
    if not (response.mimetype or "").endswith("json"):
        return
    errors = errors_of(content[response.mimetype].get("schema", {}), response.get_json())
    assert not errors, (response.request.path, response.status_code, errors)


class _Frozen:
    """Lets a schema be a cache's key by its text alone."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen)

    def __hash__(self) -> int:
        return 0


@cache
def _validator(_text: str, frozen: _Frozen) -> Draft202012Validator:
    schema = frozen.schema | {"components": contract()["components"]}
    return Draft202012Validator(schema, format_checker=FormatChecker())


def _operation(app: Flask, method: str, path: str) -> dict[str, Any] | None:
    try:
        rule, _ = app.url_map.bind("localhost").match(path, method, return_rule=True)
    except HTTPException:
        return None
    template = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
    if template == "/" or template.startswith(PAGES):
        return None
    operation: dict[str, Any] = contract()["paths"][template][method.lower()]
    return operation
