"""Acting for somebody else: whose wallet it is then, what is forbidden, and how it ends."""

from datetime import timedelta

import pytest

from identity.ids import new_id
from identity.sessions import DEFAULT_LIFETIMES
from tests import contract
from tests.family import acting, end, refreshed, tie
from tests.organisations import at_level_3
from tests.sandbox import Citizen, Sandbox, words

ACT_AS = "/v1/sessions/act-as"
# What DESIGN.md section 4 forbids while acting, as far as it is there.
FORBIDDEN = {
    "/v1/real-name",
    "/v1/real-name/face-checks",
    "/v1/real-name/face-checks/{id}/complete",
    "/v1/real-name/unbind",
    "/v1/sessions",
    "/v1/sessions/{session_id}/revoke",
    "/v1/sessions/revoke-all",
    "/v1/wallet/unfreeze",
    "/v1/account/close",
    "/v1/account/export",
    "/v1/dependants",
    "/v1/dependants/{dependant_id}/approve",
    "/v1/dependants/{dependant_id}/revoke",
}
LOGIN = ("POST", "/v1/sessions")


@pytest.fixture
def elder(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("chen-guihua")


@pytest.fixture
def helper(sandbox: Sandbox, elder: Citizen) -> Citizen:
    """wang-qiang, whom his mother lets act for her."""
    citizen = at_level_3(sandbox, "wang-qiang")
    citizen.sync()
    tie(sandbox, citizen, elder)
    return citizen


def tie_of(citizen: Citizen) -> str:
    (dependant,) = citizen.expect(200, "GET", "/v1/account")["dependants"]
    tie_id: str = dependant["id"]
    return tie_id


def account_of(citizen: Citizen) -> object:
    return citizen.expect(200, "GET", "/v1/account")["acting_for"]


def test_who_acts_uses_the_wallet_of_whom_they_act_for(helper: Citizen, elder: Citizen) -> None:
    own = helper.licences()

    for_her = acting(helper, dependant_id=tie_of(helper))

    assert for_her.account
    assert for_her.account["acting_for"] == {
        "type": "dependant",
        "id": tie_of(helper),
        "name_masked": "**花",
    }
    assert for_her.account["real_name"]["name_masked"] == "*强"
    assert words(for_her.licences(), "id") == words(elder.licences(), "id")
    assert (words(helper.licences(), "id"), account_of(helper)) == (words(own, "id"), None)
    assert account_of(for_her) == for_her.account["acting_for"]


def test_refreshing_keeps_acting_and_going_back_ends_it(helper: Citizen) -> None:
    for_her = refreshed(acting(helper, dependant_id=tie_of(helper)))
    still = account_of(for_her)

    himself = acting(for_her)

    assert for_her.account
    assert still == for_her.account["acting_for"]
    assert still is not None
    assert account_of(himself) is None
    for_her.refused(401, "unauthenticated", "GET", "/v1/account")
    assert account_of(helper) is None
    assert refreshed(himself).licences()


def test_who_acts_for_nobody_gets_tokens_of_the_session_they_have(helper: Citizen) -> None:
    same = acting(helper)

    assert same.account == helper.expect(200, "GET", "/v1/account")
    sessions = same.expect(200, "GET", "/v1/sessions")["items"]
    assert words(sessions, "current") == [True]


def test_nobody_acts_for_a_third_person_while_acting(helper: Citizen) -> None:
    tie_id = tie_of(helper)
    for_her = acting(helper, dependant_id=tie_id)

    for whom in ({"dependant_id": tie_id}, {"organisation_id": new_id()}, {"dependant_id": new_id()}):
        for_her.refused(403, "acting-not-allowed", "POST", ACT_AS, json=whom)


def test_another_ones_tie_is_as_if_absent(sandbox: Sandbox, helper: Citizen, elder: Citizen) -> None:
    stranger = sandbox.citizen("zhao-min")

    for somebody in (stranger, elder):
        for tie_id in (tie_of(helper), new_id()):
            somebody.refused(404, "dependant-not-found", "POST", ACT_AS, json={"dependant_id": tie_id})
    helper.refused(404, "organisation-not-found", "POST", ACT_AS, json={"organisation_id": new_id()})


def test_one_acts_for_one_at_a_time(helper: Citizen) -> None:
    both = {"dependant_id": tie_of(helper), "organisation_id": new_id()}

    problem = helper.refused(422, "validation-failed", "POST", ACT_AS, json=both)

    assert list(problem["errors"]) == ["organisation_id"]


def test_acting_needs_a_real_name(sandbox: Sandbox) -> None:
    unnamed = sandbox.log_in("liu-yang")

    problem = unnamed.refused(
        403, "assurance-level-required", "POST", ACT_AS, json={"dependant_id": new_id()}
    )

    assert problem["required_level"] == 2


def test_a_tie_that_ends_stops_its_tokens_and_not_ones_own(sandbox: Sandbox, helper: Citizen) -> None:
    tie_id = tie_of(helper)
    for_her = acting(helper, dependant_id=tie_id)

    end(sandbox, tie_id)

    for_her.refused(401, "unauthenticated", "GET", "/v1/licences")
    with_refresh = Citizen(for_her.app, for_her.refresh_token)
    with_refresh.refused(401, "unauthenticated", "POST", "/v1/sessions/refresh")
    helper.refused(404, "dependant-not-found", "POST", ACT_AS, json={"dependant_id": tie_id})
    assert helper.expect(200, "GET", "/v1/account")["dependants"] == []


def test_logging_a_device_out_ends_what_acts_from_it(sandbox: Sandbox, helper: Citizen) -> None:
    elsewhere = sandbox.log_in("wang-qiang")
    here, there = (acting(one, dependant_id=tie_of(helper)) for one in (helper, elsewhere))
    sessions = helper.expect(200, "GET", "/v1/sessions")["items"]
    (other,) = [one["id"] for one in sessions if not one["current"] and not one["acting_for"]]

    helper.expect(200, "POST", f"/v1/sessions/{other}/revoke")

    there.refused(401, "unauthenticated", "GET", "/v1/account")
    assert account_of(here)
    assert helper.expect(200, "POST", "/v1/sessions/revoke-all", json={"keep_current": True}) == {
        "revoked": 0
    }
    assert account_of(here)
    assert helper.expect(200, "POST", "/v1/sessions/revoke-all") == {"revoked": 1}
    here.refused(401, "unauthenticated", "GET", "/v1/account")


def test_a_refresh_token_used_twice_while_acting_ends_the_acting(helper: Citizen) -> None:
    for_her = acting(helper, dependant_id=tie_of(helper))
    after = refreshed(for_her)

    copy = Citizen(for_her.app, for_her.refresh_token)
    copy.refused(401, "refresh-token-reused", "POST", "/v1/sessions/refresh")

    after.refused(401, "unauthenticated", "GET", "/v1/account")
    assert account_of(helper) is None


def test_who_acts_for_long_finds_their_own_session_alive(sandbox: Sandbox, helper: Citizen) -> None:
    span = DEFAULT_LIFETIMES.idle - timedelta(days=1)
    for_her = acting(helper, dependant_id=tie_of(helper))
    for _ in range(2):
        sandbox.pass_time(span)
        for_her = refreshed(for_her)

    himself = acting(for_her)

    assert account_of(himself) is None


def test_what_is_forbidden_while_acting_is_refused_and_written_on_the_route(
    helper: Citizen,
) -> None:
    for_her = acting(helper, dependant_id=tie_of(helper))
    paths = contract.contract()["paths"]
    there = [
        (method.upper(), path, operation)
        for path in FORBIDDEN & paths.keys()
        for method, operation in paths[path].items()
        if (method.upper(), path) != LOGIN and method in {"get", "post"}
    ]

    assert len(there) >= 4
    for method, path, operation in there:
        assert operation["x-acting-allowed"] is False, path
        filled = path.format(session_id=new_id(), dependant_id=new_id(), id=new_id(), check_id=new_id())
        for_her.refused(403, "acting-not-allowed", method, filled)


def test_every_route_of_the_wallet_says_which_scope_an_agent_needs() -> None:
    wallet = ("/v1/wallet/", "/v1/licences", "/v1/show-tokens", "/v1/access-records", "/v1/notices")

    for path, item in contract.contract()["paths"].items():
        for method in item.keys() & {"get", "post"} if path.startswith(wallet) else ():
            described = item[method]
            assert "x-required-scope" in described or described.get("x-acting-allowed") is False, path
