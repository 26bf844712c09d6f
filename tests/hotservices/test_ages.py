"""What is for people of an age is shown to them in true words; what they are past comes last, and is not lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotservices.ages import groups, last_for, meant_for
from hotservices.catalogue import shipped
from hotservices.hot_list import hot_list
from hotservices.hot_reasons import HeldLicence, HotService, Person, ReasonCode
from tests.hotservices.test_hot_list_merged import TODAY

ALLOWANCE, CERTIFICATE, TO_DRIVE, UNEMPLOYMENT = "SVC0069", "SVC0071", "SVC0020", "SVC0054"
IDENTITY = HeldLicence("ID_CARD", "居民身份证", None, showable=True)
CARD = HeldLicence("SOCIAL_SECURITY_CARD", "社会保障卡", None, showable=True)
LICENCE = HeldLicence("DRIVING_LICENCE", "机动车驾驶证", None, showable=True)


def whole(person: Person) -> list[HotService]:
    return hot_list(shipped(), person, TODAY, 1_000)


def of_age(person: Person) -> list[str]:
    return [item.service.code for item in whole(person) if item.reason.code is ReasonCode.AGE]


def test_every_group_speaks_of_services_that_are_there() -> None:
    for group in groups():
        assert len(shipped().known(group.services)) == len(group.services)
        assert group.last <= shipped().services.keys()
        assert bool(group.services) == (group.words is not None)


@pytest.mark.parametrize(
    ("age", "codes"),
    [
        (17, []),
        (18, [TO_DRIVE]),
        (25, [TO_DRIVE]),
        (26, []),
        (59, []),
        (60, [CERTIFICATE]),
        (79, [CERTIFICATE]),
        (80, [ALLOWANCE, CERTIFICATE]),
    ],
)
def test_an_age_begins_and_ends_on_a_birthday(age: int, codes: list[str]) -> None:
    found = of_age(Person([], age=age))

    assert [code for code in found if code in {TO_DRIVE, CERTIFICATE, ALLOWANCE}] == codes


def test_who_has_the_licence_is_not_told_that_they_may_apply_for_it() -> None:
    assert of_age(Person([LICENCE], age=20)) == []


def test_an_enterprise_and_who_is_not_known_have_no_age() -> None:
    assert of_age(Person([CARD], for_enterprise=True)) == of_age(Person()) == []


def test_the_citizen_of_78_is_not_offered_unemployment_benefit_for_her_card() -> None:
    young, old = (whole(Person([IDENTITY, CARD], age=age)) for age in (30, 78))

    def place(items: list[HotService]) -> int:
        return [item.service.code for item in items].index(UNEMPLOYMENT)

    assert young[place(young)].reason.code is ReasonCode.LICENCE_HELD
    assert old[place(old)].reason.code is not ReasonCode.LICENCE_HELD
    assert {item.service.code for item in old[-len(last_for(78)) :]} == last_for(78)


def test_who_is_young_is_not_offered_what_pensioners_need_for_a_household_register() -> None:
    register = HeldLicence("HOUSEHOLD_REGISTER", "居民户口簿", None, showable=True)

    young, old = (
        {item.service.code for item in whole(Person([IDENTITY, register], age=age))[:40]} for age in (36, 62)
    )

    assert "SVC0004" in old - young


@given(st.integers(0, 120), st.lists(st.sampled_from([CARD, LICENCE]), unique=True))
def test_at_whatever_age_nothing_is_lost_or_shown_twice(age: int, held: list[HeldLicence]) -> None:
    items = whole(Person(held, age=age))

    shown = [item.service.code for item in items]
    words = meant_for(age, {licence.kind for licence in held})
    assert sorted(shown) == sorted(shipped().services.keys() - shipped().for_enterprises)
    assert all(
        item.reason.words == words[item.service.code] for item in items if item.reason.code is ReasonCode.AGE
    )
