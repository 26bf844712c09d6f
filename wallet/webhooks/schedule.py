"""When a delivery that failed is tried again: after seconds, then minutes, then every hour, for a day."""

from datetime import datetime, timedelta

GIVE_UP_AFTER = timedelta(hours=24)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
# How long a webhook rests as a whole, so that a long queue does not become a hail on whoever is down.
FIRST_REST, LONGEST_REST = timedelta(seconds=1), timedelta(minutes=5)
# Who has failed for so long without one success is switched off.
DISABLE_AFTER = timedelta(days=3)


def next_attempt(now: datetime, tries: int, give_up_at: datetime, random: float) -> datetime | None:
    """Return when to try again after so many tries; None when the time for it is over.

    The last try is at `give_up_at`, or as soon after it as somebody is there to make it. `random` in [0, 1).
    """
    if now >= give_up_at:
        return None
    return min(now + _grown(FIRST_PAUSE, LONGEST_PAUSE, tries, random), give_up_at)


def rest_until(now: datetime, failures: int, random: float) -> datetime:
    """Return until when a webhook is left alone after so many failures in a row."""
    return now + _grown(FIRST_REST, LONGEST_REST, failures, random)


def _grown(first: timedelta, longest: timedelta, times: int, random: float) -> timedelta:
    # Doubled each time; between a half and the whole of it, so that many don't come back at one moment.
    whole = first * (1 << min(times - 1, 20))
    return min(whole, longest) * (0.5 + random / 2)
