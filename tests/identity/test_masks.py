"""How much of a personal value may be seen where the whole may not (DESIGN.md section 6)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.numbers.masks import (
    Mask,
    apply,
    mask_name,
    mask_number,
    mask_phone,
    mask_staff_number,
)

KEEPING_LENGTH = [Mask.NAME, Mask.NUMBER, Mask.PHONE, Mask.BANK_CARD, Mask.PLATE]
plain = st.text(st.characters(exclude_characters="*", exclude_categories=["Cs"]), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (Mask.NAME, "张伟", "*伟"),
        (Mask.NAME, "欧阳娜娜", "***娜"),
        (Mask.NAME, "阿卜杜拉·买买提", "*******提"),
        (Mask.NAME, "JOHN MARTIN", "**********N"),
        (Mask.NAME, "伟", "*"),
        (Mask.NUMBER, "100000199005170119", "1000**********0119"),
        (Mask.NUMBER, "TX1234567", "TX*****67"),
        (Mask.NUMBER, "12345678901", "12*******01"),
        (Mask.NUMBER, "123456789012", "1234****9012"),
        (Mask.NUMBER, "1234", "****"),
        (Mask.PHONE, "13812341234", "138****1234"),
        (Mask.BANK_CARD, "6217000000000008540", "***************8540"),
        (Mask.PLATE, "粤BT0001", "粤BT**01"),
        (Mask.PLATE, "粤BT1201", "粤BT**01"),
        (Mask.DATE, "1990-05-17", "1990-**-**"),
        (Mask.DATE, "2018-06-01T08:30:00+08:00", "2018-**-**"),
        (Mask.ADDRESS, "广东省深圳市南山区测试路1号1栋101", "广东省深圳市南山区****"),
        (Mask.ADDRESS, "北京市朝阳区测试路1号", "北京市朝阳区****"),
        (Mask.ADDRESS, "测试路1号", "****"),
        (Mask.HIDE, "任何内容", "****"),
    ],
)
def test_the_examples_of_the_design_are_shown_so(mask: Mask, value: str, shown: str) -> None:
    assert apply(mask, value) == shown


def test_a_staff_number_keeps_its_first_and_last_character() -> None:
    assert mask_staff_number("V001") == "V**1"
    assert mask_staff_number("V1") == "**"


@pytest.mark.parametrize("mask", Mask)
def test_nothing_stays_nothing(mask: Mask) -> None:
    assert apply(mask, "") == ""


@given(st.sampled_from(Mask), plain)
def test_a_mask_never_shows_the_whole_of_a_value_however_short(mask: Mask, value: str) -> None:
    shown = apply(mask, value)

    assert value not in shown
    assert "*" in shown


@given(st.sampled_from(KEEPING_LENGTH), plain)
def test_names_and_numbers_keep_their_length(mask: Mask, value: str) -> None:
    assert len(apply(mask, value)) == len(value)


@given(st.sampled_from(KEEPING_LENGTH), plain)
def test_what_is_shown_stands_where_it_stood(mask: Mask, value: str) -> None:
    shown = apply(mask, value)

    assert all(seen in {"*", there} for seen, there in zip(shown, value, strict=True))


@given(plain)
def test_a_name_shows_one_character_at_most(name: str) -> None:
    assert len(mask_name(name).replace("*", "")) == (1 if len(name) > 1 else 0)


@given(st.text("0123456789X", min_size=1, max_size=30))
def test_a_number_shows_eight_characters_at_most_and_four_of_a_short_one(number: str) -> None:
    visible = len(mask_number(number).replace("*", ""))

    assert visible <= (4 if len(number) < 12 else 8)


@given(st.text("0123456789", min_size=11, max_size=11))
def test_a_phone_number_hides_its_middle(phone: str) -> None:
    assert mask_phone(phone) == f"{phone[:3]}****{phone[7:]}"


@given(st.dates(date(1850, 1, 1)))
def test_a_date_shows_its_year_alone(day: date) -> None:
    assert apply(Mask.DATE, day.isoformat()) == f"{day.year}-**-**"
