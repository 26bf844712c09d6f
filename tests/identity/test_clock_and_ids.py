"""Civil days in China, ages, whole seconds, and ids that know their order."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.clock import SystemClock, age_on, civil_date, to_whole_seconds
from identity.ids import new_id

instants = st.datetimes(
    datetime(1950, 1, 2),  # noqa: DTZ001  hypothesis wants naive bounds
    datetime(2099, 12, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 21, 15, 59, 59, 999_999, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 21, 16, 0, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(1988, 7, 1, 15, 30, tzinfo=UTC), date(1988, 7, 1)),
    ],
)
def test_chinas_day_begins_at_sixteen_hundred_utc_in_every_season(instant: datetime, day: date) -> None:
    assert civil_date(instant) == day


@given(instants)
def test_a_civil_day_is_the_utc_day_or_the_one_after(instant: datetime) -> None:
    assert civil_date(instant) - instant.date() in {timedelta(0), timedelta(days=1)}


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2012, 11, 22), date(2026, 11, 21), 13),
        (date(2012, 11, 22), date(2026, 11, 22), 14),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
        (date(2026, 11, 22), date(2026, 11, 22), 0),
    ],
)
def test_a_birthday_counts_from_its_first_moment(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age


def test_a_child_turns_fourteen_at_midnight_in_china() -> None:
    midnight = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    born = date(2012, 11, 22)

    ages = [
        age_on(born, civil_date(midnight - timedelta(microseconds=1))),
        age_on(born, civil_date(midnight)),
    ]

    assert ages == [13, 14]


@given(instants)
def test_whole_seconds_are_never_later(instant: datetime) -> None:
    whole = to_whole_seconds(instant)

    assert whole.microsecond == 0
    assert timedelta(0) <= instant - whole < timedelta(seconds=1)


def test_the_machines_clock_tells_an_aware_instant_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_ids_are_version_seven_and_come_in_the_order_of_their_birth() -> None:
    ids = [new_id() for _ in range(5_000)]

    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {uuid.UUID(text).version for text in ids} == {7}
    assert {len(text) for text in ids} == {36}
