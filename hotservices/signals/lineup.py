"""Candidates for one person, and what is known of each, as one matrix."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotservices.signals.columns import COLUMNS, SPEEDS, Column
from hotservices.signals.people import COUNT, FIRST_AT, LAST_AT, LAST_VISIT, Person
from hotservices.signals.rhythm import octaves
from hotservices.signals.settings import Settings
from hotservices.signals.shared import FIRST_AT as ITEM_FIRST_AT
from hotservices.signals.shared import PEOPLE, USES, Shared
from hotservices.signals.trait_model import TraitModel

IntArray = NDArray[np.int64]
Matrix = NDArray[np.float32]

_SHARE_FLOOR = np.float32(1e-5)
_RARE_SHARE = np.float32(1e-4)
_NOWHERE = np.empty(0, np.int64)
_NO_CHANCE = np.empty(0, np.float32)
_EVENTS_PER_WAIT = 64


@dataclass(frozen=True, slots=True)
class Lineup:
    """`items`: the candidates, the person's own `owned` first; `columns`: (COLUMNS, candidates).

    `known`: whether enough people have used the candidate for others to learn of it.
    """

    items: IntArray
    columns: Matrix
    known: NDArray[np.bool_]
    owned: int


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
        settings, shared = self._settings, self._shared
        own = person.item_array()
        pool = self.pools().popular
        near, chance, _ = (
            shared.co_use.neighbours(
                person.recent_items(settings.co_use_sources), settings.strong_neighbours, settings.k_anonymity
            )
            if len(own)
            else (_NOWHERE, _NO_CHANCE, _NOWHERE)
        )
        wanted, lift = self._by_traits(person)
        items = self._distinct(np.concatenate((own, pool, near, wanted, also)))
        columns = np.zeros((COLUMNS, len(items)), np.float32)
        known = self._describe_items(columns, items, at)
        if len(own):
            self._describe_own(columns[:, : len(own)], own, person, at)
        if len(near):
            self._describe_co_use(columns, near, chance)
        if lift is not None:
            columns[Column.TRAITS] = lift.take(items)
        columns[Column.PERSON_VISITS] = math.log1p(person.visits)
        columns[Column.PERSON_VARIETY] = len(own) / (person.visits + 1)
        columns[Column.PERSON_IDLE] = math.log1p(max(at - person.last_at, 0)) if person.visits else 0
        return Lineup(items, columns, known, len(own))

    def _distinct(self, items: IntArray) -> IntArray:
        """Drop repeated items, keeping the first of each; leaves each one's index in `_place`."""
        order = np.arange(len(items))
        self._place[items[::-1]] = order[::-1]
        first: IntArray = items[self._place.take(items) == order]
        self._place[first] = order[: len(first)]
        return first

    def _by_traits(self, person: Person) -> tuple[IntArray, Matrix | None]:
        if self.trait_model is None or person.traits is None:
            return _NOWHERE, None
        lift = self.trait_model.lift(person.traits, len(self._place))
        best = self.trait_model.best(lift, self._settings.trait_candidates)
        return best, lift

    def _describe_items(self, columns: Matrix, items: IntArray, at: int) -> NDArray[np.bool_]:
        """Describe popularity, repetition and age; nothing of what fewer than k people have used."""
        shared = self._shared
        facts = shared.facts.take(items, axis=0).T  # take: a third of the time of [items]
        known: NDArray[np.bool_] = facts[PEOPLE] >= self._settings.k_anonymity
        shares = shared.popularity.shares(items) * known[:, None]
        blend = shares @ shared.popularity.weights.astype(np.float32)
        columns[Column.SHARE : Column.SHARE + SPEEDS] = np.log(shares + _SHARE_FLOOR).T
        columns[Column.BLEND] = np.log(blend + _SHARE_FLOOR)
        columns[Column.ITEM_REPEATS] = (1 - facts[PEOPLE] / (facts[USES] + 1)) * known
        ages = octaves(np.maximum(at - facts[ITEM_FIRST_AT:], 0))
        columns[Column.ITEM_AGE : Column.ITEM_IDLE + 1] = ages * known
        return known

    def _describe_own(self, columns: Matrix, own: IntArray, person: Person, at: int) -> None:
        """Describe what the person has done with each of these services."""
        facts = person.fact_table()
        counts = facts[COUNT]
        gaps = person.visits + 1 - facts[LAST_VISIT]
        since = (
            np.maximum(at - facts[LAST_AT], 0),
            (facts[LAST_AT] - facts[FIRST_AT]) / np.maximum(counts - 1, 1),
        )
        idle, interval = octaves(np.array(since))
        columns[Column.OWN_COUNT] = np.log(counts)
        columns[Column.OWN_SHARE] = counts / person.visits
        columns[Column.OWN_WEIGHT] = np.log1p(
            person.weight_array() * self._settings.visit_decay ** (gaps - 1)
        )
        columns[Column.OWN_RECENCY] = 1 / gaps
        columns[Column.OWN_IDLE] = idle
        rhythm = self._shared.rhythm
        known = self._shared.facts[:, PEOPLE].take(own) >= self._settings.k_anonymity
        # shifted so that a service never used (0) stands below one that hardly anybody returns to
        columns[Column.REPEAT] = np.log(rhythm.repeat_chance(counts, gaps) + 1e-3) + 7
        columns[Column.RETURN] = np.log(rhythm.return_chance(own, idle, known) + 1e-4) + 9
        columns[Column.RHYTHM] = (idle - interval) * (counts > 1)

    def _describe_co_use(self, columns: Matrix, near: IntArray, chance: NDArray[np.float32]) -> None:
        """How strongly the person's recent services point to the candidates."""
        place = self._place.take(near)
        columns[Column.CO_SUM] = np.log1p(100 * np.bincount(place, chance, columns.shape[1]))
        best = np.zeros(columns.shape[1], np.float32)
        np.maximum.at(best, place, chance)
        columns[Column.CO_BEST] = np.log1p(100 * best)
        columns[Column.CO_LIFT] = np.log1p(best / (np.exp(columns[Column.SHARE + SPEEDS - 1]) + _RARE_SHARE))
