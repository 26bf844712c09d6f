"""The ranking of hot services (热门服务) for each person."""

import zlib
from collections.abc import Collection, Iterable, Mapping
from itertools import filterfalse, islice
from typing import Any

import numpy as np

from hotservices.signals import reasons, snapshot, trials
from hotservices.signals.blend import Blend
from hotservices.signals.columns import Column, ReasonCode
from hotservices.signals.examples import Examples
from hotservices.signals.lineup import Lineup, LineupBuilder
from hotservices.signals.people import COUNT, LAST_VISIT, Person
from hotservices.signals.reasons import Ranked, Reason
from hotservices.signals.settings import Settings
from hotservices.signals.shared import Shared
from hotservices.signals.trait_model import refit_traits
from hotservices.signals.traits import TraitCodes, TraitLog

_THINNING_GROWTH = 2


class UnknownItemError(KeyError):
    """The catalogue has no such service."""


class Ranker:
    """Ranks a catalogue for each person from what has been observed so far.

    An event updates a constant number of small rows; a ranking reads one person and the shared tables. `refresh`
    is the background job. A service is known inside by its place in the catalogue, which never changes.
    """

    def __init__(self, items: Iterable[str], **overrides: Any) -> None:
        self.settings = Settings(**overrides)
        self.items = list(items)
        self._places = {item: place for place, item in enumerate(self.items)}
        self._people: dict[str, Person] = {}
        self._shared = Shared(len(self.items), self.settings)
        self._builder = LineupBuilder(self.settings, self._shared)
        self._blend = Blend(self.settings)
        self._examples = Examples(self.settings.example_capacity, self.settings.shortlist)
        self._trait_codes = TraitCodes()
        self._trait_log = TraitLog(self.settings.trait_capacity, self.settings.trait_half_life)
        self._rng = np.random.default_rng(self.settings.seed)

    def observe(self, user: str, item: str, at: int) -> None:
        """One use of a service at `at` seconds; the next ranking knows it. Raises UnknownItemError."""
        place = self.place_of(item)
        person = self._people.get(user)
        if person is None:
            person = self._people[user] = Person()
        self.learn(person, place, at, fold=fold_of(user))
        person.use(place, at, self.settings.visit_decay, self.settings.own_items)

    def learn(self, person: Person, place: int, at: int, *, fold: bool) -> None:
        """Let others learn from a use by a person who is still as before it."""
        weight = person.weight(place, at)
        if not weight:
            return
        if person.begins_visit(at):
            self._begin_visit(person, place, at, fold=fold)
        elif person.open_example >= 0:
            self._examples.also_used(person.open_example, place)
        position = person.position(place)
        if position >= 0:
            self._shared.rhythm.learn_return(place, person.idle_since(position, at))
        elif not person.overflowed:
            self._count_first_use(person, place, at, fold=fold)
        self._shared.count(place, at, weight)

    def _count_first_use(self, person: Person, place: int, at: int, *, fold: bool) -> None:
        """Count a distinct person; one whose memory has overflowed would be counted twice, so no longer counts."""
        if person.items:
            self._shared.co_use.learn(person.recent_items(self.settings.co_use_sources), place)
        self._shared.count_person(place)
        if person.traits is not None:
            self._trait_log.add(person.traits, place, at, 1 / (1 + len(person.items)), fold=fold)

    def _begin_visit(self, person: Person, place: int, at: int, *, fold: bool) -> None:
        """Make every so many-th visit a learning example, more rarely as more has been seen."""
        person.open_example = -1
        self._shared.visits += 1
        settings = self.settings
        seen, stride = self._shared.visits // settings.example_thinning, settings.example_stride
        while seen:
            seen //= _THINNING_GROWTH
            stride *= 2
        if self._shared.visits % stride == 0:
            self._learn_from_visit(person, place, at, stride, fold=fold)

    def _learn_from_visit(self, person: Person, place: int, at: int, stride: int, *, fold: bool) -> None:
        """Rank as if asked, see what was used, and learn from the difference."""
        self._shared.popularity.learn(place, self.settings.speed_rate)
        lineup = self._builder.build(person, at)
        used = lineup.items == place
        if lineup.owned:
            facts = person.fact_table()
            missed = person.visits - facts[LAST_VISIT]
            self._shared.rhythm.learn_visit(facts[COUNT], missed, used[: lineup.owned])
        if not used.any():
            return
        short, scores = self._blend.shortlist(lineup.columns, self.settings.shortlist)
        self._blend.learn(lineup.columns, scores, used)
        if used[short].any():
            number = self._examples.add(
                lineup.items[short], lineup.columns.take(short, axis=1), used[short], stride
            )
            person.open_example = number
            if person.traits is not None:
                self._examples.describe(number, person.traits, fold=fold)

    def set_user(self, user: str, attrs: Mapping[str, object]) -> None:
        """Set what is known of a person at sign-up: numbers, words, dates; replaces what was set before."""
        self.describe(self._people.setdefault(user, Person()), attrs)

    def describe(self, person: Person, attrs: Mapping[str, object]) -> None:
        """Tell a person what is known of them, in the codes of these tables."""
        person.traits = self._trait_codes.encode(attrs)

    def add_item(self, item: str) -> None:
        """Put a new service into the catalogue; it can be shown at once. Known ones are left alone."""
        if item in self._places:
            return
        self._places[item] = len(self.items)
        self.items.append(item)
        snapshot.grow(self._shared, 1)
        self._builder.forget_pools()

    def rank(self, user: str | None, k: int, at: int, *, hidden: Collection[str] = ()) -> list[str]:
        """At most k distinct services, best first, without the hidden; for None, nobody's own data is read."""
        return self._listed(self._builder.build(self._person_of(user), at), user, k, at, hidden)[0]

    def _listed(
        self, lineup: Lineup, user: str | None, k: int, at: int, hidden: Collection[str]
    ) -> tuple[list[str], str | None]:
        """Return the list, and which of it is only tried out."""
        order = lineup.items[self._blend.order(lineup.columns, k + len(hidden))]
        found = map(self.items.__getitem__, order.tolist())
        ranked = list(islice(filterfalse(hidden.__contains__, found), k) if hidden else found)
        if len(ranked) < k:
            return self._filled_up(ranked, k, hidden), None
        tried = self._tried(user, k, at)
        if tried is None or tried in ranked or tried in hidden:
            return ranked, None
        return [*ranked[: k - 1], tried], tried

    def rank_with_reasons(
        self, user: str | None, k: int, at: int, *, hidden: Collection[str] = ()
    ) -> list[Ranked]:
        """Like `rank`, each service with the signal that carries it."""
        lineup = self._builder.build(self._person_of(user), at)
        ranked, tried = self._listed(lineup, user, k, at, hidden)
        found = self._reasons(user, ranked, at, lineup)
        return [Ranked(item, reason, item == tried) for item, reason in zip(ranked, found, strict=True)]

    def explain(self, user: str | None, item: str, at: int) -> Reason:
        """Say which signal carries this service for this person. Raises UnknownItemError."""
        self.place_of(item)
        return self._reasons(user, [item], at, None)[0]

    def _reasons(self, user: str | None, items: list[str], at: int, lineup: Lineup | None) -> list[Reason]:
        """Name for each service the signal without which its score would fall the most."""
        person = self._person_of(user)
        places = [self._places[item] for item in items]
        if lineup is None or not set(places).issubset(lineup.items.tolist()):
            lineup = self._builder.build(person, at, also=np.array(places, np.int64))
        codes = reasons.dominating(lineup, places, self._blend)
        sources, times = lineup.near.strongest_sources(), person.times_by_item()
        return [
            Reason(
                code,
                self.items[sources[place]] if code is ReasonCode.CO_USE else None,
                times.get(place, 0),
            )
            for place, code in zip(places, codes, strict=True)
        ]

    def _person_of(self, user: str | None) -> Person:
        person = self._people.get(user) if user is not None else None
        return person if person is not None else Person()

    def place_of(self, item: str) -> int:
        """Return the place of a service in every table. Raises UnknownItemError."""
        try:
            return self._places[item]
        except KeyError:
            raise UnknownItemError(item) from None

    def _filled_up(self, ranked: list[str], k: int, hidden: Collection[str]) -> list[str]:
        """Append services that are nobody's candidates, in the order of the catalogue."""
        shown = {*ranked, *hidden}
        spare = (item for item in self.items if item not in shown)
        return ranked + [item for item, _ in zip(spare, range(k - len(ranked)), strict=False)]

    def _tried(self, user: str | None, k: int, at: int) -> str | None:
        """Return the rare service that a list tries out, None for most lists."""
        lot = trials.draw(self.settings, user, k, at)
        rare = self._builder.pools().rare if lot is not None else ()
        return self.items[rare[lot % len(rare)]] if lot is not None and len(rare) else None

    def refresh(self, at: int) -> None:
        """Refit what is not learnt event by event: attributes and trees. Takes seconds, at most a minute."""
        if self._trait_log.size:
            self._builder.trait_model = refit_traits(
                self._trait_log, self._examples, self.settings.k_anonymity, self._rng
            )
        if self._examples.size:
            self._blend.refit(self._examples.lists(), self._rng)
        self._builder.forget_pools()

    def export_lessons(self) -> bytes:
        """Pack what a refresh learns from, for a ranker that refreshes in the place of this one."""
        return snapshot.pack(snapshot.tables(self._lessons()))

    def load_lessons(self, packed: bytes) -> None:
        """Take over what a refresh learns from. Raises SharedUnreadableError."""
        snapshot.load(packed, self._lessons())

    def export_learnt(self) -> bytes:
        """Pack what a refresh has learnt."""
        return snapshot.pack(snapshot.tables(_learnt(self._blend), model=self._builder.trait_model))

    def take_learnt(self, packed: bytes) -> None:
        """Take over what a refresh elsewhere has learnt, and only that. Raises SharedUnreadableError."""
        blend = Blend(self.settings)
        _, _, model = snapshot.load(packed, _learnt(blend))
        self._blend.forest, self._builder.trait_model = blend.forest, model
        self._blend.line[Column.TRAITS] = blend.line[Column.TRAITS]

    def export_person(self, user: str) -> bytes:
        """Everything known of a person, packed; of an unknown person, an empty one."""
        return self._person_of(user).to_bytes()

    def load_person(self, user: str, packed: bytes) -> None:
        """Put an exported person in place. Raises PersonUnreadableError."""
        self.seat(user, Person.from_bytes(packed))

    def seat(self, user: str, person: Person) -> None:
        """Put a person in place."""
        self._people[user] = person

    def forget_person(self, user: str) -> None:
        """Drop the person's own state; the counts they are in name nobody."""
        self._people.pop(user, None)

    def export_shared(self) -> bytes:
        """All that is not personal, as one numpy archive."""
        return snapshot.pack(self.tables())

    def tables(self) -> snapshot.Tables:
        """Return what `export_shared` packs, not copied: it takes no time, and nothing may change until it is packed."""
        return snapshot.tables(self._parts(), self.items, self._trait_codes, self._builder.trait_model)

    def load_shared(self, packed: bytes) -> None:
        """Replace the shared tables and the catalogue; services missing from the export are added to it."""
        mine = self.items
        self.items, self._trait_codes, self._builder.trait_model = snapshot.load(packed, self._parts())
        self._places = {item: place for place, item in enumerate(self.items)}
        self._builder.forget_pools()
        for item in mine:
            self.add_item(item)

    def visits(self) -> int:
        """Return how many visits the tables have learnt from."""
        return self._shared.visits

    def state_bytes(self) -> int:
        """Bytes of the shared tables and of all people packed."""
        return self.shared_bytes() + sum(len(person.to_bytes()) for person in self._people.values())

    def shared_bytes(self) -> int:
        """Bytes of the shared tables."""
        return sum(array.nbytes for array in snapshot.arrays_of(self._parts()).values())

    def _parts(self) -> dict[str, snapshot.Part]:
        return {**self._shared.parts(), **self._lessons()}

    def _lessons(self) -> dict[str, snapshot.Part]:
        return {**_learnt(self._blend), "examples": self._examples, "trait_log": self._trait_log}


def _learnt(blend: Blend) -> dict[str, snapshot.Part]:
    return {"blend": blend, "forest": blend.forest}


def fold_of(user: str) -> bool:
    """Half of the people that this one belongs to; the same in every process."""
    return bool(zlib.crc32(user.encode()) & 1)
