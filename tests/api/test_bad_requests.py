"""Paths, queries and headers that make no sense; and what every answer carries."""

from io import BytesIO
from typing import Any

import pytest

from tests import routes
from tests.clients import METADATA
from tests.routes import Operation
from tests.sandbox import Citizen, Sandbox

NOBODYS = "01970000-0000-7000-8000-000000000000"
LISTS = ["/v1/licences", "/v1/access-records", "/v1/verifications"]


@pytest.fixture(scope="module")
def operations(standing_sandbox: Sandbox) -> list[Operation]:
    return routes.gets(standing_sandbox)


@pytest.fixture(scope="module")
def citizen(operations: list[Operation]) -> Citizen:
    (caller,) = [one.caller for one in operations if one.path == "/v1/licences"]
    assert isinstance(caller, Citizen)
    return caller


def lister(operations: list[Operation], path: str) -> Operation:
    (operation,) = [one for one in operations if one.path == path]
    return operation


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/v1",
        "/v1/",
        "/v2/licences",
        "/v1//licences",
        "/v1/licenses",
        "/V1/licences",
        "/v1/licences/%00",
        "/v1/licences/%ff%fe",
        "/v1/licences/%ED%A0%80",
        "/v1/licences/..%2f..%2fetc%2fpasswd",
        "/v1/%2e%2e/openapi.yaml",
        "/static/../app.py",
        "/static/..%2f..%2fapp.py",
        "/docs/../index.html",
        "/docs/index.html",
        "/" + "a" * 10_000,
        "/openapi.yaml/",
        "/v1/services/%00",
        "/v1/services/" + "x" * 5000,
        "/v1/sandbox/registries/nowhere",
    ],
)
def test_a_path_that_leads_nowhere_is_not_found(citizen: Citizen, path: str) -> None:
    response = citizen.get(path)

    assert response.status_code in {404, 405}, response.text[:300]
    assert response.get_json()["code"] in {
        "not-found",
        "service-not-found",
        "licence-not-found",
        "method-not-allowed",
    }
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_only_get_and_post_are_spoken_anywhere(
    operations: list[Operation],
    method: str,
) -> None:
    for one in operations:
        response = one.caller.send(method, one.path)

        assert response.status_code == 405, one.path
        assert response.get_json()["code"] == "method-not-allowed"
        assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize(
    "bad_id",
    [
        "1",
        "0",
        "-1",
        "null",
        "undefined",
        "x",
        NOBODYS + "0",
        NOBODYS[:-1],
        "{" + NOBODYS + "}",
        "*",
        "%20",
        "a'--",
    ],
)
@pytest.mark.parametrize("path", ["/v1/licences/{}", "/v1/show-tokens/{}", "/v1/show-tokens/{}/qr.png"])
def test_an_id_that_is_none_is_not_found(citizen: Citizen, path: str, bad_id: str) -> None:
    citizen.refused(404, "not-found", "GET", path.format(bad_id))


def test_an_id_counts_in_upper_case_too_or_is_not_found_but_never_an_error(citizen: Citizen) -> None:
    licence = citizen.licences()[0]

    response = citizen.get(f"/v1/licences/{licence['id'].upper()}")

    assert response.status_code == 200
    assert response.get_json()["id"] == licence["id"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "limit", ["0", "101", "-1", "x", "", "1.5", "1e2", "9" * 30, "%00", "٣", "1&limit=2"]
)
def test_a_limit_out_of_bounds_is_refused_by_name(
    operations: list[Operation],
    path: str,
    limit: str,
) -> None:
    response = lister(operations, path).caller.get(f"{path}?limit={limit}")

    if response.status_code != 200:
        assert (response.status_code, list(response.get_json()["errors"])) == (422, ["limit"])
    else:
        assert limit in {"٣", "1&limit=2"}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("cursor", ["x", "1", NOBODYS[:-1], "%00", "%ED%A0%80", "' OR 1=1", "e30="])
def test_a_cursor_that_is_none_is_refused_by_name(
    operations: list[Operation],
    path: str,
    cursor: str,
) -> None:
    one = lister(operations, path)

    problem = one.caller.refused(422, "validation-failed", "GET", f"{path}?cursor={cursor}")

    assert list(problem["errors"]) == ["cursor"]


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_of_something_that_is_gone_never_begins_again(
    operations: list[Operation],
    path: str,
) -> None:
    response = lister(operations, path).caller.get(f"{path}?cursor={NOBODYS}")

    if response.status_code == 200:
        # Newest first, by ids that are ordered in time: nothing is older than this one.
        assert response.get_json()["items"] == []
    else:
        assert list(response.get_json()["errors"]) == ["cursor"]


@pytest.mark.parametrize("query", ["kind=NOTHING", "status=lost", "kind=", "status=%00"])
def test_a_filter_that_is_none_is_refused_by_name(citizen: Citizen, query: str) -> None:
    problem = citizen.refused(422, "validation-failed", "GET", f"/v1/licences?{query}")

    assert list(problem["errors"]) == [query.partition("=")[0]]


@pytest.mark.parametrize(
    ("languages", "title", "language"),
    [
        (None, "不存在", "zh-CN"),
        ("", "不存在", "zh-CN"),
        ("en", "Not found", "en"),
        ("en-GB, en;q=0.9", "Not found", "en"),
        ("zh-CN, en;q=0.5", "不存在", "zh-CN"),
        ("zh-TW", "不存在", "zh-CN"),
        ("en;q=0.3, zh;q=0.9", "不存在", "zh-CN"),
        ("fr, de;q=0.8", "不存在", "zh-CN"),
        ("fr, en;q=0.1", "Not found", "en"),
        ("*", "不存在", "zh-CN"),
        ("en;q=nonsense", None, None),
        ("\x00;;;,,,=" * 100, None, None),
        ("é", None, None),
    ],
)
def test_a_refusal_speaks_the_callers_language_and_chinese_by_default(
    standing_sandbox: Sandbox,
    languages: str | None,
    title: str | None,
    language: str | None,
) -> None:
    headers = {} if languages is None else {"Accept-Language": languages}

    response = standing_sandbox.anybody.get("/nowhere", headers=headers)

    assert response.status_code == 404
    if title is not None:
        assert (response.get_json()["title"], response.headers["Content-Language"]) == (title, language)


@pytest.mark.parametrize("sent", ["abc", "A.b_c-9", "0197", "x" * 64])
def test_a_sane_request_id_is_echoed(standing_sandbox: Sandbox, sent: str) -> None:
    for path in ("/v1/themes", "/nowhere", "/v1/account", "/healthz"):
        response = standing_sandbox.anybody.get(path, headers={"X-Request-ID": sent})

        assert response.headers["X-Request-ID"] == sent


@pytest.mark.parametrize(
    "sent", [None, "", " ", "a b", "x" * 65, "a\tb", "<script>", "é", '{"a":1}', "a;b", "\x00"]
)
def test_any_other_request_id_is_replaced(standing_sandbox: Sandbox, sent: str | None) -> None:
    headers = {} if sent is None else {"X-Request-ID": sent}

    first = standing_sandbox.anybody.get("/nowhere", headers=headers)
    second = standing_sandbox.anybody.get("/nowhere", headers=headers)

    ids = [response.headers["X-Request-ID"] for response in (first, second)]
    assert len(ids[0]) == 36
    assert sent not in ids
    assert ids[0] != ids[1]
    assert first.get_json()["request_id"] == ids[0]


def test_every_answer_says_how_it_may_be_used(operations: list[Operation]) -> None:
    for one in operations:
        response = one.caller.get(one.path)

        assert response.status_code == (200 if one.exists else 404), (one.path, response.text[:300])
        headers = response.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        open_to_all = one.path.startswith(("/v1/status-lists/", METADATA))
        assert open_to_all or headers["Cache-Control"] in {"private, no-cache", "no-store"}
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert not {"Set-Cookie", "Access-Control-Allow-Origin"} & set(headers.keys())


def test_a_refusal_has_every_member_that_the_contract_promises(standing_sandbox: Sandbox) -> None:
    problem = standing_sandbox.anybody.get("/nowhere").get_json()

    assert set(problem) == {"type", "title", "status", "detail", "code", "request_id", "errors"}
    assert problem["type"] == "urn:liangzheng:problem:not-found"
    assert (problem["status"], problem["errors"]) == (404, None)


def test_a_body_past_the_limit_is_too_large_also_when_it_does_not_say_its_length(citizen: Citizen) -> None:
    body = b'{"code": "' + b"a" * (256 * 1024) + b'"}'

    response = citizen.post(
        "/v1/sessions",
        input_stream=BytesIO(body),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )

    assert (response.status_code, response.get_json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/verifications", {}),
        ("/v1/verifications/offline-batch", {"items": []}),
        (
            "/v1/verifications/offline-batch",
            {"items": [{"qr_text": "x", "scanned_at": "0001-01-01T00:00:00Z"}]},
        ),
    ],
)
def test_what_is_wrong_with_a_scan_is_said_in_the_callers_language(
    standing_sandbox: Sandbox,
    path: str,
    body: dict[str, Any],
) -> None:
    officer = standing_sandbox.staff()

    said = {
        language: officer.send("POST", path, json=body, headers={"Accept-Language": language}).get_json()[
            "errors"
        ]
        for language in ("zh-CN", "en")
    }

    (zh,), (en,) = ([*errors.values()] for errors in said.values())
    assert not zh[0].isascii()
    assert en[0].isascii()
