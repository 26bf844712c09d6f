"""Search understands how people type: everyday words, pinyin, initials, one slip, traditional characters."""

import json
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotservices.catalogue import Service, shipped
from hotservices.search.searching import Finder, Order, Search, shipped_finder
from tests.paths import ROOT

QUERIES = json.loads((ROOT / "tests/hotservices/data/search_queries.json").read_bytes())
LEAST_SHARE = 0.95
FIRST = 3
CODES = sorted(shipped().services)
typed = st.text(max_size=100) | st.sampled_from([row["query"] for row in QUERIES])


@pytest.fixture(scope="module")
def search() -> Finder:
    return shipped_finder()


def found(search: Finder, text: str) -> list[str]:
    return [service.code for service in search.find(shipped(), Search(text=text))]


def misses(search: Finder) -> dict[str, list[str]]:
    """Return the queries whose first results hold nothing that was expected, by kind."""
    missed = defaultdict(list)
    for row in QUERIES:
        if not set(found(search, row["query"])[:FIRST]) & set(row["expected"]):
            missed[row["kind"]].append(row["query"])
    return missed


def test_95_of_100_queries_have_an_expected_service_among_the_first_three(
    search: Finder, capsys: pytest.CaptureFixture[str]
) -> None:
    missed = misses(search)

    count = sum(map(len, missed.values()))
    with capsys.disabled():
        print(f"\n{len(QUERIES) - count} of {len(QUERIES)} queries hold; missed: {dict(missed)}")
    assert len(QUERIES) >= 150
    assert count <= (1 - LEAST_SHARE) * len(QUERIES)


def test_no_kind_of_query_is_left_behind(search: Finder) -> None:
    kinds: dict[str, int] = defaultdict(int)
    for row in QUERIES:
        kinds[row["kind"]] += 1

    shares = {kind: 1 - len(queries) / kinds[kind] for kind, queries in misses(search).items()}

    assert {kind: share for kind, share in shares.items() if share < 0.8} == {}


@pytest.mark.parametrize(
    "query", ["公积金提取", "取公积金", "gjj", "gongjijin", "gong ji jin", "GJJ", "gongjj"]
)
def test_a_service_is_found_however_its_name_is_typed(search: Finder, query: str) -> None:
    first = search.find(shipped(), Search(text=query))[:FIRST]

    assert {service.theme for service in first} == {"我要办公积金"}


@pytest.mark.parametrize("service", list(shipped().services.values()), ids=lambda service: str(service.code))
def test_every_service_is_found_by_its_whole_name_and_by_its_code(search: Finder, service: Service) -> None:
    by_name = found(search, service.name)
    by_code = found(search, service.code)

    assert service.code in by_name[:FIRST]
    assert by_code == [service.code]


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [("駕駛證換證", "驾驶证换证"), ("護照", "护照"), ("無犯罪記錄證明", "无犯罪记录证明"), ("ＧＪＪ", "gjj")],
)
def test_traditional_and_full_width_characters_find_the_same(
    search: Finder, traditional: str, simplified: str
) -> None:
    assert found(search, traditional) == found(search, simplified)


@pytest.mark.parametrize("nonsense", ["😀", "((((.*", "%_'\";--", "qwxvvw", "asdfgh", "\\", "？！", "ᚠᛇᚻ"])
def test_what_means_nothing_finds_nothing(search: Finder, nonsense: str) -> None:
    assert found(search, nonsense) == []


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_without_a_text_all_services_come_in_catalogue_order(search: Finder, blank: str | None) -> None:
    assert [service.code for service in search.find(shipped(), Search(text=blank))] == list(
        shipped().services
    )


@given(text=typed, theme=st.sampled_from([None, "我要开车"]), audience=st.sampled_from([None, "enterprise"]))
def test_every_hit_is_what_the_filters_ask_for_and_none_comes_twice(
    text: str, theme: str | None, audience: str | None
) -> None:
    hits = shipped_finder().find(shipped(), Search(text=text, theme=theme, audience=audience))

    codes = [service.code for service in hits]
    assert len(codes) == len(set(codes))
    assert all(theme in {None, service.theme} for service in hits)
    assert all(audience is None or service.audience in {audience, "both"} for service in hits)


@given(text=typed)
def test_the_same_search_gives_the_same_order(text: str) -> None:
    assert found(shipped_finder(), text) == found(shipped_finder(), text)


@given(text=typed, order=st.lists(st.sampled_from(CODES), unique=True))
def test_an_order_handed_in_changes_the_order_alone(text: str, order: list[str]) -> None:
    plain = found(shipped_finder(), text)

    ordered = [
        service.code for service in shipped_finder().find(shipped(), Search(text=text), lambda: Order(order))
    ]

    assert set(ordered) == set(plain)


def test_among_equal_matches_the_order_handed_in_comes_before_popularity(search: Finder) -> None:
    plain = found(search, "身份证")
    wanted = "SVC0092"

    ordered = [
        service.code for service in search.find(shipped(), Search(text="身份证"), lambda: Order([wanted]))
    ]

    assert plain[0] != wanted
    assert ordered == [wanted, *(code for code in plain if code != wanted)]


def test_a_better_match_stays_before_what_the_person_uses_most(search: Finder) -> None:
    used = "SVC0074"

    ordered = [
        service.code for service in search.find(shipped(), Search(text="公积金余额"), lambda: Order([used]))
    ]

    assert ordered[0] == "SVC0079"


def test_the_order_is_not_asked_for_where_there_is_nothing_to_part(search: Finder) -> None:
    def order() -> Order:
        raise AssertionError

    hits = search.find(shipped(), Search(text="SVC0072"), order)

    assert [service.code for service in hits] == ["SVC0072"]
