"""The list of hot services: its reasons are true, and without a person it knows of none."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotservices.catalogue import ENTERPRISE, Popularity, shipped
from hotservices.hot_list import EXPIRY_HORIZON, RENEWALS, hot_list
from hotservices.hot_reasons import HeldLicence, HotReason, HotService, Person, ReasonCode

TODAY = date(2026, 11, 22)
DRIVING = RENEWALS["DRIVING_LICENCE"]
PERSONAL_REASONS = set(ReasonCode) - {
    ReasonCode.PORTAL_LIST,
    ReasonCode.POPULAR,
    ReasonCode.CATALOGUE,
    ReasonCode.SEASON,
}

OF_PERSONS = [kind for kind, code in RENEWALS.items() if code not in shipped().for_enterprises]

held_licences = st.builds(
    HeldLicence,
    kind=st.sampled_from(
        [*OF_PERSONS, "MARRIAGE_CERT", "HOUSING_FUND", "HOUSEHOLD_REGISTER", "REAL_ESTATE_CERT"]
    ),
    title=st.sampled_from(["甲", "乙", "丙"]),
    valid_to=st.one_of(st.none(), st.dates(TODAY - timedelta(days=90), TODAY + timedelta(days=90))),
    showable=st.booleans(),
)


def a_driving_licence(days_left: int | None, *, showable: bool = True) -> HeldLicence:
    end = None if days_left is None else TODAY + timedelta(days=days_left)
    return HeldLicence("DRIVING_LICENCE", "机动车驾驶证", end, showable)


def everything(*held: HeldLicence) -> list[HotService]:
    return hot_list(shipped(), Person(held), TODAY, 1_000)


def reason_for(code: str, *held: HeldLicence) -> HotReason:
    (item,) = (item for item in everything(*held) if item.service.code == code)
    return item.reason


@pytest.mark.parametrize("days", [11, 12, 54, 60])
def test_a_licence_that_ends_in_n_days_is_said_to_end_in_n_days(days: int) -> None:
    reason = reason_for(DRIVING, a_driving_licence(days))

    assert reason == HotReason(ReasonCode.LICENCE_EXPIRING, "机动车驾驶证", days)


def test_a_licence_that_ended_yesterday_is_said_to_have_ended() -> None:
    reason = reason_for(DRIVING, a_driving_licence(-1, showable=False))

    assert reason == HotReason(ReasonCode.LICENCE_EXPIRED, "机动车驾驶证")


@pytest.mark.parametrize(
    "licence",
    [
        a_driving_licence(EXPIRY_HORIZON.days + 1),
        a_driving_licence(None),
        a_driving_licence(30, showable=False),
    ],
    ids=["ends later", "never ends", "is revoked"],
)
def test_what_needs_no_renewal_is_not_called_expiring(licence: HeldLicence) -> None:
    reason = reason_for(DRIVING, licence)

    assert reason.code not in {ReasonCode.LICENCE_EXPIRING, ReasonCode.LICENCE_EXPIRED}


def test_what_has_ended_comes_before_what_ends_and_what_ends_sooner_comes_first() -> None:
    passport = HeldLicence("PASSPORT", "护照", TODAY + timedelta(days=45), showable=True)
    permit = HeldLicence("RESIDENCE_PERMIT", "居住证", TODAY + timedelta(days=18), showable=True)

    first = everything(passport, a_driving_licence(-100, showable=False), permit)[:3]

    assert [item.reason.days for item in first] == [None, 18, 45]
    assert [item.service.code for item in first] == [
        DRIVING,
        RENEWALS["RESIDENCE_PERMIT"],
        RENEWALS["PASSPORT"],
    ]


def test_every_renewal_is_a_service_of_the_catalogue() -> None:
    assert set(RENEWALS.values()) <= set(shipped().services)


def test_who_is_not_known_sees_nothing_about_anybody() -> None:
    anonymous = hot_list(shipped(), None, TODAY, 1_000)

    assert len(anonymous) == len(shipped().services)
    assert {item.reason.code for item in anonymous} & PERSONAL_REASONS == set()
    assert {(item.reason.licence_title, item.reason.days) for item in anonymous} == {(None, None)}


def test_who_is_known_and_holds_nothing_gets_the_common_order_without_enterprises_own() -> None:
    anonymous = [
        item for item in hot_list(shipped(), None, TODAY, 1_000) if item.service.audience != ENTERPRISE
    ]

    assert hot_list(shipped(), Person([]), TODAY, 1_000) == anonymous


@given(st.lists(held_licences, max_size=6))
def test_every_reason_is_true(held: list[HeldLicence]) -> None:
    for item in everything(*held):
        service, reason = item.service, item.reason
        match reason.code:
            case ReasonCode.LICENCE_EXPIRED:
                assert any(
                    one.title == reason.licence_title and one.valid_to is not None and one.valid_to < TODAY
                    for one in held
                )
            case ReasonCode.LICENCE_EXPIRING | ReasonCode.LICENCE_EXPIRING_SOON:
                assert reason.days is not None
                end = TODAY + timedelta(days=reason.days)
                assert any(
                    (one.title, one.valid_to, one.showable) == (reason.licence_title, end, True)
                    for one in held
                )
            case ReasonCode.LICENCE_HELD:
                showable = {one.kind for one in held if one.showable}
                assert set(service.requires) <= showable
                assert any(one.title == reason.licence_title and one.showable for one in held)
            case ReasonCode.PORTAL_LIST:
                assert service.listed
            case ReasonCode.POPULAR:
                assert service.popularity is Popularity.HIGH
            case ReasonCode.CATALOGUE:
                assert not service.listed


@given(st.lists(held_licences, max_size=6), st.integers(1, 300))
def test_a_shorter_list_is_the_beginning_of_a_longer_one(held: list[HeldLicence], limit: int) -> None:
    assert hot_list(shipped(), Person(held), TODAY, limit) == everything(*held)[:limit]


@given(st.lists(held_licences, max_size=6))
def test_every_service_for_people_is_listed_once(held: list[HeldLicence]) -> None:
    codes = [item.service.code for item in everything(*held)]

    assert sorted(codes) == sorted(
        service.code for service in shipped().services.values() if service.audience != ENTERPRISE
    )


def test_the_same_question_gets_the_same_answer() -> None:
    held = [a_driving_licence(10)]

    assert hot_list(shipped(), Person(held), TODAY, 50) == hot_list(shipped(), Person(held), TODAY, 50)
