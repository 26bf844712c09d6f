"""An account that is closed while something is done for it stays closed: nothing is written, nobody is told."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event, func, select, text

from api.call import Call
from api.upkeep import personal_data
from identity.family.children import ChildDesk
from identity.people import PersonRow
from tests import family, forms
from tests.consents import an_asker, ask, named
from tests.interleaving import elsewhere, meanwhile
from tests.sandbox import JSON, Citizen, Sandbox
from wallet.models import HoldingRow, LicenceRow, open_content
from wallet.registries.asking import RegistryDesk

KIND, CLOSE, ACT_AS = "DRIVING_LICENCE", "/v1/account/close", "/v1/sessions/act-as"
ON = {"on": True}


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    citizen = sandbox.citizen("zhang-wei")
    citizen.prove()
    return citizen


def closing(citizen: Citizen) -> Callable[[], JSON]:
    return lambda: citizen.expect(200, "POST", CLOSE)


def once_asked(monkeypatch: pytest.MonkeyPatch, desk: type, name: str, action: Callable[[], Any]) -> None:
    """Do something elsewhere as soon as others have answered what a desk asked them."""
    ask_them = getattr(desk, name)

    def answered(*args: Any, **kwargs: Any) -> Any:
        answers = ask_them(*args, **kwargs)
        monkeypatch.setattr(desk, name, ask_them)
        elsewhere(action)
        return answers

    monkeypatch.setattr(desk, name, answered)


def held_by_the_erased(sandbox: Sandbox) -> int:
    erased = select(PersonRow.id).where(PersonRow.erased_at.is_not(None))
    with sandbox.parts.database.read() as session:
        assert session.scalars(erased).all()
        return (
            session.scalar(select(func.count()).where(HoldingRow.person_id.in_(erased.scalar_subquery())))
            or 0
        )


def content(sandbox: Sandbox, kind: str) -> JSON:
    with sandbox.parts.database.read() as session:
        row = session.scalars(select(LicenceRow).where(LicenceRow.kind == kind)).one()
        return open_content(sandbox.parts.cipher, row.id, row.content_sealed).fields


@pytest.mark.parametrize(
    ("path", "body", "table"),
    [
        ("/v1/services/SVC0022/favourite", ON, "service_preferences"),
        ("/v1/services/SVC0022/hide", ON, "service_preferences"),
        ("/v1/account/personalisation", {"on": False}, "impersonal_rankings"),
        (f"/v1/forms/{forms.RENEWAL}/drafts", {}, "drafts"),
        ("/v1/dependants", family.named("li-na", "spouse"), "dependants"),
    ],
)
def test_nothing_is_left_for_an_account_that_was_closed_first(
    sandbox: Sandbox, citizen: Citizen, path: str, body: JSON, table: str
) -> None:
    sandbox.citizen("li-na")

    with meanwhile(closing(citizen)):
        citizen.refused(401, "unauthenticated", "POST", path, json=body)

    with sandbox.parts.database.read() as session:
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0  # noqa: S608
    assert sandbox.log_in("li-na").expect(200, "GET", "/v1/notices")["items"] == []


@pytest.mark.parametrize("path", ["/v1/wallet/sync", f"/v1/forms/{forms.RENEWAL}/drafts"])
def test_what_registries_say_of_somebody_who_has_gone_meanwhile_is_not_kept(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.prove()
    once_asked(monkeypatch, RegistryDesk, "ask_all", closing(citizen))

    citizen.refused(401, "unauthenticated", "POST", path)

    assert held_by_the_erased(sandbox) == 0


def test_a_licence_that_is_read_again_for_somebody_who_has_gone_meanwhile_stays_blank(
    sandbox: Sandbox, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/v1/licences/{citizen.licence(KIND)['id']}/refresh"
    once_asked(monkeypatch, RegistryDesk, "ask_one", closing(citizen))

    citizen.refused(401, "unauthenticated", "POST", path)

    assert content(sandbox, KIND) == {}


def test_a_pull_brings_nothing_back_of_somebody_who_has_gone_meanwhile(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, citizen = an_asker(sandbox), sandbox.log_in("zhang-wei")
    citizen.prove()
    request = ask(client, named("zhang-wei"))
    approved = citizen.expect(200, "POST", f"/v1/consent-requests/{request['id']}/approve")
    once_asked(monkeypatch, RegistryDesk, "ask_all", closing(citizen))

    answer = client.post("/v1/pulls", {"consent_id": approved["consent_id"]})

    assert answer.status_code in {403, 404}
    assert held_by_the_erased(sandbox) == 0


def test_a_child_is_not_tied_to_a_parent_who_has_gone_meanwhile(
    sandbox: Sandbox, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_asked(monkeypatch, ChildDesk, "_proved", closing(citizen))

    citizen.refused(401, "unauthenticated", "POST", "/v1/dependants", json=family.named("zhang-zimo", "son"))

    with sandbox.parts.database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM dependants")) == 0


@pytest.mark.parametrize("acts", [True, False])
def test_an_account_that_was_closed_first_acts_for_nobody_and_not_for_itself(
    sandbox: Sandbox, citizen: Citizen, *, acts: bool
) -> None:
    tie_id = family.tie(sandbox, citizen, sandbox.citizen("li-na"))

    with meanwhile(closing(citizen)):
        citizen.refused(401, "unauthenticated", "POST", ACT_AS, json={"dependant_id": tie_id} if acts else {})


def test_the_list_of_devices_is_answered_while_an_account_is_being_closed(
    sandbox: Sandbox, citizen: Citizen
) -> None:
    tie_id = family.tie(sandbox, citizen, sandbox.citizen("li-na"))
    # Younger than the session that acting hangs on, so that this one is on another page.
    sandbox.log_in("zhang-wei")
    family.acting(citizen, dependant_id=tie_id)
    listed: list[str] = []

    def close_after_the_list(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FROM sessions" in statement and "LIMIT" in statement and not listed:
            listed.append(statement)
            elsewhere(closing(citizen))

    engine = sandbox.parts.database.engine
    event.listen(engine, "after_cursor_execute", close_after_the_list)
    answer = citizen.get("/v1/sessions?limit=1")
    event.remove(engine, "after_cursor_execute", close_after_the_list)

    assert (answer.status_code, len(listed)) == (200, 1)


def test_tokens_that_are_refreshed_while_an_account_is_being_closed_end_with_it(
    sandbox: Sandbox, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    helped = family.acting(citizen, dependant_id=family.tie(sandbox, citizen, sandbox.citizen("li-na")))
    bearer, erase, answers = {"Authorization": f"Bearer {helped.refresh_token}"}, personal_data.erase, []

    with ThreadPoolExecutor(1) as thread:

        def erase_slowly(call: Call) -> None:
            answers.append(thread.submit(sandbox.anybody.post, "/v1/sessions/refresh", headers=bearer))
            time.sleep(0.3)
            erase(call)

        monkeypatch.setattr(personal_data, "erase", erase_slowly)
        citizen.expect(200, "POST", CLOSE)

    assert answers[0].result().status_code == 401


def test_a_helper_finds_the_wallet_of_somebody_who_has_gone_meanwhile_closed(
    sandbox: Sandbox, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = sandbox.citizen("li-na")
    helper.prove()
    as_helper = family.acting(helper, dependant_id=family.tie(sandbox, helper, citizen))
    once_asked(monkeypatch, RegistryDesk, "ask_all", closing(citizen))

    as_helper.refused(401, "unauthenticated", "POST", "/v1/wallet/sync")

    assert held_by_the_erased(sandbox) == 0
