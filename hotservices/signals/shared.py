"""What is known of the services from everybody's use: counts and nothing about a person."""

import numpy as np

from hotservices.signals.co_use import CoUse
from hotservices.signals.popularity import Popularity
from hotservices.signals.rhythm import Rhythm
from hotservices.signals.settings import Settings

PEOPLE, USES, FIRST_AT, LAST_AT = range(4)


class Shared:
    """Every table that a ranking reads besides the person's own state.

    `facts`: a row per service, of PEOPLE (distinct), USES, FIRST_AT and LAST_AT (seconds).
    """

    STATE = ("facts", "visits")
    GROWS = ("facts",)

    def __init__(self, size: int, settings: Settings) -> None:
        self.facts = np.zeros((size, 4))
        self.visits = 0
        self.popularity = Popularity(size, settings.half_lives_seconds, settings.half_lives_events)
        self.co_use = CoUse(size, settings.neighbours)
        self.rhythm = Rhythm(size)

    def parts(self) -> "dict[str, Shared | Popularity | CoUse | Rhythm]":
        """Return all that has a row per service, by name."""
        return {"shared": self, "popularity": self.popularity, "co_use": self.co_use, "rhythm": self.rhythm}

    def count(self, item: int, at: int, weight: float) -> None:
        """One use of a service by anybody; what a robot does weighs less."""
        row = self.facts[item]
        if not row[USES]:
            row[FIRST_AT] = at
        row[USES] += weight
        row[LAST_AT] = max(row[LAST_AT], at)
        self.popularity.count(item, at, weight)

    def count_person(self, item: int) -> None:
        """One person more has used the service."""
        self.facts[item, PEOPLE] += 1
        self.rhythm.learn_first(item)
