"""Registries are asked side by side: one that is slow, down or mad costs the others nothing."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from identity.errors import RegistryUnavailable
from wallet.registries import asking
from wallet.registries.asking import AnswerStatus, RegistryDesk
from wallet.registries.protocol import RegistryRecord
from wallet.status import LicenceStatus

NUMBER = "100000199005170119"
PATIENCE = 0.4
RECORD = RegistryRecord(
    registry="good",
    kind="ID_CARD",
    identifier="1.2.3",
    number=NUMBER,
    holder_numbers=(NUMBER,),
    issuer_name="测试市公安局",
    issued_on=date(2020, 1, 1),
    valid_from=None,
    valid_to=None,
    status=LicenceStatus.VALID,
    version=1,
    fields={},
    photo_png=None,
)


@dataclass(frozen=True)
class Registry:
    """A registry that does whatever a test says when it is asked."""

    code: str
    does: Callable[[], list[RegistryRecord]]

    @property
    def name(self) -> str:
        return f"the {self.code} registry"

    def by_holder(self, id_number: str) -> list[RegistryRecord]:
        return self.does()

    def by_identifier(self, identifier: str, holder_number: str | None = None) -> RegistryRecord | None:
        return next(iter(self.does()), None)


def answer() -> list[RegistryRecord]:
    return [RECORD]


def know_nothing() -> list[RegistryRecord]:
    return []


def be_down() -> list[RegistryRecord]:
    raise RegistryUnavailable


def go_mad() -> list[RegistryRecord]:
    msg = "<html>502 Bad Gateway</html>"
    raise ValueError(msg)


@pytest.fixture
def be_slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[RegistryRecord]]]:
    """Answer only when the test is over, with little patience on our side."""
    monkeypatch.setattr(asking, "PATIENCE_SECONDS", PATIENCE)
    over = threading.Event()

    def wait() -> list[RegistryRecord]:
        over.wait(20)
        return [RECORD]

    yield wait
    over.set()


def desk(*registries: Registry) -> RegistryDesk:
    return RegistryDesk(registries)


def test_each_registry_answers_for_itself(be_slow: Callable[[], list[RegistryRecord]]) -> None:
    asked = desk(
        Registry("good", answer),
        Registry("slow", be_slow),
        Registry("down", be_down),
        Registry("mad", go_mad),
        Registry("empty", know_nothing),
    )

    answers = {given.code: (given.status, given.found) for given in asked.ask_all(NUMBER)}

    assert answers == {
        "good": (AnswerStatus.OK, 1),
        "slow": (AnswerStatus.TIMEOUT, 0),
        "down": (AnswerStatus.UNAVAILABLE, 0),
        "mad": (AnswerStatus.UNAVAILABLE, 0),
        "empty": (AnswerStatus.OK, 0),
    }
    asked.close()


def test_answers_come_in_the_registries_order_with_their_names() -> None:
    asked = desk(*(Registry(code, answer) for code in ("c", "a", "b")))

    answers = asked.ask_all(NUMBER)

    assert [given.code for given in answers] == ["c", "a", "b"]
    assert answers[0].name == "the c registry"
    asked.close()


def test_sixteen_slow_registries_cost_one_patience_not_sixteen(
    be_slow: Callable[[], list[RegistryRecord]],
) -> None:
    asked = desk(*(Registry(f"slow {n}", be_slow) for n in range(16)))
    began = time.monotonic()

    answers = asked.ask_all(NUMBER)

    assert {given.status for given in answers} == {AnswerStatus.TIMEOUT}
    assert PATIENCE <= time.monotonic() - began < 5 * PATIENCE
    asked.close()


def test_our_patience_is_three_seconds() -> None:
    assert asking.PATIENCE_SECONDS == 3


@pytest.mark.parametrize("does", [be_down, go_mad])
def test_asking_one_registry_in_vain_is_unavailable_whatever_went_wrong(
    does: Callable[[], list[RegistryRecord]],
) -> None:
    asked = desk(Registry("broken", does))

    with pytest.raises(RegistryUnavailable):
        asked.ask_one("broken", "1.2.3")

    asked.close()


def test_asking_one_slow_registry_ends_with_our_patience(be_slow: Callable[[], list[RegistryRecord]]) -> None:
    asked = desk(Registry("slow", be_slow))
    began = time.monotonic()

    with pytest.raises(RegistryUnavailable):
        asked.ask_one("slow", "1.2.3")

    assert time.monotonic() - began < 5 * PATIENCE
    asked.close()


def test_asking_one_registry_gives_the_licence_or_nothing() -> None:
    asked = desk(Registry("good", answer), Registry("empty", know_nothing))

    assert asked.ask_one("good", "1.2.3") == RECORD
    assert asked.ask_one("empty", "1.2.3") is None
    with pytest.raises(RegistryUnavailable):
        asked.ask_one("gone", "1.2.3")
    asked.close()


def test_a_registry_that_returns_no_list_costs_only_itself() -> None:
    def be_silent() -> list[RegistryRecord]:
        return None  # type: ignore[return-value]

    asked = desk(Registry("silent", be_silent), Registry("good", answer))

    statuses = [given.status for given in asked.ask_all(NUMBER)]

    assert statuses == [AnswerStatus.UNAVAILABLE, AnswerStatus.OK]
    asked.close()


def test_a_registry_whose_every_thread_hangs_is_not_waited_for(
    be_slow: Callable[[], list[RegistryRecord]],
) -> None:
    asked = desk(Registry("stuck", be_slow), Registry("good", answer))
    for _ in range(asking.MAX_QUESTIONS):
        asked.ask_all(NUMBER)

    sent_off = {code: line.ask(line.registry.by_holder, NUMBER) for code, line in asked._lines.items()}
    answers = {given.code: given.status for given in asked.ask_all(NUMBER)}

    assert (sent_off["stuck"], sent_off["good"] is None) == (None, False)
    assert answers == {"stuck": AnswerStatus.TIMEOUT, "good": AnswerStatus.OK}
    asked.close()
