"""The catalogue of services: complete, consistent, and found by what people type."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotservices.catalogue import Popularity, Service, shipped
from hotservices.errors import ServiceNotFound
from hotservices.search.searching import Search, shipped_finder
from wallet.kinds import all_kinds

SERVICES = list(shipped().services.values())


def test_there_are_279_services_in_23_themes() -> None:
    assert len(SERVICES) == 279
    assert len(shipped().themes) == 23
    assert sum(theme.service_count for theme in shipped().themes) == 279


def test_a_theme_counts_its_own_services() -> None:
    for theme in shipped().themes:
        assert len(shipped_finder().find(shipped(), Search(theme=theme.name))) == theme.service_count


def test_192_services_are_for_people_77_for_enterprises_10_for_both() -> None:
    assert Counter(service.audience for service in SERVICES) == {
        "personal": 192,
        "enterprise": 77,
        "both": 10,
    }


def test_sixteen_services_are_on_a_portals_own_hot_list() -> None:
    assert sum(service.listed for service in SERVICES) == 16


def test_services_ask_for_licence_kinds_that_exist() -> None:
    asked_for = {kind for service in SERVICES for kind in service.requires}

    assert asked_for <= set(all_kinds())


def test_a_service_is_got_by_its_code() -> None:
    assert [shipped().get(service.code) for service in SERVICES] == SERVICES
    assert all(service.popularity in Popularity for service in SERVICES)


@pytest.mark.parametrize("code", ["", "SVC9999", "svc0001", "SVC0001 "])
def test_a_code_that_no_service_has_is_not_found(code: str) -> None:
    with pytest.raises(ServiceNotFound):
        shipped().get(code)


def test_an_empty_search_finds_everything_in_catalogue_order() -> None:
    assert shipped_finder().find(shipped(), Search()) == SERVICES
    assert shipped_finder().find(shipped(), Search(text="  ")) == SERVICES


@given(st.sampled_from(SERVICES))
def test_a_service_is_found_by_its_name_and_by_each_of_its_keywords(service: Service) -> None:
    for text in (service.name, *service.keywords, service.name.upper()):
        assert service in shipped_finder().find(shipped(), Search(text=text))


@given(st.sampled_from(SERVICES))
def test_a_service_is_found_by_all_of_its_marks_together(service: Service) -> None:
    search = Search(service.name, service.theme, service.audience, service.department)

    assert service in shipped_finder().find(shipped(), search)


@given(st.sampled_from(SERVICES), st.sampled_from(SERVICES))
def test_every_mark_narrows(service: Service, other: Service) -> None:
    by_theme = set(shipped_finder().find(shipped(), Search(theme=other.theme)))
    by_department = set(shipped_finder().find(shipped(), Search(department=service.department)))

    assert set(
        shipped_finder().find(shipped(), Search(theme=other.theme, department=service.department))
    ) == (by_theme & by_department)


@pytest.mark.parametrize("audience", ["personal", "enterprise"])
def test_services_for_both_are_found_for_either(audience: str) -> None:
    found = {service.audience for service in shipped_finder().find(shipped(), Search(audience=audience))}

    assert found == {audience, "both"}


@given(st.text(max_size=30))
def test_no_text_makes_the_search_stumble(text: str) -> None:
    assert set(shipped_finder().find(shipped(), Search(text=text))) <= set(SERVICES)
