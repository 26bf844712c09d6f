"""Instant decision: only where no hand had a part in any value, and the service's rule holds."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotservices.cases import deciding
from hotservices.cases.facts import Fact
from hotservices.catalogue import shipped
from wallet.kinds import all_kinds

ELDERLY_CARD, RENEWAL = "SVC0071", "SVC0021"
TODAY = date(2026, 11, 22)


def fact(kind: str, field: str, value: object) -> Fact:
    source = {"licence_id": "1", "kind": kind, "field": field, "as_of": None, "digest": "d"}
    return Fact(field, field, value, locked=True, verified=True, source=source)


NAME = fact("ID_CARD", "name", "陈桂花")


def decided(service: str, *facts: Fact, today: date = TODAY) -> list[str]:
    rule = deciding.rule_of(service)
    assert rule is not None
    return [reason.code for reason in deciding.reasons(rule, facts, today)]


def test_every_rule_is_of_a_service_and_speaks_of_fields_that_licences_have() -> None:
    for code, rule in deciding.rules().items():
        assert code in shipped().services
        assert rule.conditions
        for condition in rule.conditions:
            assert condition.test in deciding.TESTS
            assert condition.field in {field.key for field in all_kinds()[condition.kind].fields}
            assert condition.reason.en.isascii()


@pytest.mark.parametrize(
    ("born", "old_enough"), [("1966-11-22", True), ("1966-11-23", False), ("bad", False)]
)
def test_an_elderly_card_is_granted_from_the_sixtieth_birthday_on(born: str, old_enough: bool) -> None:
    reasons = decided(ELDERLY_CARD, NAME, fact("ID_CARD", "birth_date", born))

    assert reasons == (["all-values-proven", "sixty-or-older"] if old_enough else [])


@pytest.mark.parametrize(
    ("last_day", "due"),
    [("2026-11-21", False), ("2026-11-22", True), ("2027-02-20", True), ("2027-02-21", False), (None, False)],
)
def test_a_driving_licence_is_renewed_in_its_last_ninety_days(last_day: str | None, due: bool) -> None:
    assert bool(decided(RENEWAL, NAME, fact("DRIVING_LICENCE", "valid_to", last_day))) is due


def test_two_licences_that_say_different_things_are_left_to_the_department() -> None:
    old, young = fact("ID_CARD", "birth_date", "1940-01-01"), fact("ID_CARD", "birth_date", "1990-01-01")

    assert decided(ELDERLY_CARD, old, young) == []


def test_nothing_handed_in_decides_nothing() -> None:
    assert decided(ELDERLY_CARD) == []
    assert decided(ELDERLY_CARD, NAME) == []
    assert deciding.rule_of("SVC0152") is None


values = st.one_of(st.text(min_size=1), st.integers(), st.booleans(), st.lists(st.text(), min_size=1))


@given(value=values, spoilt=st.sampled_from(["locked", "verified", "source"]), place=st.integers(0, 2))
def test_one_value_that_a_hand_had_a_part_in_is_enough_to_decide_nothing(
    value: object, spoilt: str, place: int
) -> None:
    born = fact("ID_CARD", "birth_date", "1940-01-01")
    fallen: dict[str, object] = {"locked": False, "verified": False, "source": None}
    typed = replace(fact("ID_CARD", "address", value), **{spoilt: fallen[spoilt]})  # type: ignore[arg-type]
    facts = [NAME, born]
    facts.insert(place, typed)

    assert decided(ELDERLY_CARD, NAME, born)
    assert decided(ELDERLY_CARD, *facts) == []


@pytest.mark.parametrize("empty", [None, "", []])
def test_a_field_that_was_left_empty_was_not_typed(empty: object) -> None:
    left = Fact("phone", "联系电话", empty, locked=False, verified=False)

    assert decided(ELDERLY_CARD, left, fact("ID_CARD", "birth_date", "1940-01-01"))
