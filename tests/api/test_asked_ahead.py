"""What a route asks ahead of its guard: one wait for the database less, and never an answer about somebody else."""

from typing import Any

import pytest
from psycopg.pq import PipelineStatus
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError

from api import call as calls
from api.call import Call
from hotservices import preferences
from hotservices.models import ServicePreferenceRow
from identity.crypto.cipher import PiiCipher
from identity.ids import AccountId
from identity.prepared import Prepared, rows_together
from tests.api.test_service_events import FUND, first, tell, used, visits
from tests.sandbox import Citizen, Sandbox

FAVOURITE = "/v1/services/SVC0105/favourite"


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Tell how many questions each wait for the database was for."""
    waited: list[int] = []
    execute, alone = Prepared.execute, [True]

    def together(connection: Any, questions: Any) -> list[list[Any]]:
        if len(questions) == 1:
            return rows_together(connection, questions)
        waited.append(len(questions))
        alone[0] = False
        try:
            return rows_together(connection, questions)
        finally:
            alone[0] = True

    def one(self: Prepared, session: Any, values: Any) -> Any:
        if alone[0]:
            waited.append(1)
        elif session.dialect.name == "postgresql":
            assert session.connection.driver_connection.pgconn.pipeline_status == PipelineStatus.ON
        return execute(self, session, values)

    monkeypatch.setattr(calls, "rows_together", together)
    monkeypatch.setattr(Prepared, "execute", one)
    return waited


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Tell what was unsealed, by its place."""
    places: list[str] = []
    unseal = PiiCipher.open

    def look(self: PiiCipher, sealed: bytes, place: str) -> bytes:
        places.append(place)
        return unseal(self, sealed, place)

    monkeypatch.setattr(PiiCipher, "open", look)
    return places


def joined(sandbox: Sandbox) -> tuple[Citizen, Citizen]:
    """Return somebody, and themselves on a second login whose tokens still name the account that it had before."""
    owner, second = sandbox.log_in("zhang-wei"), sandbox.log_in("zhang-wei#2")
    owner.bind()
    owner.prove()
    first(second)
    second.prove()
    return owner, second


def test_a_hot_list_waits_for_the_database_once(sandbox: Sandbox, waits: list[int]) -> None:
    citizen = sandbox.citizen("li-na")
    tell(citizen, used(FUND))
    first(citizen)

    waits.clear()
    first(citizen)

    assert waits == [4]


def test_one_event_waits_for_the_database_twice_where_it_takes_no_transaction(
    sandbox: Sandbox, waits: list[int]
) -> None:
    citizen = sandbox.citizen("li-na")
    tell(citizen, used(FUND))

    waits.clear()
    tell(citizen, used("SVC0105", id="e1"))

    if sandbox.parts.database.is_sqlite:
        guard, *transaction = waits
        assert guard == 1
        assert transaction
    else:
        assert waits == [3, 1]


def test_a_session_that_passed_to_another_account_sees_that_ones_list(sandbox: Sandbox) -> None:
    owner, second = joined(sandbox)
    owner.expect(200, "POST", FAVOURITE, json={"on": True})

    assert [item["code"] for item in first(second, 1)] == ["SVC0105"]
    assert first(second) == first(owner)


def test_what_a_session_tells_counts_with_the_account_that_it_passed_to(sandbox: Sandbox) -> None:
    owner, second = joined(sandbox)
    tell(owner, used(FUND))

    tell(second, used("SVC0105"))

    assert (visits(sandbox, owner, FUND), visits(sandbox, owner, "SVC0105")) == (1, 1)


def test_of_a_session_that_has_ended_nothing_is_opened(sandbox: Sandbox, opened: list[str]) -> None:
    citizen = sandbox.citizen("li-na")
    tell(citizen, used(FUND))
    citizen.expect(200, "POST", "/v1/sessions/revoke-all")

    opened.clear()
    citizen.refused(401, "unauthenticated", "GET", "/v1/hot-services")
    citizen.refused(401, "unauthenticated", "POST", "/v1/service-events", json={"events": [used(FUND)]})

    assert opened == []


def test_what_was_asked_ahead_answers_once(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("li-na")
    citizen.expect(200, "POST", FAVOURITE, json={"on": True})
    account_id = AccountId((citizen.account or {})["id"])
    asked = preferences.where_personal(account_id)
    call = Call(sandbox.parts, writes=False, ahead=lambda *_: [asked])

    with call, call.lookup() as connection:
        call.ask_who(connection, preferences.is_personal(account_id), account_id)
        with sandbox.parts.database.write() as session:
            session.execute(delete(ServicePreferenceRow))
        (before,), (after,) = call.ask(asked), call.ask(asked)

    assert (before and before.favourites, after and after.favourites) == (("SVC0105",), ())


def test_a_service_is_shown_even_where_use_can_not_be_read(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = sandbox.citizen("li-na")
    execute, refused = Prepared.execute, list[str]()

    def fail(self: Prepared, session: Any, values: Any) -> Any:
        if "usage_states" in str(self._statement):
            refused.append("usage_states")
            raise OperationalError(str(self._statement), None, TimeoutError())
        return execute(self, session, values)

    monkeypatch.setattr(Prepared, "execute", fail)

    citizen.expect(200, "GET", "/v1/services/SVC0105")
    assert refused
