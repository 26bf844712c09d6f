"""Ages: what people of an age have a right to or begin with, and what comes last for who is past it.

What is known beforehand stands in `data/ages.json`, in whole years, each with the words that are true then and the law
or the name that says so. It is for whom nothing has been learnt yet.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from hotservices.wording import Words

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """People from one age to another, both included; None has no end.

    `services` are for them, unless they hold a licence of the kind `unless_held`; what is `last` is hardly ever.
    """

    first: int
    to: int | None
    services: tuple[str, ...]
    unless_held: str | None
    last: frozenset[str]
    words: Words | None

    def has(self, age: int) -> bool:
        """Tell whether somebody of this age belongs to it."""
        return self.first <= age and (self.to is None or age <= self.to)


def meant_for(age: int | None, kinds_held: Collection[str]) -> Mapping[str, Words]:
    """Return the services that are for people of an age, each with what is true of them."""
    return {
        code: group.words
        for group in groups()
        if age is not None and group.words and group.has(age) and group.unless_held not in kinds_held
        for code in group.services
    }


def last_for(age: int | None) -> frozenset[str]:
    """Return the services that hardly anybody of an age asks for."""
    return NOTHING.union(*(group.last for group in groups() if age is not None and group.has(age)))


@cache
def groups() -> tuple[AgeGroup, ...]:
    """Return every group, the most particular first."""
    source = resources.files("hotservices") / "data" / "ages.json"
    return tuple(
        AgeGroup(
            first=entry["from"],
            to=entry["to"],
            services=tuple(entry["services"]),
            unless_held=entry["unless_held"],
            last=frozenset(entry["last"]),
            words=Words(**entry["text"]) if entry["text"] else None,
        )
        for entry in json.loads(source.read_bytes())
    )
