"""Identity numbers of persons: GB 11643 and its relatives."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from identity.numbers.resident_id import (
    CHECK_CHARACTERS,
    IdType,
    NumberFault,
    birth_date,
    check_character,
    fault,
    normalise,
)
from identity.sandbox import personas
from tests.paths import DATA

TODAY = date(2026, 11, 22)
VECTORS: dict[str, Any] = json.loads((DATA / "test_vectors.json").read_bytes())
RESIDENT = VECTORS["resident_id"]
VALID = [*RESIDENT["valid_documented"], *RESIDENT["fictitious_prefix_100000"]]

digits = st.text("0123456789", min_size=17, max_size=17)
birthdays = st.dates(date(1850, 1, 1), TODAY)
numbers = st.builds(
    lambda born, sequence: _complete(f"110105{born:%Y%m%d}{sequence:03}"),
    birthdays,
    st.integers(0, 999),
)


def judged(number: str, id_type: IdType = IdType.RESIDENT_ID, *, today: date = TODAY) -> NumberFault | None:
    return fault(id_type, number, today=today, fictitious_allowed=True)


def _complete(first_17: str) -> str:
    return first_17 + check_character(first_17)


@pytest.mark.parametrize("number", VALID)
def test_a_documented_number_is_accepted(number: str) -> None:
    assert judged(number) is None


@pytest.mark.parametrize("number", RESIDENT["valid_hkmo_tw_residence_permit"])
def test_a_residence_permit_of_hong_kong_macao_or_taiwan_is_accepted(number: str) -> None:
    assert judged(number, IdType.HK_MO_TW_RESIDENCE_PERMIT) is None


@pytest.mark.parametrize("number", [*RESIDENT["valid_foreign_pr_2023"], "CAN440181080300"])
def test_a_foreigners_permanent_residence_is_accepted_in_its_new_and_old_form(number: str) -> None:
    assert judged(number, IdType.FOREIGN_PERMANENT_RESIDENT) is None


@pytest.mark.parametrize("number", ["E12345678", "EA1234567", "TX1234567", "12345", "A" * 20])
def test_a_passport_has_five_to_twenty_letters_and_digits(number: str) -> None:
    assert judged(number, IdType.PASSPORT) is None


@pytest.mark.parametrize(
    "number", ["", "1234", "A" * 21, "E1234-5678", "e12345678", "Ｅ12345678", "E1234567\n"]
)
def test_a_passport_of_another_form_is_refused(number: str) -> None:
    assert judged(number, IdType.PASSPORT) is NumberFault.FORM


@pytest.mark.parametrize("person", personas.source(), ids=lambda person: str(person["key"]))
def test_every_persona_has_a_sound_number(person: dict[str, Any]) -> None:
    assert judged(person["id_number"], IdType(person["id_type"])) is None


@pytest.mark.parametrize("number", RESIDENT["invalid_checksum"])
def test_a_wrong_check_character_is_named(number: str) -> None:
    assert judged(number) is NumberFault.CHECK


@pytest.mark.parametrize(
    "number",
    [*RESIDENT["invalid_date"], _complete("11010520260229001"), _complete("11010500000101001")],
)
def test_a_birthday_that_never_was_is_named(number: str) -> None:
    assert judged(number) is NumberFault.DATE


@pytest.mark.parametrize(
    "number",
    [
        "",
        "X" * 18,
        "11010519491231002x",
        "11010519491231002",
        "11010519491231002X1",
        " 11010519491231002X",
        "11010519491231002X\n",
        "１１０１０５１９４９１２３１００２X",
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
    ],
)
def test_what_is_no_number_at_all_has_the_wrong_form(number: str) -> None:
    assert judged(number) is NumberFault.FORM


def test_a_passport_number_is_no_resident_id_and_a_resident_id_no_permit() -> None:
    assert judged("TX1234567") is NumberFault.FORM
    assert judged(VALID[0], IdType.HK_MO_TW_RESIDENCE_PERMIT) is NumberFault.FORM
    assert judged(VALID[0], IdType.FOREIGN_PERMANENT_RESIDENT) is NumberFault.FORM


def test_nobody_is_born_tomorrow() -> None:
    born_tomorrow = _complete("11010520261123001")

    assert judged(born_tomorrow) is NumberFault.DATE
    assert judged(born_tomorrow, today=date(2026, 11, 23)) is None


def test_a_fictitious_province_passes_in_the_sandbox_only() -> None:
    number = RESIDENT["fictitious_prefix_100000"][0]

    faults = [
        fault(IdType.RESIDENT_ID, number, today=TODAY, fictitious_allowed=allowed)
        for allowed in (True, False)
    ]

    assert faults == [None, NumberFault.PROVINCE]


def test_a_county_that_is_on_nobodys_list_is_no_fault() -> None:
    assert judged(_complete("11999919900101001")) is None


@given(digits)
def test_any_seventeen_digits_with_their_check_character_pass_exactly_when_the_date_and_province_do(
    first_17: str,
) -> None:
    number = _complete(first_17)
    born = birth_date(number)

    found = judged(number)

    if born is None or not date(1850, 1, 1) <= born <= TODAY:
        assert found is NumberFault.DATE
    else:
        assert found in {None, NumberFault.PROVINCE}


@given(birthdays, st.integers(0, 999))
def test_a_number_carries_its_birthday(born: date, sequence: int) -> None:
    number = _complete(f"440308{born:%Y%m%d}{sequence:03}")

    assert judged(number) is None
    assert birth_date(number) == born


@given(digits, st.sampled_from(CHECK_CHARACTERS))
def test_only_one_check_character_is_right(first_17: str, other: str) -> None:
    assume(other != check_character(first_17))

    assert judged(first_17 + other) in {NumberFault.CHECK, NumberFault.DATE}


@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_a_single_changed_digit_is_caught(number: str, place: int, by: int) -> None:
    digit = str((int(number[place]) + by) % 10)
    changed = number[:place] + digit + number[place + 1 :]

    assert judged(changed) is not None


@given(numbers, st.integers(0, 16))
def test_two_neighbours_swapped_are_caught(number: str, place: int) -> None:
    first, second = number[place], number[place + 1]
    assume(first != second)
    swapped = number[:place] + second + first + number[place + 2 :]

    assert judged(swapped) is not None


@given(numbers)
def test_a_lower_case_x_and_spaces_around_are_how_people_type(number: str) -> None:
    typed = f"  {number.lower()} "

    assert normalise(typed) == number
    assert normalise(normalise(typed)) == number


@given(st.text(max_size=40), st.sampled_from(IdType))
def test_no_text_makes_the_check_stumble(text: str, id_type: IdType) -> None:
    found = judged(normalise(text), id_type)

    assert found is None or found in NumberFault


@given(st.from_regex(r"[A-Z0-9]{5,20}", fullmatch=True), st.data())
def test_a_number_typed_wide_with_blanks_or_in_lower_case_is_the_same(
    number: str, data: st.DataObject
) -> None:
    wide = [data.draw(st.sampled_from([c, c.lower(), chr(ord(c) + 0xFEE0)])) for c in number]
    gaps = [data.draw(st.sampled_from(["", " ", "\u3000", "\u200b", "\xa0"])) for _ in number]

    typed = "".join(part for pair in zip(wide, gaps, strict=True) for part in pair)

    assert normalise(typed) == number


def test_a_number_of_the_first_generation_is_told_apart_from_a_mistyped_one() -> None:
    assert judged("110105491231002", IdType.RESIDENT_ID) == NumberFault.OLD
    assert judged("11010549123100X", IdType.RESIDENT_ID) == NumberFault.FORM
    assert judged("110105491231002", IdType.HK_MO_TW_RESIDENCE_PERMIT) == NumberFault.FORM
