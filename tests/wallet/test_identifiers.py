"""Licence identifiers, GB/T 36904: read leniently, minted strictly."""

import json
import random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from identity.numbers import uscc
from tests.paths import DATA
from wallet.identifiers import ALPHABET, ROOT, IdentifierMalformed, check_character, mint, parse
from wallet.registries import sandbox

VECTORS: dict[str, Any] = json.loads((DATA / "test_vectors.json").read_bytes())["elicence_identifier"]
ISSUER = "11220000013544541J"
TYPE = "11100000000013338W032"

issuers = st.builds(
    lambda division, organisation: _issuer(f"11{division:06}{organisation}"),
    st.integers(0, 999_999),
    st.text(uscc.ALPHABET, min_size=8, max_size=8),
)
types = st.builds(lambda issuer, number: f"{issuer}{number:03}", issuers, st.integers(0, 999))
serials = st.text(ALPHABET, min_size=1, max_size=32)
versions = st.integers(1, 999)


def _issuer(first_16: str) -> str:
    first_17 = first_16 + uscc.organisation_check_character(first_16[8:])
    return first_17 + uscc.check_character(first_17)


@pytest.mark.parametrize("text", [*VECTORS["valid_real_samples"], *VECTORS["fictitious"]])
def test_a_real_identifier_is_read(text: str) -> None:
    assert parse(text).check == text[-1]


@pytest.mark.parametrize("licence", sandbox.source()["licences"], ids=lambda entry: entry["identifier"][-24:])
def test_every_identifier_of_the_sandbox_is_read_and_printed_again(licence: dict[str, Any]) -> None:
    assert str(parse(licence["identifier"])) == licence["identifier"]


@given(types, issuers, serials, versions)
def test_what_was_minted_is_read_back(type_code: str, issuer: str, serial: str, version: int) -> None:
    minted = mint(type_code=type_code, issuer=issuer, serial=serial, version=version)

    assert parse(str(minted)) == minted
    assert (minted.type_code, minted.issuer, minted.serial) == (type_code, issuer, serial)
    assert minted.version == f"{version:03}"


@given(serials, versions, st.data())
def test_a_single_changed_character_is_caught(serial: str, version: int, data: st.DataObject) -> None:
    text = str(mint(type_code=TYPE, issuer=ISSUER, serial=serial, version=version))
    place = data.draw(st.integers(len(ROOT) + 1, len(text) - 1))
    character = data.draw(st.sampled_from(ALPHABET))
    assume(text[place] not in {".", character})

    with pytest.raises(IdentifierMalformed):
        parse(text[:place] + character + text[place + 1 :])


def test_nearly_every_swap_of_two_neighbours_changes_the_check_character() -> None:
    dice, missed, swaps = random.Random(36), 0, 20_000  # noqa: S311  repeatable, no secret

    for _ in range(swaps):
        text = dice.choices(ALPHABET, k=dice.randint(2, 60))
        place = dice.randrange(len(text) - 1)
        swapped = [*text[:place], text[place + 1], text[place], *text[place + 2 :]]
        missed += swapped != text and check_character("".join(swapped)) == check_character("".join(text))

    # ISO 7064: hybrid systems catch all wrong characters, and all but a few in a thousand swaps.
    assert missed < swaps * 0.004


@given(st.text(max_size=60))
def test_no_text_makes_reading_stumble(text: str) -> None:
    for unverified in (text, f"{ROOT}.{text}"):
        try:
            parse(unverified)
        except IdentifierMalformed:
            continue


@pytest.mark.parametrize(
    "text",
    [
        "",
        ROOT,
        f"{ROOT}.",
        f"{ROOT}....",
        VECTORS["fictitious"][0].lower(),
        VECTORS["fictitious"][0] + " ",
        VECTORS["fictitious"][0].removeprefix("1."),
        VECTORS["fictitious"][0].replace("0", "０"),
        VECTORS["fictitious"][0][:-1],
    ],
)
def test_what_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(IdentifierMalformed):
        parse(text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type_code": "11100000000013338W32"},
        {"type_code": "11100000000013338w032"},
        {"issuer": "340100"},
        {"issuer": "112200000135445410"},
        {"serial": ""},
        {"serial": "A" * 33},
        {"serial": "A.1"},
        {"serial": "a1"},
        {"version": 0},
        {"version": 1000},
    ],
)
def test_nothing_is_minted_that_the_standard_would_not(wrong: dict[str, Any]) -> None:
    parts: dict[str, Any] = {"type_code": TYPE, "issuer": ISSUER, "serial": "A1", "version": 1}

    with pytest.raises(IdentifierMalformed):
        mint(**(parts | wrong))
