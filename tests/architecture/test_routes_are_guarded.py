"""Who may call what (DESIGN.md section 3). A route that nobody thought about must not be open."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.routing import Rule

from api.guards import CitizenOf, Guard, MaybeCitizen, Public, StaffWith
from tests.sandbox import Sandbox

# For who runs it and who looks: no part of /v1, nothing of anybody's data.
OPERATIONS = {"/healthz", "/readyz", "/metrics"}
PAGES = {
    "/",
    "/demo",
    "/verify",
    "/verify/words.json",
    "/verify/worker.js",
    "/docs",
    "/docs/<string:name>",
    "/openapi.json",
    "/static/<path:name>",
}
OPEN = {
    "/v1/consent-texts",
    "/v1/licence-kinds",
    "/v1/services",
    "/v1/services/<string:code>",
    "/v1/themes",
    "/v1/forms",
    "/v1/forms/<string:code>",
    "/v1/bundles",
    "/v1/bundles/<string:code>",
    "/v1/guides",
    "/v1/hot-services",
    "/v1/services/<string:code>/reviews",
    "/v1/review-statistics",
    "/.well-known/jwks.json",
    "/.well-known/oauth-authorization-server",
    "/v1/status-lists/<string:list_id>",
    # Published so that nobody, we included, can take it back.
    "/v1/audit/anchors",
}
LOGINS = {"/v1/sessions", "/v1/staff/sessions", "/v1/oauth/token"}
# The body proves by its signature who sent it.
SIGNED = {"/v1/registry-events"}
# A question answered before login: nothing is kept of it.
ASKED = {"/v1/guides/<string:code>/answers"}
LEVEL_2 = ("/v1/wallet/", "/v1/licences", "/v1/show-tokens", "/v1/access-records", "/v1/drafts", "/v1/cases")

Route = tuple[str, str, Callable[..., Any]]


@pytest.fixture
def routes(sandbox: Sandbox) -> list[Route]:
    views = sandbox.app.view_functions
    return [(_method(rule), rule.rule, views[rule.endpoint]) for rule in sandbox.app.url_map.iter_rules()]


def test_every_route_names_its_guard(routes: list[Route]) -> None:
    unguarded = {rule for _, rule, view in routes if not isinstance(getattr(view, "guard", None), Guard)}

    assert len(routes) > len(unguarded)
    assert unguarded <= OPERATIONS | PAGES


def test_what_nobody_has_to_log_in_for_is_what_the_design_lists(routes: list[Route]) -> None:
    public = {
        (method, rule)
        for method, rule, view in routes
        if isinstance(_guard(view), Public | MaybeCitizen) and not rule.startswith("/v1/sandbox/")
    }

    assert public <= {("GET", rule) for rule in OPEN} | {("POST", rule) for rule in LOGINS | ASKED | SIGNED}


def test_wallet_and_showing_need_a_real_name(routes: list[Route]) -> None:
    levels = {(method, rule): _guard(view) for method, rule, view in routes if rule.startswith(LEVEL_2)}

    assert levels
    assert {
        route for route, guard in levels.items() if not (isinstance(guard, CitizenOf) and guard.level >= 2)
    } == set()


def test_verifying_needs_the_permission_to_verify(routes: list[Route]) -> None:
    guards = {_guard(view) for _, rule, view in routes if rule.startswith("/v1/verifications")}

    assert {guard.permission for guard in guards if isinstance(guard, StaffWith)} == {"verify"}
    assert all(isinstance(guard, StaffWith) for guard in guards)


def test_only_get_and_post_are_spoken(routes: list[Route]) -> None:
    methods = {method for method, _, _ in routes}

    assert methods == {"GET", "POST"}


def _guard(view: Callable[..., Any]) -> Guard | None:
    return getattr(view, "guard", None)


def _method(rule: Rule) -> str:
    (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
    return method
