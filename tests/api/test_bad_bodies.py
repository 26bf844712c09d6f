"""Bodies that are no proper request: each a problem with a stable code, on every route, and nothing written."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from api.validation import MAX_BODY_BYTES
from identity.orm import Base
from tests import routes
from tests.routes import Operation
from tests.sandbox import Sandbox

JSON_TYPE = "application/json"
DEEP = 10_000
PASSWORDS = ("password", "old_password", "new_password")


@pytest.fixture(scope="module")
def operations(standing_sandbox: Sandbox) -> list[Operation]:
    return routes.posts(standing_sandbox)


@pytest.fixture(autouse=True)
def nothing_is_written(standing_sandbox: Sandbox, operations: list[Operation]) -> Iterator[None]:
    """Compare every table's row count before and after a test."""
    assert operations
    before = counts(standing_sandbox)
    yield
    assert counts(standing_sandbox) == before


def counts(sandbox: Sandbox) -> dict[str, int]:
    with sandbox.parts.database.read() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def refuse_everywhere(
    operations: list[Operation],
    status: int,
    code: str,
    body: bytes,
    content_type: str = JSON_TYPE,
) -> None:
    for one in operations:
        one.caller.refused(status, code, one.method, one.path, data=body, content_type=content_type)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"}",
        b"nonsense",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 1} {"b": 2}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"\x00",
        b'{"a": "\x00"}',
        b'{"a": "\x01"}',
        b"\xff\xfe{\x00}\x00",
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": "\xc3\x28"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\\ud800"}',
        b'{"a": "\\udc00\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"a": "\\u00"}',
        b'{"a": 01}',
        b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}",
        b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        b"[" * 100_000,
    ],
)
def test_a_body_that_is_no_json_is_malformed(operations: list[Operation], body: bytes) -> None:
    refuse_everywhere(operations, 400, "malformed-request", body)


@pytest.mark.parametrize("body", [b"[]", b"[{}]", b"1", b'"text"', b"true", b"null", b"[[[[]]]]"])
def test_a_body_that_is_no_object_is_refused(operations: list[Operation], body: bytes) -> None:
    refuse_everywhere(operations, 422, "validation-failed", body)


def test_a_body_that_says_more_than_asked_is_refused_by_name(operations: list[Operation]) -> None:
    for one in operations:
        problem = one.caller.refused(
            422, "validation-failed", one.method, one.path, json={"is_admin": True, "__proto__": {}}
        )

        assert {"is_admin", "__proto__"} <= set(problem["errors"])


@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 5 * MAX_BODY_BYTES])
def test_a_body_over_256_kib_is_too_large(operations: list[Operation], size: int) -> None:
    body = b'{"a": "' + b"x" * (size - 9) + b'"}'

    refuse_everywhere(operations, 413, "body-too-large", body)


def test_a_body_of_256_kib_is_read(operations: list[Operation]) -> None:
    body = b'{"a": "' + b"x" * (MAX_BODY_BYTES - 9) + b'"}'

    assert len(body) == MAX_BODY_BYTES
    refuse_everywhere(operations, 422, "validation-failed", body)


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "image/png",
        "x",
        "",
    ],
)
def test_a_body_of_another_content_type_is_refused(operations: list[Operation], content_type: str) -> None:
    refuse_everywhere(operations, 415, "unsupported-media-type", b'{"a": 1}', content_type)


@pytest.mark.parametrize("value", [-1, 1.5, 2**63, [[]], [1], {"$ne": ""}, {"a": {"b": {}}}])
def test_a_field_of_a_wrong_type_is_refused_by_name(operations: list[Operation], value: Any) -> None:
    for one in operations:
        for field in fields_of(one):
            errors = refuse_field(one, field, value)

            # A form's own fields are named by their keys alone.
            named = set(value) if field == "values" and isinstance(value, dict) else {field}
            assert {name.partition(".")[0] for name in errors} == named


# What a person tells in their own words may have several lines.
PROSE, TWO_LINES = ("comment",), "line\nbreak"


@pytest.mark.parametrize("value", ["", "\x00", "a\x00b", TWO_LINES, "\x1b[31m", "\x7f", "x" * 100_000])
def test_a_text_that_is_empty_endless_or_has_control_characters_is_refused_by_name(
    operations: list[Operation],
    value: str,
) -> None:
    for one in operations:
        # What was scanned or signed is judged by its reader; a password is only ever compared.
        ours = {"qr_text", "jws", *PASSWORDS, *(PROSE if value == TWO_LINES else ())}
        for field in set(fields_of(one)) - ours:
            errors = refuse_field(one, field, value)

            assert list(errors) == [field]


def refuse_field(operation: Operation, field: str, value: Any) -> dict[str, list[str]]:
    body = example_of(operation) | {field: value}
    problem = operation.caller.refused(422, "validation-failed", "POST", operation.path, json=body)
    errors: dict[str, list[str]] = problem["errors"]
    return errors


def fields_of(operation: Operation) -> list[str]:
    return list(example_of(operation)) if operation.takes_fields else []


def example_of(operation: Operation) -> dict[str, Any]:
    """Return the contract's example of a body."""
    example: dict[str, Any] = operation.described["requestBody"]["content"][JSON_TYPE]["example"]
    return example


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"1" * 400, b"0." + b"1" * 400, b"1e-400"])
def test_numbers_beyond_all_bounds_are_refused(operations: list[Operation], number: bytes) -> None:
    body = b'{"lifetime_seconds": ' + number + b', "position": ' + number + b', "now": ' + number + b"}"

    for one in operations:
        response = one.caller.post(one.path, data=body, content_type=JSON_TYPE)

        assert response.status_code in {400, 422}, (one.path, response.text[:300])


@pytest.mark.parametrize(
    "now",
    [
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
        "1999-12-31T23:59:59Z",
        "2100-01-01T00:00:00Z",
        "2026-11-22T02:00:00",
        "2026-13-01T00:00:00Z",
        "2026-11-22T25:00:00Z",
        "now",
        1795312800,
    ],
)
def test_a_clock_is_not_set_to_times_that_do_not_exist_or_lie_too_far_off(
    standing_sandbox: Sandbox,
    now: Any,
) -> None:
    problem = standing_sandbox.anybody.refused(
        422, "validation-failed", "POST", "/v1/sandbox/clock", json={"now": now}
    )

    assert list(problem["errors"]) == ["now"]


@pytest.mark.parametrize("name", ["json", "query", "is admin", "名称", "a" * 300, "a\nb"])
def test_an_unknown_field_is_named_whatever_it_is_called(standing_sandbox: Sandbox, name: str) -> None:
    problem = standing_sandbox.anybody.refused(
        422, "validation-failed", "POST", "/v1/sandbox/clock", json={name: 1}
    )

    (named,) = problem["errors"]
    assert name.replace("\n", "?").startswith(named)
    assert len(named) <= 100
