"""A member acts for an enterprise: with its wallet, within their scopes, until the membership ends."""

from datetime import timedelta

import pytest

from tests.organisations import LOGISTICS, RESTAURANT, add, at_level_3, member, members_path, register, revoke
from tests.sandbox import JSON, Citizen, Sandbox, words

ACT_AS = "/v1/sessions/act-as"
ALL_LICENCES = {"BUSINESS_LICENCE", "FOOD_LICENCE", "PUBLIC_HYGIENE_LICENCE", "BANK_ACCOUNT_PERMIT"}


@pytest.fixture
def representative(sandbox: Sandbox) -> Citizen:
    return at_level_3(sandbox, "wang-qiang")


@pytest.fixture
def organisation(representative: Citizen) -> JSON:
    return register(representative)


def acting(citizen: Citizen, organisation: JSON) -> Citizen:
    """Return a citizen with tokens that act for an organisation."""
    answer = citizen.expect(200, "POST", ACT_AS, json={"organisation_id": organisation["id"]})
    return Citizen(citizen.app, answer["access_token"], code=citizen.code, account=answer["account"])


def test_sync_while_acting_finds_the_enterprises_licences(
    representative: Citizen, organisation: JSON
) -> None:
    company = acting(representative, organisation)

    company.sync()

    assert set(words(company.licences(), "kind")) == ALL_LICENCES
    assert "BUSINESS_LICENCE" not in words(representative.licences(), "kind")


def test_a_lorry_belongs_to_the_logistics_company(sandbox: Sandbox) -> None:
    company = acting(owner := at_level_3(sandbox, "zhao-min"), register(owner, LOGISTICS))

    company.sync()

    assert {"VEHICLE_LICENCE", "ROAD_TRANSPORT_LICENCE"} <= set(words(company.licences(), "kind"))


def test_an_agent_shows_the_licence_and_the_scan_is_the_enterprises(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    agent = at_level_3(sandbox, "zhao-min")
    add(representative, organisation, "zhao-min")
    company = acting(agent, organisation)
    company.sync()

    scan = sandbox.staff().scan(company.show("BUSINESS_LICENCE")["qr_text"])

    assert scan["outcome"] == "accepted"
    assert words(acting(representative, organisation).access_records(), "outcome") == ["accepted"]
    assert agent.access_records() == []


def test_an_agent_stays_within_their_scopes(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    agent = at_level_3(sandbox, "zhao-min")
    add(representative, organisation, "zhao-min", scopes=["licences:read"])
    company = acting(agent, organisation)
    company.sync()

    path = f"/v1/licences/{company.licence('BUSINESS_LICENCE')['id']}/show-tokens"

    company.refused(403, "scope-required", "POST", path, json={})
    company.refused(403, "scope-required", "GET", members_path(organisation))


def test_a_revoked_membership_stops_its_tokens_at_once(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    agent = at_level_3(sandbox, "zhao-min")
    added = add(representative, organisation, "zhao-min")
    company = acting(agent, organisation)
    company.sync()

    revoke(representative, organisation, added)

    company.refused(401, "unauthenticated", "GET", "/v1/licences")
    agent.refused(404, "organisation-not-found", "POST", ACT_AS, json={"organisation_id": organisation["id"]})
    agent.expect(200, "GET", "/v1/licences")


def test_tokens_end_with_the_last_day_at_midnight_in_china(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    agent = at_level_3(sandbox, "zhao-min")
    add(representative, organisation, "zhao-min", valid_to="2026-11-22")
    sandbox.set_clock(sandbox.now().replace(hour=15, minute=59, second=30))
    company = acting(sandbox.log_in("zhao-min"), organisation)
    company.expect(200, "GET", "/v1/licences")

    sandbox.pass_time(timedelta(seconds=31))

    company.refused(401, "unauthenticated", "GET", "/v1/licences")
    assert agent.token


def test_who_acts_for_an_organisation_manages_its_members_and_no_others(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    owner = at_level_3(sandbox, "zhao-min")
    other = register(owner, LOGISTICS)
    company = acting(representative, organisation)

    added = company.expect(201, "POST", members_path(organisation), json=member("li-na"))

    assert words(company.expect(200, "GET", members_path(organisation))["items"], "name") == ["王强", "李娜"]
    company.refused(403, "acting-not-allowed", "GET", members_path(other))
    company.refused(403, "acting-not-allowed", "POST", "/v1/organisations", json=RESTAURANT)
    revoke(company, organisation, added)


def test_the_account_says_for_whom_one_acts(representative: Citizen, organisation: JSON) -> None:
    acting_for = acting(representative, organisation).expect(200, "GET", "/v1/account")["acting_for"]

    assert (acting_for["type"], acting_for["id"]) == ("organisation", organisation["id"])


def test_who_is_bound_by_a_face_check_is_a_member_and_told(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    add(representative, organisation, "zhao-min")

    agent = at_level_3(sandbox, "zhao-min")

    assert words(agent.expect(200, "GET", "/v1/notices")["items"], "kind") == ["membership_given"]
