"""Reminders, favourites and hidden services on the hot list: true words on what ends when, nothing hidden."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import texts
from hotservices.catalogue import ENTERPRISE, shipped
from hotservices.hot_list import INSPECTIONS, RENEWALS, hot_list
from hotservices.hot_reasons import HeldLicence, HotService, Person, ReasonCode

TODAY = date(2026, 11, 22)
EVERYTHING = len(shipped().services)
CODES = sorted(shipped().services)
DRIVING, VEHICLE = "DRIVING_LICENCE", "VEHICLE_LICENCE"

days = st.integers(-400, 400) | st.none()
held_licences = st.builds(
    lambda kind, left, showable, inspected: HeldLicence(kind, kind, _day(left), showable, _day(inspected)),
    st.sampled_from([*RENEWALS, *INSPECTIONS, "ID_CARD"]),
    days,
    st.booleans(),
    days,
)
people = st.builds(
    Person,
    held=st.none() | st.lists(held_licences, max_size=5),
    favourites=st.lists(st.sampled_from(CODES), unique=True, max_size=5),
    hidden=st.frozensets(st.sampled_from(CODES), max_size=5),
)


def _day(left: int | None) -> date | None:
    return None if left is None else TODAY + timedelta(days=left)


def driving_licence(left: int, *, showable: bool = True) -> Person:
    """Return somebody whose driving licence ends in so many days."""
    return Person(held=[HeldLicence(DRIVING, "机动车驾驶证", _day(left), showable)])


def car(left: int | None, *, showable: bool = True) -> HeldLicence:
    """Return a car whose inspection ends in so many days."""
    return HeldLicence(VEHICLE, "机动车行驶证", None, showable, _day(left))


def item(person: Person, code: str) -> HotService:
    """Return a service's place on somebody's whole list."""
    return next(item for item in hot_list(shipped(), person, TODAY, EVERYTHING) if item.service.code == code)


@pytest.mark.parametrize(
    ("left", "code", "words"),
    [
        (61, None, None),
        (60, ReasonCode.LICENCE_EXPIRING, "您的机动车驾驶证将于60天内到期"),
        (11, ReasonCode.LICENCE_EXPIRING, "您的机动车驾驶证将于11天内到期"),
        (10, ReasonCode.LICENCE_EXPIRING_SOON, "您的机动车驾驶证将于10天内到期，请尽快办理"),
        (1, ReasonCode.LICENCE_EXPIRING_SOON, "您的机动车驾驶证将于1天内到期，请尽快办理"),
        (0, ReasonCode.LICENCE_EXPIRING_SOON, "您的机动车驾驶证今天到期"),
        (-1, ReasonCode.LICENCE_EXPIRED, "您的机动车驾驶证已过有效期"),
    ],
)
def test_a_licence_that_ends_suggests_its_renewal_at_60_days_and_urgently_at_10(
    left: int, code: ReasonCode | None, words: str | None
) -> None:
    person = driving_licence(left, showable=left >= 0)

    reason = item(person, RENEWALS[DRIVING]).reason

    if code is None:
        assert reason.days is None
        return
    assert reason.code is code
    assert texts.hot_reason(reason, "zh") == words


@pytest.mark.parametrize(
    ("left", "code", "words"),
    [
        (61, None, None),
        (60, ReasonCode.INSPECTION_DUE, "您的车辆检验有效期将于60天内届满（机动车行驶证）"),
        (11, ReasonCode.INSPECTION_DUE, "您的车辆检验有效期将于11天内届满（机动车行驶证）"),
        (10, ReasonCode.INSPECTION_DUE_SOON, "您的车辆检验有效期将于10天内届满，请尽快办理（机动车行驶证）"),
        (0, ReasonCode.INSPECTION_DUE_SOON, "您的车辆检验有效期今天届满（机动车行驶证）"),
        (-1, ReasonCode.INSPECTION_OVERDUE, "您的车辆检验有效期已过（机动车行驶证）"),
    ],
)
def test_a_vehicle_is_to_be_inspected_before_its_inspection_ends(
    left: int, code: ReasonCode | None, words: str | None
) -> None:
    reason = item(Person(held=[car(left)]), INSPECTIONS[VEHICLE]).reason

    if code is None:
        assert reason.days is None
        return
    assert reason.code is code
    assert texts.hot_reason(reason, "zh") == words


def test_of_two_cars_the_one_whose_inspection_ends_first_is_spoken_of() -> None:
    reason = item(Person(held=[car(40), car(5), car(None)]), INSPECTIONS[VEHICLE]).reason

    assert (reason.code, reason.days) == (ReasonCode.INSPECTION_DUE_SOON, 5)


@pytest.mark.parametrize("left", [5, -5])
def test_a_vehicle_that_may_not_drive_is_not_sent_to_inspection(left: int) -> None:
    reason = item(Person(held=[car(left, showable=False)]), INSPECTIONS[VEHICLE]).reason

    assert reason.days is None
    assert reason.code is not ReasonCode.INSPECTION_OVERDUE


def test_a_suspended_licence_is_not_suggested_for_renewal() -> None:
    reason = item(driving_licence(5, showable=False), RENEWALS[DRIVING]).reason

    assert reason.days is None


def test_a_licence_that_was_taken_back_is_not_suggested_for_renewal_when_its_time_is_over() -> None:
    ended = HeldLicence(DRIVING, "机动车驾驶证", TODAY - timedelta(days=5), showable=False)
    taken_back = replace(ended, withdrawn=True)

    assert item(Person(held=[ended]), RENEWALS[DRIVING]).reason.code is ReasonCode.LICENCE_EXPIRED
    assert item(Person(held=[taken_back]), RENEWALS[DRIVING]).reason.licence_title is None


def test_what_is_urgent_comes_before_what_is_near_and_that_before_what_is_popular() -> None:
    passport = HeldLicence("PASSPORT", "普通护照", _day(9), showable=True)
    person = Person(held=[*(driving_licence(30).held or ()), passport, car(20)])

    first = hot_list(shipped(), person, TODAY, 4)

    assert [item.reason.code for item in first[:3]] == [
        ReasonCode.LICENCE_EXPIRING_SOON,
        ReasonCode.LICENCE_EXPIRING,
        ReasonCode.INSPECTION_DUE,
    ]


def test_favourites_come_first_in_the_order_handed_in_and_say_so() -> None:
    person = Person(driving_licence(3).held, favourites=("SVC0279", "SVC0105"))

    first = hot_list(shipped(), person, TODAY, 3)

    assert [item.service.code for item in first] == ["SVC0279", "SVC0105", RENEWALS[DRIVING]]
    assert texts.hot_reason(first[0].reason, "zh") == "您收藏的事项"


def test_a_favourite_that_renews_what_ends_says_so_in_its_own_place() -> None:
    person = Person(driving_licence(3).held, favourites=("SVC0279", RENEWALS["DRIVING_LICENCE"]))

    first, second, third = hot_list(shipped(), person, TODAY, 3)

    assert first.reason.code is ReasonCode.FAVOURITE
    assert (second.service.code, second.reason.code, second.reason.days) == (
        RENEWALS["DRIVING_LICENCE"],
        ReasonCode.LICENCE_EXPIRING_SOON,
        3,
    )
    assert third.service.code != RENEWALS["DRIVING_LICENCE"]


def test_a_favourite_that_only_enterprises_can_ask_for_stays() -> None:
    enterprise = next(s.code for s in shipped().services.values() if s.audience == ENTERPRISE)

    plain = {item.service.code for item in hot_list(shipped(), Person(held=[]), TODAY, EVERYTHING)}
    listed = hot_list(shipped(), Person(held=[], favourites=[enterprise]), TODAY, 1)

    assert enterprise not in plain
    assert listed[0].service.code == enterprise


@given(person=people)
def test_no_hidden_service_is_shown_none_twice_and_favourites_lead(person: Person) -> None:
    codes = [item.service.code for item in hot_list(shipped(), person, TODAY, EVERYTHING)]

    favourites = [code for code in person.favourites if code not in person.hidden]
    assert not person.hidden & set(codes)
    assert len(codes) == len(set(codes))
    assert codes[: len(favourites)] == favourites


@given(person=people, limit=st.integers(1, 100))
def test_a_short_list_is_the_beginning_of_the_long_one(person: Person, limit: int) -> None:
    assert hot_list(shipped(), person, TODAY, limit) == hot_list(shipped(), person, TODAY, EVERYTHING)[:limit]


@given(person=people)
def test_days_that_are_spoken_of_are_the_days_that_are_left(person: Person) -> None:
    left = {
        (day - TODAY).days
        for licence in person.held or ()
        for day in (licence.valid_to, licence.inspection_valid_to)
        if day is not None
    }

    said = {item.reason.days for item in hot_list(shipped(), person, TODAY, EVERYTHING)} - {None}

    assert said <= left
    assert all(0 <= day <= 60 for day in said if day is not None)


def test_a_favourite_that_the_catalogue_has_dropped_is_passed_over() -> None:
    items = hot_list(shipped(), Person(favourites=["SVC-GONE", "SVC0001"]), TODAY, 2)

    assert items[0].service.code == "SVC0001"
    assert ReasonCode.FAVOURITE not in {item.reason.code for item in items[1:]}


def test_an_old_licence_that_was_renewed_is_not_said_to_have_expired() -> None:
    old = HeldLicence("DRIVING_LICENCE", "机动车驾驶证", TODAY - timedelta(days=100), showable=False)
    new = HeldLicence("DRIVING_LICENCE", "机动车驾驶证", TODAY + timedelta(days=3000), showable=True)

    codes = {item.reason.code for item in hot_list(shipped(), Person([old, new]), TODAY, 300)}

    assert ReasonCode.LICENCE_EXPIRED not in codes
