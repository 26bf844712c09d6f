"""Candidates for one person, and what is known of each, as one matrix."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hotservices.signals.amounts import REPEAT_FLOOR, RETURN_FLOOR, take_logarithms
from hotservices.signals.co_use import Neighbours
from hotservices.signals.columns import COLUMNS, SPEEDS, Column
from hotservices.signals.people import COUNT, LAST_VISIT, Person, most_recent
from hotservices.signals.settings import Settings
from hotservices.signals.shared import FIRST_AT, PEOPLE, USES, Shared
from hotservices.signals.trait_model import TraitModel

IntArray = NDArray[np.int64]
Matrix = NDArray[np.float32]

# Arrays, because a number of Python's costs an operation as much again as the operation itself.
_RARE_SHARE = np.array(1.1e-4, np.float32)
_NONE = np.array(0, np.float32)
_ONE = np.array(1.0)
_ONE_USE, _NO_TIME = np.array(1), np.array(0)
# So that a service never used (0) stands below one that hardly anybody returns to.
_USED_BEFORE = np.array([[7 + math.log(REPEAT_FLOOR)], [9 + math.log(RETURN_FLOOR)]], np.float32)
_NOWHERE = np.empty(0, np.int64)
_NO_NEIGHBOURS = Neighbours(_NOWHERE, np.empty(0, np.float32), _NOWHERE, _NOWHERE, 1)
_EVENTS_PER_WAIT = 64
_FADED_VISITS = 1024


class _Own(NamedTuple):
    """A person with the services they have used and the table of facts about these."""

    person: Person
    items: IntArray
    facts: IntArray


class Lineup(NamedTuple):
    """`items`: the candidates, the person's own `owned` first; `columns`: (COLUMNS, candidates).

    `known`: 1 where enough people have used the candidate for others to learn of it, else 0. `near`: what the
    person's recent services point to.
    """

    items: IntArray
    columns: Matrix
    known: Matrix
    owned: int
    near: Neighbours


@dataclass(frozen=True, slots=True)
class Pools:
    """Candidates for everybody (`popular`), and services that too few have used to be ranked (`rare`)."""

    popular: IntArray
    rare: IntArray
    as_of_event: int


class LineupBuilder:
    """Gathers candidates and describes them; one function for serving and for learning, so that both see the same."""

    def __init__(self, settings: Settings, shared: Shared) -> None:
        self._settings = settings
        self._shared = shared
        self._pools: Pools | None = None
        self._place = np.zeros(0, np.int64)
        self._enough = np.array(settings.k_anonymity, np.float64)
        # what is left of a use after so many visits without one; after still more, as little as after the last
        self._faded = settings.visit_decay ** np.arange(_FADED_VISITS)
        self.trait_model: TraitModel | None = None

    def pools(self) -> Pools:
        """Return the candidates for everybody, chosen again every few events."""
        now = self._shared.popularity.events
        # while little is known every event counts; later a choice costs more than it changes
        patience = min(self._settings.pool_refresh_events, 1 + now // _EVENTS_PER_WAIT)
        if self._pools is None or now - self._pools.as_of_event >= patience:
            self._pools = self._choose_pools(now)
        return self._pools

    def forget_pools(self) -> None:
        """Choose them again at the next ranking, because the catalogue has changed."""
        self._pools = None
        self._place = np.zeros(len(self._shared.facts), np.int64)

    def _choose_pools(self, now: int) -> Pools:
        size = self._settings.pool_size
        known = self._shared.facts[:, PEOPLE] >= self._settings.k_anonymity
        popular = np.flatnonzero(known)
        if len(popular) > size:
            shares = self._shared.popularity.blended()[popular]
            popular = popular[np.argpartition(-shares, size)[:size]]
        self._place = np.zeros(len(known), np.int64)
        return Pools(popular, np.flatnonzero(~known), now)

    def build(self, person: Person, at: int, also: IntArray = _NOWHERE) -> Lineup:
        """Candidates of a person at `at` seconds, and `also` these."""
        own = _Own(person, person.item_array(), person.fact_table())
        near = self._near(own)
        wanted, lift = self._by_traits(person)
        items = self._distinct(np.concatenate((own.items, self.pools().popular, near.items, wanted, also)))
        columns = np.zeros((COLUMNS, len(items)), np.float32)
        known = self._measure_items(columns, items, at)
        if len(near.items):
            self._measure_co_use(columns, near)
        used = columns[:, : len(own.items)]
        if len(own.items):
            self._measure_own(used, own, known, at)
        repeats = columns[Column.ITEM_REPEATS].copy()
        take_logarithms(columns)
        columns[Column.ITEM_REPEATS] = repeats
        if len(own.items):
            _compare_own(used, own)
        if lift is not None:
            columns[Column.TRAITS] = lift[items]
        columns[Column.PERSON_VISITS :].T[:] = _habits(person, at)
        return Lineup(items, columns, known, len(own.items), near)

    def _near(self, own: _Own) -> Neighbours:
        if not len(own.items):
            return _NO_NEIGHBOURS
        settings = self._settings
        sources = most_recent(own.items, own.facts[LAST_VISIT], settings.co_use_sources)
        return self._shared.co_use.neighbours(sources, settings.strong_neighbours, settings.k_anonymity)

    def _distinct(self, items: IntArray) -> IntArray:
        """Drop repeated items, keeping the first of each; leaves each one's index in `_place`."""
        order = np.arange(len(items))
        self._place[items[::-1]] = order[::-1]
        first: IntArray = items[self._place[items] == order]
        self._place[first] = order[: len(first)]
        return first

    def _by_traits(self, person: Person) -> tuple[IntArray, Matrix | None]:
        if self.trait_model is None or person.traits is None:
            return _NOWHERE, None
        lift = self.trait_model.lift(person.traits, len(self._place))
        best = self.trait_model.best(lift, self._settings.trait_candidates)
        return best, lift

    def _measure_items(self, columns: Matrix, items: IntArray, at: int) -> Matrix:
        """Measure popularity, repetition and age; nothing of what fewer than k people have used."""
        shared = self._shared
        facts = shared.facts.take(items, axis=0).T  # take: a third of the time of [items]
        known: Matrix = (facts[PEOPLE] >= self._enough).astype(np.float32)
        shared.popularity.shares(items, columns[Column.SHARE : Column.BLEND + 1])
        columns[Column.ITEM_REPEATS] = _ONE - facts[PEOPLE] / (facts[USES] + _ONE)
        ages = columns[Column.ITEM_AGE : Column.ITEM_IDLE + 1]
        ages[:] = at - facts[FIRST_AT:]
        np.maximum(ages, _NONE, out=ages)
        columns[Column.SHARE : Column.ITEM_IDLE + 1] *= known
        return known

    def _measure_co_use(self, columns: Matrix, near: Neighbours) -> None:
        """Measure how strongly the person's recent services point to the candidates."""
        place = self._place[near.items]
        best = columns[Column.CO_BEST]
        np.maximum.at(best, place, near.chance)
        columns[Column.CO_SUM] = np.bincount(place, near.chance, len(best))
        np.divide(best, columns[Column.SHARE + SPEEDS - 1] + _RARE_SHARE, out=columns[Column.CO_LIFT])

    def _measure_own(self, columns: Matrix, own: _Own, known: Matrix, at: int) -> None:
        """Measure what the person has done with each of these services."""
        counts, first_at, last_at, last_visit = own.facts
        again, missed = counts - _ONE_USE, own.person.visits - last_visit
        idle = np.maximum(at - last_at, _NO_TIME)
        rhythm = self._shared.rhythm
        columns[Column.OWN_COUNT] = again
        columns[Column.OWN_WEIGHT] = own.person.weight_array() * self._faded.take(missed, mode="clip")
        columns[Column.OWN_IDLE] = idle
        columns[Column.RHYTHM] = np.where(again, (last_at - first_at) / np.maximum(again, _ONE_USE), idle)
        columns[Column.REPEAT] = rhythm.repeat_chance(counts, missed)
        columns[Column.RETURN] = rhythm.return_chance(own.items, idle, known[: len(idle)])


def _compare_own(columns: Matrix, own: _Own) -> None:
    """Set what is no logarithm, and relate those that are: RHYTHM holds the usual interval until now."""
    visits = own.person.visits
    columns[Column.OWN_SHARE] = own.facts[COUNT] / visits
    columns[Column.OWN_RECENCY] = 1 / (visits + 1 - own.facts[LAST_VISIT])
    columns[Column.RHYTHM] = columns[Column.OWN_IDLE] - columns[Column.RHYTHM]
    columns[Column.REPEAT : Column.RETURN + 1 : 2] += _USED_BEFORE


def _habits(person: Person, at: int) -> tuple[float, float, float]:
    """PERSON_VISITS, PERSON_VARIETY and PERSON_IDLE."""
    visits = person.visits
    idle = math.log1p(max(at - person.last_at, 0)) if visits else 0.0
    return math.log1p(visits), len(person.items) / (visits + 1), idle
