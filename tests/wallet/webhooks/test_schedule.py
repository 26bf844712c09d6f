"""When a delivery is tried again: soon, then ever later, for a day and no longer."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wallet.webhooks import schedule

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
RANDOM = st.floats(0, 1, exclude_max=True)


@given(st.lists(RANDOM, min_size=60, max_size=60))
def test_a_receiver_that_is_down_for_a_day_is_tried_at_growing_distances_until_the_day_is_over(
    randoms: list[float],
) -> None:
    give_up_at, at, times = NOW + schedule.GIVE_UP_AFTER, NOW, [NOW]
    for tries, random in enumerate(randoms, start=1):
        following = schedule.next_attempt(at, tries, give_up_at, random)
        if following is None:
            break
        at = following
        times.append(at)

    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses[0] <= schedule.FIRST_PAUSE
    assert all(timedelta(0) < pause <= schedule.LONGEST_PAUSE for pause in pauses)
    assert times[-1] == give_up_at
    assert 24 <= len(times) <= 60


@given(st.integers(1, 10_000), RANDOM)
def test_pauses_and_rests_lie_between_a_half_and_the_whole_of_their_bounds(times: int, random: float) -> None:
    retry = schedule.next_attempt(NOW, times, NOW + timedelta(days=365), random)
    rest = schedule.rest_until(NOW, times, random)

    assert retry is not None
    assert schedule.FIRST_PAUSE / 2 <= retry - NOW <= schedule.LONGEST_PAUSE
    assert schedule.FIRST_REST / 2 <= rest - NOW <= schedule.LONGEST_REST


def test_after_the_day_there_is_no_further_try() -> None:
    assert schedule.next_attempt(NOW, 3, NOW, 0.5) is None
