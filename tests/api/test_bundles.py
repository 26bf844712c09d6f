"""GET /v1/bundles: the steps of an event in life, and how far one is."""

import pytest

from tests.sandbox import JSON, Caller, Sandbox, words


def held(bundle: JSON) -> dict[str, bool | None]:
    """Return which kinds a bundle asks for, and whether they are held."""
    return {need["kind"]: need["held"] for step in bundle["steps"] for need in step["requires"]}


def test_anybody_reads_13_bundles_whose_steps_are_in_order(sandbox: Sandbox) -> None:
    items = sandbox.anybody.expect(200, "GET", "/v1/bundles")["items"]

    assert len(items) == 13
    for bundle in items:
        assert words(bundle["steps"], "order") == list(range(1, len(bundle["steps"]) + 1))
        assert set(held(bundle).values()) <= {None}
        assert set(words(bundle["steps"], "done")) == {None}


def test_one_bundle_reads_as_it_does_in_the_list(sandbox: Sandbox) -> None:
    items = sandbox.anybody.expect(200, "GET", "/v1/bundles")["items"]

    alone = [sandbox.anybody.expect(200, "GET", f"/v1/bundles/{code}") for code in words(items, "code")]

    assert alone == items


def test_a_step_names_its_service_and_the_department(sandbox: Sandbox) -> None:
    bundle = sandbox.anybody.expect(200, "GET", "/v1/bundles/NEWBORN")

    assert bundle["lead"] == "卫生健康局"
    assert bundle["steps"][2]["service"] == {"code": "SVC0094", "name": "出生登记", "department": "公安局"}


def test_with_a_wallet_a_bundle_says_what_is_held_and_what_is_not(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    kinds = {licence["kind"] for licence in citizen.licences() if licence["showable"]}

    bundle = citizen.expect(200, "GET", "/v1/bundles/NEWBORN")

    assert held(bundle)["ID_CARD"] is True
    assert held(bundle) == {kind: kind in kinds for kind in held(bundle)}


def test_without_a_real_name_nothing_is_known(sandbox: Sandbox) -> None:
    bundle = sandbox.log_in("zhang-wei").expect(200, "GET", "/v1/bundles/NEWBORN")

    assert set(held(bundle).values()) == {None}


@pytest.mark.parametrize("code", ["newborn", "NOTHING", "%00", "'"])
def test_another_code_is_not_found(sandbox: Sandbox, code: str) -> None:
    response = sandbox.anybody.get(f"/v1/bundles/{code}")

    assert response.status_code == 404


def test_a_bundle_that_is_not_there_says_so(sandbox: Sandbox) -> None:
    sandbox.anybody.refused(404, "bundle-not-found", "GET", "/v1/bundles/NOTHING")


def test_a_bad_token_is_refused(sandbox: Sandbox) -> None:
    stranger = Caller(sandbox.app, "a.b.c")

    stranger.refused(401, "unauthenticated", "GET", "/v1/bundles")
    stranger.refused(401, "unauthenticated", "GET", "/v1/bundles/NEWBORN")
