"""Events of use: counted once, late ones too, from whoever told them, and known to the next ranking."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest

from api.config import Config
from hotservices import preferences
from hotservices.usage import states
from hotservices.usage.events import CLOCK_LEEWAY, LATEST_ARRIVAL, Action, Event
from hotservices.usage.uses import Attributes
from identity.ids import AccountId
from tests.sandbox import JSON, Caller, Citizen, Sandbox, running, words

PASSPORT, SCHOOL, FUND = "SVC0082", "SVC0101", "SVC0040"
# Personas whose logins, numbered, are as many accounts as a test needs.
CODES = [f"zhang-wei#{n}" for n in range(2, 40)]


def tell(caller: Caller, *events: JSON) -> JSON:
    return caller.expect(202, "POST", "/v1/service-events", json={"events": list(events)})


def used(code: str, **more: object) -> JSON:
    return {"service_code": code, "action": "apply"} | more


def first(caller: Caller, limit: int = 5) -> list[JSON]:
    items: list[JSON] = caller.expect(200, "GET", f"/v1/hot-services?limit={limit}")["items"]
    return items


def visits(sandbox: Sandbox, citizen: Citizen, code: str) -> int:
    """Return at how many visits the person's own state says the service was used."""
    parts = sandbox.parts
    account = AccountId((citizen.account or {})["id"])
    with parts.database.read() as session:
        person = states.open_person(states.packed(session, parts.cipher, account))
    return person.times_by_item().get(parts.ranking.recorder().places[code], 0)


@contextmanager
def second_worker(config: Config) -> Iterator[Sandbox]:
    with running(config) as other:
        yield other


def test_the_next_ranking_already_knows_an_event(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("li-na")

    answer = tell(citizen, used(SCHOOL))

    assert answer == {"accepted": 1, "rejected": []}
    assert first(citizen)[0] | {"name": "", "department": "", "theme": ""} == {
        "code": SCHOOL,
        "name": "",
        "department": "",
        "theme": "",
        "reason": {"code": "own-use", "text": "您用过的事项"},
    }


def test_an_id_counts_once_however_often_it_is_told(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("li-na")
    event = used(SCHOOL, id="e1")

    answers = [tell(citizen, event), tell(citizen, event, event)]
    sandbox.pass_time(timedelta(days=1))
    citizen = sandbox.log_in("li-na")
    answers.append(tell(citizen, event))

    assert [answer["accepted"] for answer in answers] == [1, 2, 1]
    assert visits(sandbox, citizen, SCHOOL) == 1


def test_two_peoples_equal_ids_are_two_events(sandbox: Sandbox) -> None:
    one, other = sandbox.log_in("li-na"), sandbox.log_in("wu-fang")

    for citizen in (one, other):
        tell(citizen, used(SCHOOL, id="e1"))

    assert [visits(sandbox, citizen, SCHOOL) for citizen in (one, other)] == [1, 1]


def test_an_id_that_now_says_something_else_is_rejected(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("li-na")
    tell(citizen, used(SCHOOL, id="e1"))

    answer = tell(citizen, used(PASSPORT, id="e1"))

    assert answer == {"accepted": 0, "rejected": [{"index": 0, "code": "event-id-reused"}]}
    assert visits(sandbox, citizen, PASSPORT) == 0


def test_what_is_wrong_in_a_batch_is_named_and_the_rest_accepted(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("li-na")

    answer = tell(
        citizen,
        used("SVC9999"),
        used(SCHOOL),
        used(PASSPORT, at="1970-01-01T00:00:00Z"),
        used(PASSPORT, at="2099-01-01T00:00:00Z"),
    )

    assert answer["accepted"] == 1
    assert [(entry["index"], entry["code"]) for entry in answer["rejected"]] == [
        (0, "service-not-found"),
        (2, "event-too-old"),
        (3, "event-in-future"),
    ]
    assert first(citizen)[0]["code"] == SCHOOL


def test_what_can_not_count_is_named_even_where_nothing_is_observed(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("li-na")
    citizen.expect(200, "POST", "/v1/account/personalisation", json={"on": False})

    answer = tell(citizen, used("SVC9999"), used(SCHOOL))

    assert answer == {"accepted": 1, "rejected": [{"index": 0, "code": "service-not-found"}]}
    assert visits(sandbox, citizen, SCHOOL) == 0


@pytest.mark.parametrize(
    ("offset", "accepted"),
    [
        (-LATEST_ARRIVAL + timedelta(minutes=1), 1),
        (-LATEST_ARRIVAL - timedelta(minutes=1), 0),
        (CLOCK_LEEWAY - timedelta(minutes=1), 1),
        (CLOCK_LEEWAY + timedelta(minutes=1), 0),
    ],
)
def test_an_event_counts_up_to_seven_days_late_and_five_minutes_early(
    sandbox: Sandbox, offset: timedelta, accepted: int
) -> None:
    citizen = sandbox.log_in("li-na")

    answer = tell(citizen, used(SCHOOL, at=(sandbox.now() + offset).isoformat()))

    assert answer["accepted"] == accepted
    assert visits(sandbox, citizen, SCHOOL) == accepted


def test_a_late_event_does_not_turn_a_persons_time_back(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("li-na")
    tell(citizen, used(SCHOOL))

    tell(citizen, used(PASSPORT, at=(sandbox.now() - timedelta(days=3)).isoformat()))

    assert words(first(citizen, 2), "code") == [SCHOOL, PASSPORT]


@pytest.mark.parametrize("count", [0, 51])
def test_a_batch_holds_one_to_fifty_events(sandbox: Sandbox, count: int) -> None:
    citizen = sandbox.log_in("li-na")
    body = {"events": [used(SCHOOL)] * count}

    citizen.refused(422, "validation-failed", "POST", "/v1/service-events", json=body)


def test_events_need_a_login(sandbox: Sandbox) -> None:
    body = {"events": [used(SCHOOL)]}

    sandbox.anybody.refused(401, "unauthenticated", "POST", "/v1/service-events", json=body)


def test_opening_a_service_counts_by_itself_once_a_visit(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("li-na")

    for _ in range(3):
        citizen.expect(200, "GET", f"/v1/services/{SCHOOL}")
    within_a_visit = visits(sandbox, citizen, SCHOOL)
    sandbox.pass_time(timedelta(minutes=31))
    citizen = sandbox.log_in("li-na")
    citizen.expect(200, "GET", f"/v1/services/{SCHOOL}")

    assert (within_a_visit, visits(sandbox, citizen, SCHOOL)) == (1, 2)
    assert first(citizen)[0]["code"] == SCHOOL


def test_who_is_not_logged_in_leaves_no_trace_by_opening(sandbox: Sandbox) -> None:
    sandbox.anybody.expect(200, "GET", f"/v1/services/{SCHOOL}")

    assert sandbox.parts.ranking.catch_up() == 0


def test_what_a_person_used_survives_a_restart(config: Config) -> None:
    with running(config) as before:
        token = before.log_in("li-na")
        tell(token, used(SCHOOL))

    with running(config) as after:
        again = Citizen(after.app, token.token)

        assert first(again)[0]["reason"]["code"] == "own-use"


def test_a_worker_learns_from_events_that_another_one_took(config: Config) -> None:
    with running(config) as one, second_worker(config) as other:
        for code in CODES[:12]:
            tell(one.log_in(code), used(FUND))

        other.parts.ranking.catch_up()

        assert first(other.anybody)[0]["code"] == FUND
        assert first(other.anybody)[0]["reason"]["code"] in {"popular", "popular-now"}


def test_a_worker_that_starts_later_learns_from_the_log_or_a_snapshot(config: Config) -> None:
    with running(config) as one:
        for code in CODES[:12]:
            tell(one.log_in(code), used(FUND))
        one.parts.ranking.catch_up()
        one.parts.ranking.refresh()

    with running(config) as later:
        later.parts.ranking.catch_up()

        assert first(later.anybody)[0]["code"] == FUND


def test_a_reset_sandbox_has_forgotten_what_was_used(sandbox: Sandbox) -> None:
    for code in CODES[:12]:
        tell(sandbox.log_in(code), used(FUND))
    sandbox.parts.ranking.catch_up()
    assert first(sandbox.anybody)[0]["code"] == FUND

    sandbox.anybody.expect(200, "POST", "/v1/sandbox/reset")
    sandbox.parts.ranking.catch_up()

    assert {item["reason"]["code"] for item in first(sandbox.anybody)} <= {"season", "portal-list"}


def test_the_database_holds_no_use_in_clear(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("li-na")
    tell(citizen, used(SCHOOL, id="my-own-id"))

    with sandbox.parts.database.lookup() as connection:
        rows = [
            bytes(value)
            for table in ("usage_states", "usage_log", "usage_receipts")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608  our own names
            for value in row
            if isinstance(value, bytes | memoryview)
        ]

    assert rows
    assert not any(SCHOOL.encode() in value or b"my-own-id" in value for value in rows)


@pytest.mark.parametrize("before", [[], [FUND]])
def test_what_is_told_while_personal_ranking_is_off_is_never_kept(
    sandbox: Sandbox, before: list[str]
) -> None:
    citizen = sandbox.log_in("li-na")
    for code in before:
        tell(citizen, used(code))

    citizen.expect(200, "POST", "/v1/account/personalisation", json={"on": False})
    answer = tell(citizen, used(SCHOOL))
    citizen.expect(200, "GET", f"/v1/services/{PASSPORT}")
    citizen.expect(200, "POST", "/v1/account/personalisation", json={"on": True})

    assert answer == {"accepted": 1, "rejected": []}
    own = [item["code"] for item in first(citizen, 20) if item["reason"]["code"] == "own-use"]
    assert own == before


def of_area(area: str, _personal: bool) -> Attributes:
    return {"area": area}


def test_a_region_orders_the_list_of_who_is_not_logged_in_by_what_its_people_use(sandbox: Sandbox) -> None:
    parts = sandbox.parts
    recorder = parts.ranking.recorder()
    uses = {"in4403": PASSPORT, "in4401": SCHOOL}
    for number, code in enumerate(CODES[:36]):
        area = list(uses)[number % 2]
        account = AccountId((sandbox.log_in(code).account or {})["id"])
        with parts.database.transaction() as transaction:
            said = [Event(uses[area], Action.APPLY), Event(FUND, Action.APPLY)]
            there = preferences.is_personal(account).then(partial(of_area, area))
            recorder.record(transaction, account, said, there, sandbox.now())
    parts.ranking.catch_up()
    parts.ranking.refresh()

    here = sandbox.anybody.expect(200, "GET", "/v1/hot-services?limit=2&region=440300")["items"]
    there = sandbox.anybody.expect(200, "GET", "/v1/hot-services?limit=2&region=440100")["items"]

    assert [here[0]["code"], there[0]["code"]] == [PASSPORT, SCHOOL]
    assert here[0]["reason"]["text"] == "当地用的人多"
