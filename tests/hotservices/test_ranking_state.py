"""The ranking as a list and as state: hidden and rare services, a growing catalogue, what is kept and put back."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotservices.ranking import Ranker, UnknownItemError
from hotservices.signals.columns import Column
from hotservices.signals.people import USES_A_DAY, Person, PersonUnreadableError
from hotservices.signals.snapshot import SharedUnreadableError

NOW = 1_700_000_000
HOUR, DAY = 3600, 86_400
CATALOGUE = [f"S{n}" for n in range(40)]
STEADY = {"exploration_rate": 0.0}


def a_ranker(**overrides: object) -> Ranker:
    return Ranker(CATALOGUE, **{**STEADY, **overrides})


def crowd(ranker: Ranker, item: str, size: int, at: int = NOW, tag: str = "crowd") -> None:
    for n in range(size):
        ranker.observe(f"{tag}-{item}-{n}", item, at)


def habits(seed: int = 1, people: int = 400, visits: int = 12) -> Iterator[tuple[str, str, int]]:
    """People who each come back to two services of their own."""
    rng = np.random.default_rng(seed)
    favourites = rng.integers(0, len(CATALOGUE), (people, 2))
    for visit in range(visits):
        for person in range(people):
            yield f"P{person}", CATALOGUE[favourites[person, rng.integers(0, 2)]], NOW + visit * DAY + person


def test_a_hidden_service_is_never_shown_and_the_list_stays_full() -> None:
    ranker = a_ranker(exploration_rate=1.0)
    for item in CATALOGUE[:30]:
        crowd(ranker, item, 12)
    hidden = set(CATALOGUE[::2])

    for n in range(50):
        ranked = ranker.rank(f"u{n}", 10, NOW + n * DAY, hidden=hidden)

        assert not hidden & set(ranked)
        assert len(ranked) == 10


def test_some_lists_end_with_a_service_too_rare_to_be_ranked() -> None:
    ranker = a_ranker(exploration_rate=0.2)
    for item in CATALOGUE[:20]:
        crowd(ranker, item, 12)

    ends = [ranker.rank(f"u{n}", 10, NOW)[-1] for n in range(500)]

    rare = [end for end in ends if end in CATALOGUE[20:]]
    assert 60 < len(rare) < 140
    assert len(set(rare)) > 10


def test_a_list_does_not_flicker_within_a_day() -> None:
    ranker = a_ranker(exploration_rate=0.5)
    for item in CATALOGUE[:20]:
        crowd(ranker, item, 12)

    assert ranker.rank("u", 10, NOW) == ranker.rank("u", 10, NOW)


def test_a_new_service_is_live_without_restart() -> None:
    ranker = a_ranker()
    crowd(ranker, "S1", 20)
    ranker.rank("wang", 5, NOW)

    ranker.add_item("brand-new")
    crowd(ranker, "brand-new", 40, NOW + 1)

    assert "brand-new" in ranker.rank("wang", 2, NOW + 2)


def test_an_unknown_service_is_refused_by_name() -> None:
    ranker = a_ranker()

    with pytest.raises(UnknownItemError, match="nowhere"):
        ranker.observe("wang", "nowhere", NOW)


def test_a_person_survives_export_and_load() -> None:
    ranker = a_ranker()
    for user, item, at in habits(people=60):
        ranker.observe(user, item, at)
    ranker.set_user("P0", {"born": 1980})
    before = ranker.rank("P0", 10, NOW + 20 * DAY)

    packed = ranker.export_person("P0")
    ranker.forget_person("P0")
    forgotten = ranker.export_person("P0")
    ranker.load_person("P0", packed)

    assert len(forgotten) < len(packed) < 400
    assert ranker.rank("P0", 10, NOW + 20 * DAY) == before
    assert ranker.export_person("P0") == packed


@given(st.binary(max_size=200))
def test_foreign_bytes_are_not_a_person(packed: bytes) -> None:
    try:
        person = Person.from_bytes(packed)
    except PersonUnreadableError:
        return
    assert Person.from_bytes(person.to_bytes()).to_bytes() == person.to_bytes()


def test_shared_tables_survive_export_and_load_with_a_grown_catalogue() -> None:
    ranker = a_ranker()
    for n, (user, item, at) in enumerate(habits()):
        if n < 400:
            ranker.set_user(user, {"born": 1950 + n % 50, "area": f"A{n % 3}"})
        ranker.observe(user, item, at)
    ranker.refresh(NOW + 12 * DAY)
    twin = Ranker([*CATALOGUE[::-1], "brand-new"], **STEADY)

    twin.load_shared(ranker.export_shared())
    twin.load_person("P0", ranker.export_person("P0"))

    assert twin.rank("P0", 10, NOW + 13 * DAY) == ranker.rank("P0", 10, NOW + 13 * DAY)
    twin.observe("P0", "brand-new", NOW + 13 * DAY)
    assert "brand-new" in twin.rank("P0", 10, NOW + 14 * DAY)
    twin.refresh(NOW + 14 * DAY)


@pytest.fixture(scope="module")
def described() -> Ranker:
    """Return a ranker of people with attributes and habits, which has not been refreshed."""
    ranker = a_ranker(example_capacity=1024, trait_capacity=1024, trees=12)
    for n, (user, item, at) in enumerate(habits()):
        if n < 400:
            ranker.set_user(user, {"born": 1950 + n % 50, "area": f"A{CATALOGUE.index(item) % 3}"})
        ranker.observe(user, item, at)
    return ranker


def test_an_export_carries_what_the_people_of_the_examples_are(described: Ranker) -> None:
    again, once_more = a_ranker(trees=12), a_ranker(trees=12)

    for each in (again, once_more):
        each.load_shared(described.export_shared())
        each._examples.columns[:, Column.TRAITS] = 0
        each.refresh(NOW + 12 * DAY)

    retold = again._examples.columns[:, Column.TRAITS]
    assert retold.any()
    assert np.array_equal(again._examples.folds, described._examples.folds)
    assert np.array_equal(retold, once_more._examples.columns[:, Column.TRAITS])


def without(export: bytes, *names: str) -> bytes:
    with np.load(io.BytesIO(export)) as archive:
        arrays = {name: archive[name] for name in archive if name not in names}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def test_an_export_of_a_release_that_did_not_keep_them_still_loads(described: Ranker) -> None:
    ranker = a_ranker(example_capacity=1024, trees=12)

    ranker.load_shared(without(described.export_shared(), "examples.traits", "examples.folds"))
    ranker.refresh(NOW + 12 * DAY)
    ranker.observe("P1", "S1", NOW + 13 * DAY)

    assert ranker.visits() == described.visits() + 1
    assert np.isnan(ranker._examples.traits).all()


def test_an_export_that_lacks_anything_else_changes_nothing(described: Ranker) -> None:
    ranker = a_ranker()

    with pytest.raises(SharedUnreadableError):
        ranker.load_shared(without(described.export_shared(), "trait_log.size"))

    assert ranker.visits() == 0


def test_foreign_bytes_are_not_shared_tables() -> None:
    with pytest.raises(SharedUnreadableError):
        a_ranker().load_shared(b"PK\x03\x04 nonsense")


def test_a_person_with_fifty_events_takes_less_than_two_kilobytes() -> None:
    person = Person()

    for n in range(50):
        person.use(n * 7, NOW + n, 0.8, 50)

    assert len(person.to_bytes()) < 1400


events = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(CATALOGUE[:12]), st.integers(0, 5 * DAY)), max_size=60
)


@settings(max_examples=60, deadline=None)
@given(events, st.integers(0, 45), st.integers(0, 3))
def test_a_ranking_has_k_distinct_services_whatever_has_happened(
    happened: list[tuple[str, str, int]], k: int, origin: int
) -> None:
    ranker = a_ranker(exploration_rate=0.5, k_anonymity=2, example_stride=1)
    start = (0, 1, NOW, 2**33)[origin]
    for user, item, after in sorted(happened, key=lambda event: event[2]):
        ranker.observe(user, item, start + after)

    ranked = ranker.rank("a", k, start + 6 * DAY)

    assert len(ranked) == len(set(ranked)) == min(k, len(CATALOGUE))
    assert set(ranked) <= set(CATALOGUE)


def test_time_that_stands_still_or_is_absent_still_ranks_by_own_use() -> None:
    ranker = a_ranker()
    for n in range(200):
        ranker.observe(f"u{n % 40}", CATALOGUE[n % 40 % 7], 0)

    ranker.refresh(0)

    assert ranker.rank("u3", 1, 0) == [CATALOGUE[3]]


def test_an_empty_catalogue_gives_an_empty_list() -> None:
    assert Ranker([]).rank("wang", 10, NOW) == []


def test_a_robots_uses_of_one_day_weigh_ever_less_for_others_and_then_nothing() -> None:
    person, weights = Person(), []

    for n in range(6):
        weights.append(person.weight(7, NOW + n))
        person.use(7, NOW + n, 0.8, 50)

    assert weights == [1.0, 0.5, 0.25, 0.0, 0.0, 0.0]
    assert person.weight(7, NOW + DAY) == 1.0


def test_telling_of_many_days_at_once_weighs_no_more_than_one_day() -> None:
    person = Person()
    person.use(7, NOW, 0.8, 50)

    weights = []
    for n in range(1, 7):
        weights.append(person.weight(7, NOW - n * DAY))
        person.use(7, NOW - n * DAY, 0.8, 50)

    assert sum(weights) == 0.75


def test_a_person_weighs_at_most_forty_uses_a_day() -> None:
    person, weights = Person(), []

    for n in range(100):
        weights.append(person.weight(n, NOW + n))
        person.use(n, NOW + n, 0.8, 50)

    assert sum(weights) == USES_A_DAY


def test_a_late_use_stands_behind_what_was_used_since() -> None:
    person = Person()
    person.use(7, NOW, 0.8, 50)

    person.use(8, NOW - 3 * DAY, 0.8, 50)

    assert person.recent_items(1).tolist() == [7]
    assert person.last_at == NOW
