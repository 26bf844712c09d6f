"""What the ranking of hot services promises."""

from collections.abc import Iterator

import numpy as np
import pytest

from hotservices.ranking import Ranker
from hotservices.signals.co_use import CoUse
from hotservices.signals.columns import ReasonCode

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


def test_a_use_is_seen_by_the_very_next_ranking() -> None:
    ranker = a_ranker()
    crowd(ranker, "S1", 50)

    ranker.observe("lin", "S7", NOW + 1)

    assert ranker.rank("lin", 3, NOW + 2)[0] == "S7"


def test_own_use_does_not_change_the_ranking_of_others_below_the_floor() -> None:
    ranker = a_ranker()
    crowd(ranker, "S1", 50)
    before = ranker.rank("wang", 10, NOW + 2)

    for n in range(9):
        ranker.observe(f"few-{n}", "S7", NOW + 1)
    ranker._builder.forget_pools()

    assert ranker.rank("wang", 10, NOW + 2)[:1] == before[:1]
    assert ranker.explain("wang", "S7", NOW + 2).code is ReasonCode.NEW


def test_ten_people_make_a_service_popular() -> None:
    ranker = a_ranker()

    crowd(ranker, "S9", 10)

    assert ranker.rank("wang", 1, NOW + 1) == ["S9"]
    assert ranker.explain("wang", "S9", NOW + 1).code in {ReasonCode.POPULAR, ReasonCode.POPULAR_NOW}


def test_one_person_cannot_make_a_service_popular() -> None:
    ranker = a_ranker()
    crowd(ranker, "S1", 12)

    for n in range(500):
        ranker.observe("robot", "S2", NOW + n)

    assert ranker.rank("wang", 1, NOW + 600) == ["S1"]


def test_co_use_is_the_reason_where_nothing_else_tells_services_apart() -> None:
    ranker = a_ranker()
    for n in range(1500):
        first = n % 20
        ranker.observe(f"u{n}", CATALOGUE[first], NOW + 2 * n)
        ranker.observe(f"u{n}", CATALOGUE[first + 20], NOW + 2 * n + 1)
    ranker.refresh(NOW + 3000)

    ranker.observe("wang", "S3", NOW + 3001)
    reason = ranker.explain("wang", "S23", NOW + 3002)

    assert ranker.rank("wang", 2, NOW + 3002)[0] == "S23"
    assert (reason.code, reason.source) == (ReasonCode.CO_USE, "S3")


@pytest.mark.parametrize(("people", "used"), [(9, 0), (10, 1)])
def test_co_use_of_fewer_than_ten_people_is_not_read(people: int, used: int) -> None:
    ranker = a_ranker()
    for n in range(people):
        ranker.observe(f"pair-{n}", "S3", NOW + n)
        ranker.observe(f"pair-{n}", "S4", NOW + n + 1)

    near = ranker._shared.co_use.neighbours(np.array([3]), 24, ranker.settings.k_anonymity)

    assert len(near.items) == used


def test_the_same_person_counts_once_for_co_use() -> None:
    ranker = a_ranker()

    for n in range(40):
        ranker.observe("robot", ("S3", "S4")[n % 2], NOW + n)

    assert ranker._shared.co_use.counts.max() == 1


def test_a_new_pair_takes_the_place_of_the_rarest() -> None:
    co_use = CoUse(4, neighbours=2)

    for item in (1, 1, 1, 2, 2, 3):
        co_use.learn(np.array([0]), item)

    assert co_use.ids[0].tolist() == [1, 3]
    assert co_use.counts[0].tolist() == [3, 1]


def test_a_person_whose_memory_has_overflowed_counts_for_nobody_twice() -> None:
    ranker = a_ranker(own_items=4)

    for n in range(120):
        ranker.observe("robot", CATALOGUE[n % 6], NOW + n)

    assert ranker._shared.facts[:, 0].max() == 1
    assert len(ranker._people["robot"].items) <= 4


def test_recent_popularity_wins_where_it_has_been_right_before() -> None:
    ranker = a_ranker()
    rng = np.random.default_rng(3)
    for n in range(6000):
        wave = n // 600
        at = NOW + wave * DAY + n % 600 * 60
        ranker.observe(f"u{n}", CATALOGUE[wave] if rng.random() < 0.8 else CATALOGUE[20], at)

    ranked = ranker.rank("nobody", 2, NOW + 9 * DAY + 600 * 60)

    assert ranked[0] == CATALOGUE[9]


def test_slow_popularity_is_trusted_where_use_is_steady() -> None:
    ranker = a_ranker()
    rng = np.random.default_rng(3)
    for n in range(6000):
        ranker.observe(f"u{n}", CATALOGUE[int(rng.integers(0, 20))], NOW + n * 600)

    weights = ranker._shared.popularity.weights

    assert weights[4] + weights[6] > weights[0] + weights[1]


def test_refresh_keeps_or_improves_what_habits_are_worth() -> None:
    def hits(ranker: Ranker) -> int:
        found = 0
        for n, (user, item, at) in enumerate(habits()):
            if n == 3600:
                ranker.refresh(at)
            if n >= 3600:
                found += item in ranker.rank(user, 2, at)
            ranker.observe(user, item, at)
        return found

    assert hits(a_ranker()) >= 0.95 * 1200


def test_attributes_decide_for_newcomers() -> None:
    ranker = a_ranker()
    for n in range(600):
        kind = ("student", "driver")[n % 2]
        ranker.set_user(f"u{n}", {"kind": kind, "born": 1950 + n % 60})
        ranker.observe(f"u{n}", {"student": "S5", "driver": "S6"}[kind], NOW + n)
    ranker.refresh(NOW + 600)

    ranker.set_user("new", {"kind": "student"})

    assert ranker.rank("new", 1, NOW + 601) == ["S5"]
    assert ranker.explain("new", "S5", NOW + 601).code is ReasonCode.ATTRIBUTES


def test_what_a_region_turned_to_long_ago_weighs_less_than_what_it_turns_to_now() -> None:
    def lifts(half_life: float) -> list[float]:
        ranker = a_ranker(trait_half_life=half_life)
        for n in range(400):
            ranker.set_user(f"then{n}", {"area": f"in{n % 2}"})
            ranker.observe(f"then{n}", "S5" if n % 2 else "S7", NOW - 300 * DAY + n)
        for n in range(100):
            ranker.set_user(f"now{n}", {"area": f"in{n % 2}"})
            ranker.observe(f"now{n}", "S6" if n % 2 else "S7", NOW + n)
        ranker.refresh(NOW + 100)
        ranker.set_user("new", {"area": "in1"})
        model, traits = ranker._builder.trait_model, ranker._people["new"].traits
        assert model is not None
        assert traits is not None
        return [float(lift) for lift in model.lift(traits, len(CATALOGUE))[5:7]]

    then, now = lifts(30 * DAY)
    forgetful, forgetting = lifts(1e12)

    assert now > then
    assert now - then > forgetting - forgetful


def test_attributes_of_fewer_than_ten_people_weigh_nothing() -> None:
    ranker = a_ranker()
    for n in range(200):
        ranker.set_user(f"u{n}", {"kind": "rare" if n < 9 else f"common{n % 2}"})
        ranker.observe(f"u{n}", "S5" if n < 9 else f"S{6 + n % 2}", NOW + n)
    ranker.refresh(NOW + 300)

    ranker.set_user("new", {"kind": "rare"})

    model = ranker._builder.trait_model
    traits = ranker._people["new"].traits
    assert model is not None
    assert traits is not None
    assert not model.lift(traits, len(CATALOGUE)).any()


def test_a_missing_attribute_says_nothing() -> None:
    ranker = a_ranker()
    for n in range(300):
        ranker.set_user(f"u{n}", {"born": 1940 + n % 60})
        ranker.observe(f"u{n}", f"S{n % 60 // 30}", NOW + n)
    ranker.refresh(NOW + 300)

    ranker.set_user("new", {"born": ""})

    model = ranker._builder.trait_model
    assert model is not None
    assert ranker._people["new"].traits is not None
    assert not model.lift(ranker._people["new"].traits, len(CATALOGUE)).any()


def test_with_nobody_named_no_personal_state_is_read() -> None:
    ranker = a_ranker()
    crowd(ranker, "S1", 20)
    ranker.observe("wang", "S8", NOW)

    assert ranker.rank(None, 5, NOW + 1) == ranker.rank("stranger", 5, NOW + 1)
    assert ranker.rank(None, 1, NOW + 1) == ["S1"]


def test_reasons_stand_beside_the_items_of_the_list() -> None:
    ranker = a_ranker()
    for user, item, at in habits():
        ranker.observe(user, item, at)
    ranker.refresh(NOW + 12 * DAY)

    ranked = ranker.rank_with_reasons("P3", 10, NOW + 13 * DAY)

    assert [entry.item for entry in ranked] == ranker.rank("P3", 10, NOW + 13 * DAY)
    assert ranked[0].reason.code in {ReasonCode.OWN_USE, ReasonCode.RHYTHM}
    used = {CATALOGUE[place] for place in ranker._people["P3"].items}
    for entry in ranked:
        if entry.reason.code in {ReasonCode.OWN_USE, ReasonCode.RHYTHM}:
            assert entry.item in used
