"""Passwords of staff: argon2id, and rules that ask for length and nothing silly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.errors import InvalidField
from identity.staffing.passwords import Passwords, require_good
from tests.conftest import CHEAP

OWN = {"staff_number": "V001", "organisation": ("traffic-police", "测试市公安局交通管理局")}


def require(password: str) -> None:
    require_good("new_password", password, staff_number="V001", organisation=OWN["organisation"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "password",
    [
        "correct battery staple",
        "lowercaseonlyisfine",
        "三只蓝色的猫在窗台上晒太阳",
        "        blanks too        ",
        "Tr0ub4dor&3 and more",
        "V001 feeds three blue cats",
    ],
)
def test_length_counts_and_composition_does_not(password: str) -> None:
    require(password)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "eleven char",
        "x" * 257,
        "aaaaaaaaaaaaaaaa",
        "121212121212121212",
        "password123456",
        "Password123456",
        "QWERTYUIOP123",
        "woaini1314520",
        "V001V001V001",
        "v001traffic-police",
        "traffic-police2026",
        "测试市公安局交通管理局V001",
    ],
)
def test_short_common_and_ones_own_words_are_refused(password: str) -> None:
    with pytest.raises(InvalidField) as refused:
        require(password)

    assert refused.value.field == "new_password"


@given(st.text(min_size=1, max_size=40))
def test_only_the_password_itself_matches_its_hash(password: str) -> None:
    passwords = Passwords(CHEAP)
    stored = passwords.hash(password)

    assert passwords.matches(stored, password)
    assert not passwords.matches(stored, password + " ")
    assert not passwords.matches(None, password)
    assert password not in stored or len(password) < 4


def test_in_earnest_a_hash_costs_what_rfc_9106_recommends() -> None:
    assert Passwords().hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_damaged_hash_matches_nothing() -> None:
    assert not Passwords(CHEAP).matches("no hash", "x")
