"""What has a season is shown in it and at no other time; enrolment to whose child reaches school age."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotservices.catalogue import shipped
from hotservices.hot_list import SEASON_PLACES, hot_list
from hotservices.hot_reasons import HotService, Person, ReasonCode
from hotservices.seasons import ENROLMENT, begins_school, in_season, seasons

APRIL = date(2027, 4, 10)
days = st.dates(date(2026, 1, 1), date(2030, 12, 31))


def of(code: ReasonCode, today: date, person: Person | None = None) -> list[HotService]:
    items = hot_list(shipped(), person, today, 1_000)
    return [item for item in items if item.reason.code is code]


def test_every_season_is_of_services_that_are_there_and_lies_within_a_year() -> None:
    for season in seasons():
        assert len(shipped().known(season.services)) == len(season.services)
        assert season.first <= season.last


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-09-01", "SVC0011"),
        ("2026-12-31", "SVC0011"),
        ("2027-03-01", "SVC0188"),
        ("2027-06-10", "SVC0125"),
    ],
)
def test_a_season_includes_its_first_and_last_day(day: str, code: str) -> None:
    assert code in in_season(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "code"), [("2026-08-31", "SVC0011"), ("2027-07-01", "SVC0188"), ("2027-06-11", "SVC0125")]
)
def test_out_of_season_nothing_is_said_of_it(day: str, code: str) -> None:
    today = date.fromisoformat(day)

    assert code not in in_season(today)
    assert code not in {item.service.code for item in of(ReasonCode.SEASON, today)}


@given(today=days)
def test_a_season_brings_few_services_each_with_its_own_words(today: date) -> None:
    items = of(ReasonCode.SEASON, today)

    assert len(items) <= SEASON_PLACES
    assert all(item.reason.words == in_season(today)[item.service.code] for item in items)


@pytest.mark.parametrize(
    ("born", "begins"),
    [("2020-08-31", False), ("2020-09-01", True), ("2021-08-31", True), ("2021-09-01", False)],
)
def test_who_is_six_on_the_first_of_september_goes_to_school(born: str, begins: bool) -> None:
    child = date.fromisoformat(born)

    items = of(ReasonCode.SCHOOL_AGE, APRIL, Person((), children_born=[child]))

    assert [item.service.code for item in items] == ([ENROLMENT] if begins else [])


@given(today=days, age=st.integers(0, 20 * 366))
def test_a_child_goes_to_school_for_the_first_time_in_one_year_of_its_life(today: date, age: int) -> None:
    born = today - timedelta(days=age)

    years = [year for year in range(born.year, born.year + 21) if begins_school([born], date(year, 5, 1))]

    assert len(years) == 1
    assert years[0] - born.year in {6, 7}


def test_without_children_or_without_a_person_nothing_is_said_of_school() -> None:
    assert of(ReasonCode.SCHOOL_AGE, APRIL, Person(())) == of(ReasonCode.SCHOOL_AGE, APRIL) == []
