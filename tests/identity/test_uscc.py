"""Unified social credit codes, GB 32100-2015."""

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from identity.numbers.uscc import (
    ALPHABET,
    check_character,
    is_valid,
    organisation_check_character,
)
from tests.paths import DATA

VECTORS: dict[str, Any] = json.loads((DATA / "test_vectors.json").read_bytes())["uscc"]


def a_code(kind: str, division: int, organisation: str) -> str:
    """Return the valid code of a kind of body (2 characters), a division and an organisation (8)."""
    first_17 = f"{kind}{division:06}{organisation}{organisation_check_character(organisation)}"
    return first_17 + check_character(first_17)


organisations = st.text(ALPHABET, min_size=8, max_size=8)
codes = st.builds(
    a_code,
    st.sampled_from(["11", "12", "51", "52", "53", "91", "92", "93", "N1", "Y1", "A1"]),
    st.integers(0, 999_999),
    organisations,
)


@pytest.mark.parametrize("code", [*VECTORS["valid_public"], *VECTORS["fictitious"]])
def test_a_public_code_is_valid(code: str) -> None:
    assert is_valid(code)


@pytest.mark.parametrize(
    "code",
    [
        *VECTORS["invalid"],
        "",
        "91110000600037341",
        "91110000600037341L ",
        "91110000600037341l",
        "９１１１００００６０００３７３４１L",
    ],
)
def test_what_is_no_code_is_refused(code: str) -> None:
    assert not is_valid(code)


@given(codes)
def test_a_code_with_both_its_check_characters_is_valid(code: str) -> None:
    assert is_valid(code)


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_a_single_changed_character_is_caught(code: str, place: int, character: str) -> None:
    assume(character != code[place])

    assert not is_valid(code[:place] + character + code[place + 1 :])


@given(codes, st.integers(0, 16))
def test_two_neighbours_swapped_are_caught(code: str, place: int) -> None:
    assume(code[place] != code[place + 1])
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert not is_valid(swapped)


@given(st.text(max_size=30))
def test_no_text_makes_the_check_stumble(text: str) -> None:
    assert is_valid(text) in {True, False}
