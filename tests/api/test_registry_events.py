"""Changes that registries push: what wallets, running tokens and holders see of them, and when."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from identity.ids import PersonId
from identity.people import PersonRow
from tests.api.registry_events import count, give_to, push, renew, send, signed, sync_overtaken_by
from tests.sandbox import JSON, Citizen, Sandbox, at_once, claim_of, words
from wallet import syncing

KIND = "DRIVING_LICENCE"


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


@pytest.fixture
def identifier(citizen: Citizen) -> str:
    name: str = citizen.licence(KIND)["identifier"]
    return name


def reason_of(sandbox: Sandbox, shown: JSON) -> str | None:
    reason: str | None = sandbox.staff().scan(shown["qr_text"])["reason"]
    return reason


def told(citizen: Citizen) -> list[str]:
    kinds: list[str] = words(citizen.expect(200, "GET", "/v1/notices")["items"], "kind")
    return kinds


@pytest.mark.parametrize(
    ("event", "status"),
    [("suspend", "suspended"), ("revoke", "revoked"), ("cancel", "cancelled"), ("transfer", "transferred")],
)
def test_wallet_and_running_tokens_follow_an_event_at_once(
    sandbox: Sandbox, citizen: Citizen, identifier: str, event: str, status: str
) -> None:
    shown = citizen.show(KIND)
    sandbox.break_registry("traffic-police")

    outcome = push(sandbox, event, identifier)

    assert outcome == "applied"
    assert citizen.licence(KIND)["status"] == status
    assert reason_of(sandbox, shown) == f"licence_{status}"
    assert told(citizen)[0] == f"licence_{status}"


def test_a_suspended_licence_is_restored(sandbox: Sandbox, citizen: Citizen, identifier: str) -> None:
    push(sandbox, "suspend", identifier)

    outcome = push(sandbox, "restore", identifier)

    assert outcome == "applied"
    assert citizen.show(KIND)["freshness"] == "fresh"
    assert told(citizen) == ["licence_restored", "licence_suspended"]


def test_an_update_brings_what_the_registry_has_now(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    sandbox.pass_time(timedelta(minutes=10))

    outcome = push(sandbox, "update", identifier)

    licence = citizen.licence(KIND)
    assert outcome == "applied"
    assert licence["as_of"] >= (sandbox.now() - timedelta(minutes=1)).isoformat()
    assert told(citizen) == []


def test_an_update_that_cannot_be_read_leaves_the_data_stale_until_it_is(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    sandbox.break_registry("traffic-police")
    push(sandbox, "update", identifier)
    meanwhile = citizen.show(KIND)["freshness"]
    sandbox.break_registry("traffic-police", "ok")

    mended = citizen.show(KIND)["freshness"]

    assert (meanwhile, mended) == ("stale", "fresh")


def test_a_newer_version_takes_the_place_of_the_older_with_its_pin(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    before = citizen.licence(KIND)
    citizen.expect(
        200, "POST", f"/v1/licences/{before['id']}/preferences", json={"pinned": True, "position": 3}
    )
    shown = citizen.show(KIND)
    newer = renew(sandbox, identifier)

    outcome = push(sandbox, "supersede", identifier, version=2)

    after = citizen.licence(KIND)
    assert outcome == "applied"
    assert (after["identifier"], after["pinned"], after["status"]) == (newer, True, "valid")
    assert reason_of(sandbox, shown) == "licence_superseded"
    assert citizen.show(KIND)["freshness"] == "fresh"
    assert told(citizen)[0] == "licence_superseded"


@pytest.mark.parametrize("announced", ["by the old", "by the new"])
def test_a_newer_version_may_be_announced_by_either_identifier(
    sandbox: Sandbox, citizen: Citizen, identifier: str, announced: str
) -> None:
    newer = renew(sandbox, identifier)

    if announced == "by the new":
        push(sandbox, "supersede", newer, version=2, status="valid")
    else:
        push(sandbox, "supersede", identifier, version=1)

    assert citizen.licence(KIND)["identifier"] == newer


def test_a_newer_version_that_cannot_be_read_yet_comes_with_the_next_sync(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    old = citizen.licence(KIND)["id"]
    citizen.expect(200, "POST", f"/v1/licences/{old}/preferences", json={"pinned": True})
    newer = renew(sandbox, identifier)
    sandbox.break_registry("traffic-police")
    push(sandbox, "supersede", identifier, version=2)
    meanwhile = citizen.licence(KIND)
    sandbox.break_registry("traffic-police", "ok")

    citizen.sync()

    after = citizen.licence(KIND)
    assert (meanwhile["identifier"], meanwhile["status"]) == (identifier, "superseded")
    assert (after["identifier"], after["status"], after["pinned"]) == (newer, "valid", True)


def test_a_sync_finds_a_newer_version_by_itself(sandbox: Sandbox, citizen: Citizen, identifier: str) -> None:
    shown = citizen.show(KIND)
    newer = renew(sandbox, identifier)

    citizen.sync()

    assert citizen.licence(KIND)["identifier"] == newer
    assert reason_of(sandbox, shown) == "licence_superseded"


def test_a_transferred_licence_leaves_one_wallet_and_comes_to_another(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    her = sandbox.citizen("li-na")
    before = len(her.licences(KIND))
    shown = citizen.show(KIND)
    give_to(sandbox, identifier, "li-na")

    outcome = push(sandbox, "transfer", identifier, status="valid")

    her.sync()
    assert outcome == "applied"
    assert citizen.licences(KIND) == []
    assert reason_of(sandbox, shown) == "licence_transferred"
    assert told(citizen)[0] == "licence_transferred"
    assert len(her.licences(KIND)) == before + 1


def test_a_refresh_notices_that_a_licence_has_another_holder(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    shown, licence = citizen.show(KIND), citizen.licence(KIND)
    give_to(sandbox, identifier, "li-na")

    citizen.refused(404, "licence-not-found", "POST", f"/v1/licences/{licence['id']}/refresh")

    assert citizen.licences(KIND) == []
    assert reason_of(sandbox, shown) == "licence_transferred"


def test_the_other_holders_sync_ends_the_former_ones_holding(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    her = sandbox.citizen("li-na")
    shown = citizen.show(KIND)
    give_to(sandbox, identifier, "li-na")

    her.sync()

    assert citizen.licences(KIND) == []
    assert reason_of(sandbox, shown) == "licence_transferred"


def test_a_sync_whose_answer_a_transfer_overtook_does_not_bring_the_licence_back(
    sandbox: Sandbox, citizen: Citizen, identifier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    her = sandbox.citizen("li-na")

    def passes_to_her() -> None:
        give_to(sandbox, identifier, "li-na", push=True)
        her.sync()

    synced = sync_overtaken_by(passes_to_her, sandbox, citizen, monkeypatch)

    assert identifier not in words(synced["licences"], "identifier")
    assert identifier in words(her.licences(KIND), "identifier")


def test_a_first_sync_that_a_co_holders_overtook_brings_what_both_hold(
    sandbox: Sandbox, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    wife = sandbox.log_in("li-na")
    wife.bind()

    sync_overtaken_by(citizen.sync, sandbox, wife, monkeypatch)

    assert wife.licence("MARRIAGE_CERT")["id"] == citizen.licence("MARRIAGE_CERT")["id"]


def test_a_sync_whose_answer_an_event_overtook_takes_nothing_away(
    sandbox: Sandbox, citizen: Citizen, identifier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_overtaken_by(lambda: push(sandbox, "suspend", identifier), sandbox, citizen, monkeypatch)

    assert citizen.licence(KIND)["status"] == "suspended"


def test_what_the_sandbox_decides_goes_the_same_way(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    before = count(sandbox.parts.database, "registry_events")

    sandbox.decide(identifier, "revoked")

    assert count(sandbox.parts.database, "registry_events") == before + 1
    assert told(citizen) == ["licence_revoked"]


def test_a_licence_is_renewed_again_and_again(sandbox: Sandbox, citizen: Citizen, identifier: str) -> None:
    shown = citizen.show(KIND)
    versions = [renew(sandbox, identifier, push=True) for _ in range(3)]

    licence = citizen.licence(KIND)

    assert len({*versions, identifier}) == 4
    assert (licence["identifier"], licence["status"]) == (versions[-1], "valid")
    assert reason_of(sandbox, shown) == "licence_superseded"


def test_an_event_that_overtakes_a_syncs_answer_is_not_undone_by_it(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    parts, asked_at = sandbox.parts, sandbox.now()
    answers = parts.registries.ask_all(claim_of("zhang-wei")["id_number"])
    with parts.database.write() as session:
        for table in ("holdings", "licence_photos", "licences"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608
        person = PersonId(session.scalars(select(PersonRow.id)).one())
    sandbox.pass_time(timedelta(seconds=1))
    outcome = push(sandbox, "revoke", identifier)

    with parts.database.write() as session:
        syncing.store_answers(session, parts.cipher, person, answers, asked_at)

    assert outcome == "not_held"
    assert citizen.licence(KIND)["status"] == "revoked"


def test_two_events_at_once_end_as_the_later_of_them_says(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    now = int(sandbox.now().timestamp())
    first = signed(sandbox, "suspend", identifier, iat=now - 20)
    second = signed(sandbox, "revoke", identifier, iat=now - 10)

    answers = at_once(lambda: send(sandbox, first), lambda: send(sandbox, second))

    assert {answer.status_code for answer in answers} == {200}
    assert citizen.licence(KIND)["status"] == "revoked"


def test_one_event_sent_many_times_at_once_is_applied_once(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    jws = signed(sandbox, "suspend", identifier)

    answers = at_once(*[lambda: send(sandbox, jws)] * 4)

    assert len({answer.text for answer in answers}) == 1
    assert told(citizen) == ["licence_suspended"]
