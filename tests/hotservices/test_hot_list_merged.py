"""The hot list with what the ranking has learnt in it: licences first, then use, then the catalogue."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotservices.catalogue import ENTERPRISE, PERSONAL, shipped
from hotservices.hot_list import BEFORE_SEASON, RENEWALS, hot_list
from hotservices.hot_reasons import HeldLicence, HotReason, Person, ReasonCode
from hotservices.signals.columns import ReasonCode as Signal
from hotservices.signals.reasons import Ranked, Reason

TODAY = date(2026, 11, 22)
CODES = list(shipped().services)
ENDING = HeldLicence("DRIVING_LICENCE", "机动车驾驶证", TODAY + timedelta(days=9), showable=True)
ONE, OTHER = "SVC0101", "SVC0150"


def ranked(*items: tuple[str, Signal], source: str | None = None, times: int = 0) -> list[Ranked]:
    return [Ranked(code, Reason(signal, source, times)) for code, signal in items]


def test_what_is_learnt_stands_behind_licences_that_end_and_before_the_rest() -> None:
    items = hot_list(
        shipped(), Person([ENDING]), TODAY, 5, ranked((ONE, Signal.POPULAR_NOW), (OTHER, Signal.POPULAR))
    )

    assert [item.service.code for item in items[:3]] == [RENEWALS["DRIVING_LICENCE"], ONE, OTHER]


def test_co_use_names_the_service_that_the_person_used() -> None:
    (item,) = hot_list(shipped(), None, TODAY, 1, ranked((ONE, Signal.CO_USE), source=OTHER))

    assert item.reason == HotReason(ReasonCode.CO_USE, service_name=shipped().get(OTHER).name)


def test_co_use_with_a_service_that_is_gone_names_none() -> None:
    (item,) = hot_list(shipped(), None, TODAY, 1, ranked((ONE, Signal.CO_USE), source="SVC-GONE"))

    assert item.reason == HotReason(ReasonCode.POPULAR)


@pytest.mark.parametrize(("times", "code"), [(1, ReasonCode.OWN_USE), (2, ReasonCode.RHYTHM)])
def test_who_was_there_once_is_not_said_to_come_back(times: int, code: ReasonCode) -> None:
    (item,) = hot_list(shipped(), None, TODAY, 1, ranked((ONE, Signal.RHYTHM), times=times))

    assert item.reason == HotReason(code, times=times)


TRIED = Ranked(OTHER, Reason(Signal.NEW), tried=True)


def test_what_the_ranking_tries_out_gets_the_last_place() -> None:
    learnt = [(code, Signal.POPULAR) for code in CODES[:4]]

    items = hot_list(shipped(), None, TODAY, 5, [*ranked(*learnt), TRIED])

    assert [item.service.code for item in items] == [*CODES[:4], OTHER]
    assert items[-1].reason.code is ReasonCode.NEW


def test_what_only_fills_a_ranking_up_is_not_taken_for_a_trial() -> None:
    learnt = [(code, Signal.POPULAR) for code in CODES[:4]]
    filler = (CODES[-1], Signal.NEW)

    assert hot_list(shipped(), None, TODAY, 5, ranked(*learnt, filler)) == hot_list(
        shipped(), None, TODAY, 5, ranked(*learnt)
    )


def test_a_trial_takes_no_place_from_a_licence_that_ends_or_a_favourite() -> None:
    person = Person([ENDING], favourites=CODES[:4])

    items = hot_list(shipped(), person, TODAY, 5, [TRIED])

    assert OTHER not in {item.service.code for item in items}
    assert items[-1].reason.code is ReasonCode.LICENCE_EXPIRING_SOON


@given(
    st.lists(st.sampled_from(CODES), unique=True, max_size=30),
    st.lists(st.sampled_from([signal for signal in Signal if signal is not Signal.CO_USE]), min_size=30),
    st.integers(1, 60),
)
def test_whatever_is_learnt_a_list_is_full_and_holds_nothing_twice(
    codes: list[str], signals: list[Signal], limit: int
) -> None:
    items = hot_list(shipped(), Person([ENDING]), TODAY, limit, ranked(*zip(codes, signals, strict=False)))

    shown = [item.service.code for item in items]
    assert len(shown) == len(set(shown)) == limit


def test_what_only_enterprises_ask_for_is_left_out_of_a_persons_list() -> None:
    shown = {item.service.code for item in hot_list(shipped(), Person([]), TODAY, 1000)}

    assert not shown & shipped().for_enterprises


def test_what_only_persons_ask_for_is_left_out_of_the_list_of_who_acts_for_an_enterprise() -> None:
    shown = {item.service.code for item in hot_list(shipped(), Person([], for_enterprise=True), TODAY, 1000)}

    assert shown == set(shipped().services) - shipped().for_persons


@pytest.mark.parametrize("audience", [PERSONAL, ENTERPRISE])
@given(
    favourites=st.lists(st.sampled_from(CODES), unique=True, max_size=5),
    used=st.lists(st.sampled_from(CODES), unique=True, max_size=5),
)
def test_an_audience_that_was_asked_for_leaves_nothing_else(
    audience: str, favourites: list[str], used: list[str]
) -> None:
    person = Person([ENDING], favourites=favourites)
    learnt = ranked(*((code, Signal.OWN_USE) for code in used))

    items = hot_list(shipped(), person, TODAY, 1000, learnt, audience=audience)

    assert {item.service.audience for item in items} == {audience, "both"}


@pytest.mark.parametrize("person", [None, Person([]), Person([ENDING])])
def test_however_much_is_learnt_a_list_says_what_season_it_is(person: Person | None) -> None:
    learnt = ranked(*((code, Signal.POPULAR) for code in CODES[60:100]))

    items = hot_list(shipped(), person, TODAY, 40, learnt)

    codes = [item.reason.code for item in items if item.reason.code is not ReasonCode.LICENCE_EXPIRING_SOON]
    assert codes.index(ReasonCode.SEASON) == BEFORE_SEASON


def test_who_holds_licences_is_told_what_season_it_is_before_all_that_these_open() -> None:
    card = HeldLicence("SOCIAL_SECURITY_CARD", "社会保障卡", None, showable=True)
    identity = HeldLicence("ID_CARD", "居民身份证", None, showable=True)

    codes = [item.reason.code for item in hot_list(shipped(), Person([card, identity]), TODAY, 10)]

    held = [ReasonCode.LICENCE_HELD] * BEFORE_SEASON
    assert codes[: BEFORE_SEASON + 1] == [*held, ReasonCode.SEASON]
