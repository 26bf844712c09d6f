"""Bundles: 13 events in life, each an ordered list of services that exist."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotservices import bundles
from hotservices.bundles import Bundle
from hotservices.catalogue import shipped
from hotservices.errors import BundleNotFound

ALL = list(bundles.bundles(shipped()).values())


def test_there_are_13_bundles_of_at_least_two_different_steps() -> None:
    assert len(ALL) == 13
    assert all(len(set(bundle.services)) == len(bundle.services) >= 2 for bundle in ALL)


def test_the_first_step_after_a_birth_is_the_birth_certificate() -> None:
    steps = bundles.progress(bundles.get(shipped(), "NEWBORN"), None, None).steps

    assert [step.order for step in steps] == [1, 2, 3, 4, 5, 6]
    assert steps[0].service.name == "《出生医学证明》首次签发"


@pytest.mark.parametrize("bundle", ALL, ids=lambda bundle: str(bundle.code))
def test_what_is_not_known_is_neither_yes_nor_no(bundle: Bundle) -> None:
    steps = bundles.progress(bundle, None, None).steps

    assert {need.held for step in steps for need in step.requires} <= {None}
    assert {step.done for step in steps} == {None}


@given(
    bundle=st.sampled_from(ALL),
    held=st.frozensets(st.sampled_from(["ID_CARD", "SOCIAL_SECURITY_CARD", "BUSINESS_LICENCE"])),
    done=st.frozensets(st.sampled_from(sorted(shipped().services))),
)
def test_a_step_is_done_and_a_licence_held_exactly_when_it_was_handed_in(
    bundle: Bundle, held: frozenset[str], done: frozenset[str]
) -> None:
    steps = bundles.progress(bundle, held, done).steps

    assert all(step.done == (step.service.code in done) for step in steps)
    assert all(need.held == (need.kind in held) for step in steps for need in step.requires)


def test_nobody_having_done_anything_is_known_to_have_done_nothing() -> None:
    steps = bundles.progress(ALL[0], frozenset(), frozenset()).steps

    assert {step.done for step in steps} == {False}


def test_a_bundle_of_another_code_is_refused() -> None:
    with pytest.raises(BundleNotFound):
        bundles.get(shipped(), "NOTHING")
