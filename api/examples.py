"""Examples in openapi.yaml: one for every request and answer, by the name of its schema.

They were taken from a running sandbox; a test holds each against its schema.
"""

import json
from functools import cache
from importlib import resources
from typing import Any

import marshmallow as ma

from api.problems.problem import Problem

REQUEST_ID = "0197a1b2-6c1e-7a40-9b7e-2f5d0c3e8a11"


def of(schema: type[ma.Schema]) -> Any:
    """Return the example of a schema. Raises KeyError when nobody wrote one."""
    return _all()[schema.__name__]


def of_problem(problem: Problem) -> dict[str, Any]:
    """Return a problem as it is answered in Chinese."""
    failed = problem.code == "validation-failed"
    example = {
        "type": problem.type,
        "title": problem.title.zh,
        "status": problem.status,
        "detail": problem.detail and problem.detail.zh,
        "code": problem.code,
        "request_id": REQUEST_ID,
        "errors": {"id_number": ["证件号码校验位不正确，请核对"]} if failed else None,
    }
    return example | ({"required_level": 2} if problem.code == "assurance-level-required" else {})


@cache
def _all() -> dict[str, Any]:
    source = resources.files("api") / "examples.json"
    examples: dict[str, Any] = json.loads(source.read_bytes())
    return examples
