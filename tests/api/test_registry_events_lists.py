"""Status lists follow what registries push, so that verifiers without a network know of it too."""

import pytest
from sqlalchemy import select

from tests.api.registry_events import give_to, push
from tests.sandbox import Citizen, Sandbox
from wallet.status_lists import blocks
from wallet.status_lists.encoding import ListStatus
from wallet.status_lists.models import StatusEntryRow

KIND = "DRIVING_LICENCE"


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


@pytest.fixture
def identifier(citizen: Citizen) -> str:
    name: str = citizen.licence(KIND)["identifier"]
    return name


@pytest.mark.parametrize(
    ("event", "bits"),
    [("suspend", ListStatus.SUSPENDED), ("revoke", ListStatus.INVALID), ("transfer", ListStatus.INVALID)],
)
def test_status_lists_follow_an_event(
    sandbox: Sandbox, citizen: Citizen, identifier: str, event: str, bits: ListStatus
) -> None:
    citizen.show(KIND, mode="offline")
    entries = select(StatusEntryRow.list_id, StatusEntryRow.place)
    with sandbox.parts.database.read() as session:
        places = session.execute(entries).all()
        before = {blocks.whole(session, entry.list_id).status(entry.place) for entry in places}

    push(sandbox, event, identifier)

    with sandbox.parts.database.read() as session:
        after = {blocks.whole(session, entry.list_id).status(entry.place) for entry in places}
    assert (before, after) == ({ListStatus.VALID}, {bits})


def test_the_former_holders_entries_stay_invalid_when_another_holds_the_licence(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    citizen.show(KIND, mode="offline")
    with sandbox.parts.database.read() as session:
        places = session.execute(select(StatusEntryRow.list_id, StatusEntryRow.place)).all()
    give_to(sandbox, identifier, "li-na", push=True)

    sandbox.citizen("li-na")

    with sandbox.parts.database.read() as session:
        after = {blocks.whole(session, entry.list_id).status(entry.place) for entry in places}
    assert after == {ListStatus.INVALID}
