"""Time. Domain functions are handed `now`; only the composition root owns a clock.

Instants are aware datetimes in UTC. Calendar questions (has a licence ended, how old is a person)
are asked in Asia/Shanghai, where China's civil day begins (+08:00, no daylight saving).
"""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Protocol

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


class Clock(Protocol):
    """Whatever tells the time to the whole system."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)


def civil_date(instant: datetime) -> date:
    """Return the day that `instant` falls on in China."""
    return instant.astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """Return the instant at which a day is over in China: its 24:00."""
    return datetime.combine(day + timedelta(days=1), time.min, SHANGHAI)


def age_on(birth: date, day: date) -> int:
    """Return completed years on `day`: a birthday counts from its first moment in China."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def to_whole_seconds(instant: datetime) -> datetime:
    """Drop the fraction: token times are NumericDates (RFC 7519 §2) in whole seconds."""
    return instant.replace(microsecond=0)
