"""The state's registries over HTTP: a match, no match, or unavailable; never a guess."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from identity.errors import RegistryUnavailable
from identity.numbers.resident_id import IdType
from identity.phones import NoPhoneRegistry
from identity.platforms.state_registries import HttpPhoneRegistry, HttpPopulationRegistry
from identity.platforms.wire import Patience
from tests.platforms.fake_registries import TOKEN, FakePhones, FakePopulation
from tests.platforms.fake_server import cut, late, playing, replies, said
from tests.platforms.people import PHONE, ZHANG_WEI

CLAIM = (ZHANG_WEI.name, "resident_id", ZHANG_WEI.id_number)
WRONG = [
    {},
    {"matched": "true", "birth_date": "1990-05-17"},
    {"matched": 1},
    {"matched": None},
    ["matched"],
]


@pytest.fixture
def people() -> Iterator[FakePopulation]:
    with playing(FakePopulation({CLAIM: "1990-05-17"})) as fake:
        yield fake


@pytest.fixture
def population(people: FakePopulation, patience: Patience) -> Iterator[HttpPopulationRegistry]:
    registry = HttpPopulationRegistry(f"{people.address}/", TOKEN, patience)
    yield registry
    registry.close()


@pytest.fixture
def numbers() -> Iterator[FakePhones]:
    with playing(FakePhones({(ZHANG_WEI.name, ZHANG_WEI.id_number, PHONE)})) as fake:
        yield fake


@pytest.fixture
def phones(numbers: FakePhones, patience: Patience) -> Iterator[HttpPhoneRegistry]:
    registry = HttpPhoneRegistry(f"{numbers.address}/three-factors", TOKEN, patience)
    yield registry
    registry.close()


def born(population: HttpPopulationRegistry, name: str = ZHANG_WEI.name) -> date | None:
    return population.birth_date_of(name=name, id_type=IdType.RESIDENT_ID, id_number=ZHANG_WEI.id_number)


def matches(phones: HttpPhoneRegistry, phone: str = PHONE) -> bool:
    return phones.matches(name=ZHANG_WEI.name, id_number=ZHANG_WEI.id_number, phone=phone)


def test_name_and_number_that_belong_together_have_a_date_of_birth(
    population: HttpPopulationRegistry,
) -> None:
    assert born(population) == date(1990, 5, 17)
    assert born(population, "张三") is None


def test_a_phone_number_is_one_persons(phones: HttpPhoneRegistry, numbers: FakePhones) -> None:
    assert matches(phones)
    assert not matches(phones, "13800000002")
    assert {asked.path for asked in numbers.asked} == {"/three-factors"}


@pytest.mark.parametrize("mishap", [late, cut])
def test_a_registry_that_is_late_or_cut_off_is_asked_again(
    population: HttpPopulationRegistry,
    people: FakePopulation,
    phones: HttpPhoneRegistry,
    numbers: FakePhones,
    mishap: Callable[..., None],
) -> None:
    people.next("/", mishap)
    numbers.next("/three-factors", mishap)

    assert (born(population), matches(phones)) == (date(1990, 5, 17), True)


@pytest.mark.parametrize(
    "answer",
    [
        *WRONG,
        {"matched": True},
        {"matched": True, "birth_date": 19900517},
        {"matched": True, "birth_date": "17.5.1990"},
        {"matched": True, "birth_date": "1990-02-30"},
    ],
)
def test_an_answer_of_the_wrong_types_matches_nobody(
    population: HttpPopulationRegistry,
    people: FakePopulation,
    answer: object,
) -> None:
    people.next("/", replies(said(answer)))

    with pytest.raises(RegistryUnavailable):
        born(population)


@pytest.mark.parametrize("answer", WRONG)
def test_an_answer_of_the_wrong_types_is_nobodys_phone(
    phones: HttpPhoneRegistry,
    numbers: FakePhones,
    answer: object,
) -> None:
    numbers.next("/three-factors", replies(said(answer)))

    with pytest.raises(RegistryUnavailable):
        matches(phones)


def test_a_registry_that_does_not_know_our_token_is_unavailable(
    people: FakePopulation, patience: Patience
) -> None:
    registry = HttpPopulationRegistry(people.address, "another-token", patience)

    with pytest.raises(RegistryUnavailable):
        born(registry)
    registry.close()


def test_where_no_phone_registry_is_configured_nobody_is_refused_for_that() -> None:
    with pytest.raises(RegistryUnavailable):
        NoPhoneRegistry().matches(name=ZHANG_WEI.name, id_number=ZHANG_WEI.id_number, phone=PHONE)
