"""GET /v1/services: what a front end's search box sends, and what else may arrive."""

from dataclasses import replace
from urllib.parse import quote

import pytest

from api import search_pages
from api.routes.services import HOT_LIST_LENGTH
from hotservices.catalogue import shipped
from hotservices.search.searching import Order
from tests.sandbox import JSON, Sandbox, words


def search(sandbox: Sandbox, query: str, **others: str) -> list[JSON]:
    """Return the services found before login."""
    asked = {"q": query, "limit": "100"} | others
    path = "/v1/services?" + "&".join(f"{name}={quote(value)}" for name, value in asked.items())
    items: list[JSON] = sandbox.anybody.expect(200, "GET", path)["items"]
    return items


@pytest.mark.parametrize(
    "query", ["公积金提取", "取公积金", "gjj", "gongjijin", "gonjijin", "公基金提取", "公積金提取"]
)
def test_the_housing_fund_is_found_however_it_is_typed(sandbox: Sandbox, query: str) -> None:
    items = search(sandbox, query)

    assert {item["theme"] for item in items[:3]} == {"我要办公积金"}


def test_filters_narrow_what_is_found(sandbox: Sandbox) -> None:
    by_theme = search(sandbox, "补贴", theme="助残服务")
    by_department = search(sandbox, "补贴", department="民政局")
    by_audience = search(sandbox, "补贴", audience="enterprise")

    assert set(words(by_theme, "theme")) == {"助残服务"}
    assert set(words(by_department, "department")) == {"民政局"}
    assert set(words(by_audience, "audience")) <= {"enterprise", "both"}


def test_all_23_themes_can_be_asked_for(sandbox: Sandbox) -> None:
    themes = sandbox.anybody.expect(200, "GET", "/v1/themes")["items"]

    counts = {theme["name"]: len(search(sandbox, " ", theme=theme["name"])) for theme in themes}

    assert len(themes) == 23
    assert counts == {theme["name"]: theme["service_count"] for theme in themes}


def test_pages_follow_each_other_without_gap_or_repeat(sandbox: Sandbox) -> None:
    whole = words(search(sandbox, "社保"), "code")
    pages, cursor = [], ""

    while True:
        answer = sandbox.anybody.expect(200, "GET", f"/v1/services?q={quote('社保')}&limit=5{cursor}")
        pages += words(answer["items"], "code")
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"

    assert pages == whole
    assert len(whole) > 5


def test_what_is_used_between_two_pages_makes_no_service_come_twice_or_never(sandbox: Sandbox) -> None:
    citizen, path = sandbox.citizen("zhang-wei"), f"/v1/services?q={quote('补贴')}"
    whole = words(citizen.expect(200, "GET", f"{path}&limit=100")["items"], "code")
    pages, cursor = [], ""

    while True:
        answer = citizen.expect(200, "GET", f"{path}&limit=5{cursor}")
        pages += words(answer["items"], "code")
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
        for code in (pages[-1], whole[-1]):
            citizen.expect(200, "GET", f"/v1/services/{code}")

    assert pages == whole
    assert len(whole) > 10


def test_the_longest_cursor_that_is_given_out_is_taken_back() -> None:
    (service, *_), codes = shipped().services.values(), [f"{n:032}" for n in range(HOT_LIST_LENGTH)]
    found = [replace(service, code=code) for code in codes]

    written = search_pages._written(codes[-1], Order(codes), found)

    assert search_pages._read(written) == (codes[-1], Order(tuple(codes)))
    assert len(written) <= search_pages.MAX_CURSOR_CHARACTERS


@pytest.mark.parametrize(
    "cursor", ["SVC9999", "bm9uc2Vuc2U", "W10", "WzEsMiwzXQ", "WyJTVkM5OTk5IixbXSx0cnVlXQ"]
)
def test_a_cursor_of_no_list_is_refused_by_name(sandbox: Sandbox, cursor: str) -> None:
    path = f"/v1/services?q={quote('补贴')}&cursor={cursor}"

    problem = sandbox.anybody.refused(422, "validation-failed", "GET", path)

    assert list(problem["errors"]) == ["cursor"]


@pytest.mark.parametrize("query", ["😀", "' OR '1'='1' --", "(((.*+?[", "%", "_", "\\", "<script>", "100%"])
def test_signs_that_mean_something_elsewhere_mean_nothing_here(sandbox: Sandbox, query: str) -> None:
    everything = sandbox.anybody.expect(200, "GET", "/v1/services?limit=100")

    items = search(sandbox, query)

    assert everything["next_cursor"] is not None
    assert len(items) < 100


@pytest.mark.parametrize("query", ["a" * 101, "公" * 1000, "a\x00b", "a\nb"])
def test_a_text_too_long_or_unprintable_is_refused_by_name(sandbox: Sandbox, query: str) -> None:
    problem = sandbox.anybody.refused(422, "validation-failed", "GET", f"/v1/services?q={quote(query)}")

    assert set(problem["errors"]) == {"q"}


def test_among_equal_matches_a_persons_own_list_decides(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    path = f"/v1/services?q={quote('身份证')}"
    before = words(citizen.expect(200, "GET", path)["items"], "code")

    citizen.expect(200, "POST", "/v1/services/SVC0092/favourite", json={"on": True})

    after = words(citizen.expect(200, "GET", path)["items"], "code")
    assert before[0] != "SVC0092"
    assert after[0] == "SVC0092"
    assert set(after) == set(before)


def test_among_equal_matches_what_a_person_uses_comes_first(sandbox: Sandbox) -> None:
    citizen, path = sandbox.log_in("zhang-wei"), f"/v1/services?q={quote('补贴')}"
    before = words(citizen.expect(200, "GET", path)["items"], "code")

    event = {"id": "one", "service_code": "SVC0148", "action": "apply"}
    citizen.expect(202, "POST", "/v1/service-events", json={"events": [event]})

    after = words(citizen.expect(200, "GET", path)["items"], "code")
    assert before[0] != "SVC0148"
    assert after[0] == "SVC0148"
    assert set(after) == set(before)


def test_a_hidden_service_is_still_found_by_who_searches_for_it(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.expect(200, "POST", "/v1/services/SVC0105/hide", json={"on": True})

    items = citizen.expect(200, "GET", f"/v1/services?q={quote('养狗证')}")["items"]

    assert items[0]["code"] == "SVC0105"


def test_a_bad_token_is_refused_and_none_is_needed(sandbox: Sandbox) -> None:
    bad = {"Authorization": "Bearer a.b.c"}

    sandbox.anybody.refused(401, "unauthenticated", "GET", "/v1/services?q=gjj", headers=bad)

    assert search(sandbox, "gjj")


@pytest.mark.parametrize("blank", ["", "%20%20"])
def test_an_empty_text_narrows_nothing(sandbox: Sandbox, blank: str) -> None:
    everything = sandbox.anybody.expect(200, "GET", "/v1/services?limit=100")

    found = sandbox.anybody.expect(200, "GET", f"/v1/services?limit=100&q={blank}")

    assert words(found["items"], "code") == words(everything["items"], "code")
