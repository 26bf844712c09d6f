"""The circuit breaker: who keeps failing is left alone, then tried by one, on a clock that the test moves."""

from datetime import UTC, datetime, timedelta

import pytest

from identity.errors import RegistryUnavailable
from tests.sandbox import at_once
from wallet.errors import RegistryRefuses
from wallet.registries.http.breaker import (
    FAILURES_TO_OPEN,
    OPEN_FOR,
    TRIAL_LASTS,
    Breaker,
    CircuitState,
    GuardedRegistry,
)
from wallet.registries.protocol import RegistryRecord

SECOND = timedelta(seconds=1)


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def breaker(time: Time) -> Breaker:
    return Breaker(time)


def fail(breaker: Breaker, times: int = FAILURES_TO_OPEN) -> None:
    for _ in range(times):
        assert breaker.admits()
        breaker.failed()


def test_it_opens_after_so_many_failures_in_a_row(breaker: Breaker) -> None:
    fail(breaker, FAILURES_TO_OPEN - 1)
    still = breaker.admits()

    breaker.failed()

    assert still
    assert breaker.state is CircuitState.OPEN
    assert not breaker.admits()


def test_an_answer_in_between_begins_the_count_anew(breaker: Breaker) -> None:
    fail(breaker, FAILURES_TO_OPEN - 1)
    breaker.succeeded()

    fail(breaker, FAILURES_TO_OPEN - 1)

    assert breaker.state is CircuitState.CLOSED


def test_after_its_rest_one_question_goes_through_and_decides(breaker: Breaker, time: Time) -> None:
    fail(breaker)
    time.now += OPEN_FOR - SECOND
    too_early = breaker.admits()
    time.now += SECOND

    admitted = [breaker.admits() for _ in range(3)]

    assert not too_early
    states = [breaker.state]
    breaker.succeeded()
    states.append(breaker.state)
    assert admitted == [True, False, False]
    assert states == [CircuitState.HALF_OPEN, CircuitState.CLOSED]
    assert breaker.admits()


def test_a_trial_that_fails_opens_it_for_another_rest(breaker: Breaker, time: Time) -> None:
    fail(breaker)
    time.now += OPEN_FOR
    assert breaker.admits()

    breaker.failed()

    assert not breaker.admits()
    time.now += OPEN_FOR
    assert breaker.admits()


def test_a_trial_that_never_comes_back_is_replaced(breaker: Breaker, time: Time) -> None:
    fail(breaker)
    time.now += OPEN_FOR
    assert breaker.admits()

    time.now += TRIAL_LASTS

    assert breaker.admits()


def test_of_many_threads_one_tries(breaker: Breaker, time: Time) -> None:
    fail(breaker)
    time.now += OPEN_FOR

    admitted = at_once(*[breaker.admits] * 12)

    assert sum(admitted) == 1


def test_a_clock_that_was_put_back_does_not_keep_it_open(breaker: Breaker, time: Time) -> None:
    fail(breaker)

    time.now -= timedelta(days=1)

    assert breaker.admits()


def test_every_change_is_told(time: Time) -> None:
    told: list[CircuitState] = []
    breaker = Breaker(time, told.append)

    fail(breaker)
    time.now += OPEN_FOR
    breaker.admits()
    breaker.succeeded()

    assert told == [CircuitState.CLOSED, CircuitState.OPEN, CircuitState.HALF_OPEN, CircuitState.CLOSED]


class Registry:
    """A registry that does what a test says, and counts how often it is asked."""

    code, name = "test", "测试"

    def __init__(self, error: Exception | None) -> None:
        self.error, self.asked = error, 0

    def by_holder(self, id_number: str) -> list[RegistryRecord]:
        self.asked += 1
        if self.error:
            raise self.error
        return []

    def by_identifier(self, identifier: str, holder_number: str | None = None) -> RegistryRecord | None:
        self.by_holder(identifier)
        return None


def test_an_open_circuit_asks_nothing(breaker: Breaker) -> None:
    registry = Registry(RegistryUnavailable())
    guarded = GuardedRegistry(registry, breaker)

    for _ in range(FAILURES_TO_OPEN + 3):
        with pytest.raises(RegistryUnavailable):
            guarded.by_holder("1")

    assert registry.asked == FAILURES_TO_OPEN


def test_a_registry_that_says_no_is_there(breaker: Breaker) -> None:
    guarded = GuardedRegistry(Registry(RegistryRefuses()), breaker)

    for _ in range(FAILURES_TO_OPEN + 1):
        with pytest.raises(RegistryRefuses):
            guarded.by_identifier("1")

    assert breaker.state is CircuitState.CLOSED


def test_whatever_a_client_raises_counts_as_a_failure(breaker: Breaker) -> None:
    guarded = GuardedRegistry(Registry(KeyError("bug")), breaker)

    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(KeyError):
            guarded.by_holder("1")

    assert breaker.state is CircuitState.OPEN
