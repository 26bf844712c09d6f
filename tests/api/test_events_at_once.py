"""Events of one person at the same moment: each counts, none twice, and none against what was said in between."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from api.call import Call
from tests.api.test_service_events import FUND, PASSPORT, SCHOOL, first, tell, used, visits
from tests.interleaving import after_first_call
from tests.sandbox import Citizen, Sandbox, at_once

SERVICES = [f"SVC{number:04}" for number in range(1, 13)]
PERSONALISATION = "/v1/account/personalisation"


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("li-na")


@pytest.fixture
def in_between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Do something elsewhere when a use has been read and is not written yet."""
    return partial(after_first_call, monkeypatch, Call, "ask")


def own_services(citizen: Citizen) -> set[str]:
    return {item["code"] for item in first(citizen, 50) if item["reason"]["text"] == "您用过的事项"}


def open_service(citizen: Citizen, code: str) -> None:
    citizen.expect(200, "GET", f"/v1/services/{code}")


@pytest.mark.parametrize("begun", [True, False])
def test_what_one_person_tells_in_many_requests_at_once_all_counts(
    sandbox: Sandbox, citizen: Citizen, begun: bool
) -> None:
    if begun:
        tell(citizen, used(FUND))

    at_once(*(lambda code=code: tell(citizen, used(code, id=f"of-{code}")) for code in SERVICES))

    assert [visits(sandbox, citizen, code) for code in SERVICES] == [1] * len(SERVICES)


def test_an_id_told_by_eight_requests_at_once_counts_once(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("li-na")
    late = sandbox.now() - timedelta(days=1)
    event = used(SCHOOL, id="e1", at=late.isoformat())

    answers = at_once(*[lambda: tell(citizen, event)] * 8)

    assert [answer["accepted"] for answer in answers] == [1] * 8
    assert visits(sandbox, citizen, SCHOOL) == 1


def test_an_id_is_remembered_from_within_a_visit_too(sandbox: Sandbox, citizen: Citizen) -> None:
    tell(citizen, used(SCHOOL, id="first"))

    again = tell(citizen, used(SCHOOL, id="second"))
    reused = tell(citizen, used(PASSPORT, id="second"))

    assert (again["accepted"], reused["rejected"]) == (1, [{"index": 0, "code": "event-id-reused"}])
    assert [visits(sandbox, citizen, code) for code in (SCHOOL, PASSPORT)] == [1, 0]


def test_a_use_between_reading_and_writing_another_is_not_lost(
    sandbox: Sandbox, citizen: Citizen, in_between: Callable[[Callable[[], object]], None]
) -> None:
    tell(citizen, used(FUND))
    in_between(lambda: tell(citizen, used(PASSPORT), used(FUND)))

    open_service(citizen, SCHOOL)

    assert [visits(sandbox, citizen, code) for code in (FUND, PASSPORT, SCHOOL)] == [1, 1, 1]


@pytest.mark.parametrize("said", [SCHOOL, FUND])
def test_an_id_told_between_reading_and_writing_it_counts_once(
    sandbox: Sandbox, citizen: Citizen, in_between: Callable[[Callable[[], object]], None], said: str
) -> None:
    tell(citizen, used(FUND))
    came_first = []
    in_between(lambda: came_first.append(tell(citizen, used(said, id="e1"), used(FUND))))

    answer = tell(citizen, used(PASSPORT, id="e1"))

    # Where an event is recorded in one transaction, nothing comes in between.
    assert answer["accepted"] == visits(sandbox, citizen, PASSPORT) == 1 - len(came_first)
    assert visits(sandbox, citizen, said) == (said == FUND) + (said == SCHOOL) * len(came_first)


def test_an_id_is_nobodys_business_once_personal_ranking_is_off(sandbox: Sandbox, citizen: Citizen) -> None:
    tell(citizen, used(SCHOOL, id="e1"))
    citizen.expect(200, "POST", PERSONALISATION, json={"on": False})

    answers = [tell(citizen, used(PASSPORT, id="e1")), tell(citizen, used(PASSPORT, id="e1"), used(FUND))]

    assert [answer["rejected"] for answer in answers] == [[], []]
    assert visits(sandbox, citizen, PASSPORT) == 0


def test_nothing_is_kept_of_who_turns_personal_ranking_off_in_between(
    citizen: Citizen, in_between: Callable[[Callable[[], object]], None]
) -> None:
    tell(citizen, used(FUND))
    in_between(lambda: citizen.expect(200, "POST", PERSONALISATION, json={"on": False}))

    open_service(citizen, SCHOOL)

    citizen.expect(200, "POST", PERSONALISATION, json={"on": True})
    assert own_services(citizen) == {FUND}


@pytest.mark.parametrize("begun", [True, False])
def test_nothing_is_kept_of_who_closes_their_account_in_between(
    sandbox: Sandbox, citizen: Citizen, in_between: Callable[[Callable[[], object]], None], begun: bool
) -> None:
    if begun:
        tell(citizen, used(FUND))
    citizen.prove()
    in_between(lambda: citizen.expect(200, "POST", "/v1/account/close"))

    open_service(citizen, SCHOOL)

    with sandbox.parts.database.lookup() as connection:
        tables = ("usage_states", "usage_receipts")
        kept = [connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables]  # noqa: S608  ours
    assert kept == [[], []]
