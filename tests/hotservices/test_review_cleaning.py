"""What everybody reads of a review tells neither who wrote it nor how to reach them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotservices.reviews.cleaning import MAX_COMMENT, cleaned

NAME = "阿卜杜拉·买买提"


@pytest.mark.parametrize(
    ("comment", "kept"),
    [
        ("办事很快，点赞！", "办事很快，点赞！"),
        ("2026年跑了3趟，交了1200元", "2026年跑了3趟，交了1200元"),
        ("请回电13800138000", "请回电****"),
        ("请回电 138-0013-8000 谢谢", "请回电 **** 谢谢"),
        ("身份证10000019880808018x", "身份证****"),
        ("卡号 6222 0200 0000 1234", "卡号 ****"),
        ("信用代码91440300MA00TEX11Q", "信用代码****"),
        ("写信到a.b@example.cn吧", "写信到****吧"),
        ("见 https://example.cn/x?y=1 处", "见 **** 处"),
        ("我是阿卜杜拉·买买提", "我是*******提"),
        ("好\u200b\u202e差\n评", "好差 评"),
        ("１３８００１３８０００", "****"),
    ],
)
def test_numbers_addresses_and_the_writers_name_are_taken_out(comment: str, kept: str) -> None:
    assert cleaned(comment, NAME) == kept


@given(st.text(max_size=MAX_COMMENT), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_no_phone_number_comes_through_whatever_stands_around_it(around: str, phone: str) -> None:
    text = cleaned(f"{around} {phone} {around}", NAME)

    assert phone not in text
    assert len(text) <= MAX_COMMENT
    assert cleaned(text, NAME) == text
