"""Seasons (时令): what is asked for at certain times of the year, and by whose child reaches school age.

What has a season stands in `data/seasons.json`, by the days between which it lasts, both within one year, and the
words that are true then.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from hotservices.wording import Words

# 义务教育法 §11: a child who has reached six when the term begins on 1 September goes to school.
SCHOOL_AGE, TERM_BEGINS = 6, (9, 1)
# From when in the year on it is worth a parent's attention.
SCHOOL_SEASON_BEGINS = (3, 1)
ENROLMENT = "SVC0118"


@dataclass(frozen=True, slots=True)
class Season:
    """Services that are asked for between two days of every year, both included: (month, day)."""

    services: tuple[str, ...]
    first: tuple[int, int]
    last: tuple[int, int]
    words: Words


def in_season(today: date) -> Mapping[str, Words]:
    """Return the services whose season it is, each with what is true of it."""
    day = (today.month, today.day)
    return {
        code: season.words
        for season in seasons()
        if season.first <= day <= season.last
        for code in season.services
    }


def may_begin_school(today: date) -> bool:
    """Tell whether it is the time of the year at which a child's age matters."""
    return SCHOOL_SEASON_BEGINS <= (today.month, today.day) < TERM_BEGINS


def begins_school(born: Iterable[date], today: date) -> bool:
    """Tell whether one of the children born on these days goes to school in September for the first time."""
    term = date(today.year, *TERM_BEGINS)
    first = date(term.year - SCHOOL_AGE - 1, *TERM_BEGINS)
    last = date(term.year - SCHOOL_AGE, *TERM_BEGINS)
    return may_begin_school(today) and any(first <= day < last for day in born)


@cache
def seasons() -> tuple[Season, ...]:
    """Return every season."""
    source = resources.files("hotservices") / "data" / "seasons.json"
    return tuple(
        Season(
            services=tuple(entry["services"]),
            first=_day(entry["first"]),
            last=_day(entry["last"]),
            words=Words(**entry["text"]),
        )
        for entry in json.loads(source.read_bytes())
    )


def _day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
