"""Names as registries write them, and people who lie sealed."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from identity import people
from identity.errors import RegistryUnavailable
from identity.ids import PersonId
from identity.numbers.resident_id import IdType
from identity.people import PersonRow, normalise_name
from identity.population import NoPopulationRegistry
from identity.sandbox.personas import SandboxLoginProvider, SandboxPopulationRegistry
from tests.sandbox import Sandbox

ZHANG_WEI = {"name": "张伟", "id_type": IdType.RESIDENT_ID, "id_number": "100000199005170119"}


@pytest.mark.parametrize("dot", "·•・‧∙．･")
def test_every_keyboards_middle_dot_is_the_registrys(dot: str) -> None:
    assert normalise_name(f"阿卜杜拉{dot}买买提") == "阿卜杜拉·买买提"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (" 张伟 ", "张伟"),
        ("john  martin", "JOHN MARTIN"),
        ("jose\u0301", "JOSÉ"),
        ("张\u3000伟", "张伟"),
        ("欧阳 娜娜", "欧阳娜娜"),
        ("阿卜杜拉 · 买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉.买买提", "阿卜杜拉·买买提"),
        ("ＳＭＩＴＨ　Ｊｏｈｎ", "SMITH JOHN"),
        ("\ufeff张\u200b伟\u200d", "张伟"),
        ("葛\U000e0100", "葛"),
        ("𠮷野", "𠮷野"),
        ("𠮷 野", "𠮷野"),
        ("O’Brien-Ñandú", "O’BRIEN-ÑANDÚ"),
        ("J. Smith", "J. SMITH"),
        ("買" * 30, "買" * 30),
    ],
)
def test_spaces_case_and_composition_do_not_make_another_person(typed: str, written: str) -> None:
    assert normalise_name(typed) == written


# What people type, and where one step of tidying could undo another.
TYPED = st.text(st.sampled_from("张𠮷·•.．　 aＡé\u0301ß\u200b\ufe0fŉΐ") | st.characters(), max_size=30)


@given(TYPED)
def test_a_normalised_name_stays_as_it_is(name: str) -> None:
    once = normalise_name(name)

    assert normalise_name(once) == once


@pytest.fixture
def registry(sandbox: Sandbox) -> SandboxPopulationRegistry:
    parts = sandbox.parts
    return SandboxPopulationRegistry(parts.database, parts.cipher, parts.index)


def test_the_population_registry_tells_the_birthday_of_who_matches(
    registry: SandboxPopulationRegistry,
) -> None:
    assert registry.birth_date_of(**ZHANG_WEI) == date(1990, 5, 17)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [{"name": "张维"}, {"id_number": "100000199103080125"}, {"id_type": IdType.PASSPORT}, {"id_number": ""}],
)
def test_one_wrong_part_is_no_match(registry: SandboxPopulationRegistry, wrong: dict[str, str]) -> None:
    assert registry.birth_date_of(**(ZHANG_WEI | wrong)) is None  # type: ignore[arg-type]


def test_a_registry_that_is_down_says_so_instead_of_no_match(
    sandbox: Sandbox,
    registry: SandboxPopulationRegistry,
) -> None:
    sandbox.break_registry("population")

    with pytest.raises(RegistryUnavailable):
        registry.birth_date_of(**ZHANG_WEI)  # type: ignore[arg-type]


def test_where_no_registry_is_configured_nobody_is_refused_as_a_mismatch() -> None:
    with pytest.raises(RegistryUnavailable):
        NoPopulationRegistry().birth_date_of(**ZHANG_WEI)  # type: ignore[arg-type]


def test_the_sandbox_vouches_for_a_personas_own_data_only(sandbox: Sandbox) -> None:
    provider = SandboxLoginProvider(sandbox.parts.database, sandbox.parts.cipher)
    person = people.Person(PersonId(""), "张伟", IdType.RESIDENT_ID, "100000199005170119")

    vouched = [provider.vouches_for(s, person, None) for s in ("zhang-wei", "zhang-wei#2", "li-na", "nobody")]

    assert vouched == [True, True, False, False]


def test_a_person_lies_sealed_and_is_found_by_number(sandbox: Sandbox, now: datetime) -> None:
    parts = sandbox.parts

    with parts.database.write() as session:
        row = people.add(session, parts.cipher, parts.index, now=now, **ZHANG_WEI)  # type: ignore[arg-type]
        found = people.find_by_number(session, parts.index, "100000199005170119")
        stored = session.execute(select(PersonRow.__table__).where(PersonRow.id == row.id)).one()

    assert found is row
    assert people.open_person(row, parts.cipher).name == "张伟"
    assert people.real_name(row, parts.cipher).id_number_masked == "1000**********0119"
    assert b"100000199005170119" not in b"".join(v for v in stored if isinstance(v, bytes))


@given(
    st.text(st.sampled_from("张伟娜𠮷·"), min_size=1, max_size=30).filter(
        lambda name: name.strip("·") == name
    )
)
def test_blanks_and_other_dots_in_a_chinese_name_do_not_make_another_person(name: str) -> None:
    typed = " ".join(name.replace("·", "•"))

    assert normalise_name(typed) == normalise_name(name) == name
