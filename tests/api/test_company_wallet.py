"""The wallet of a company, sentence by sentence: sync, list, show, who looked, and how far an agent reaches, and until when."""

from datetime import timedelta

import pytest

from tests import family
from tests.organisations import LOGISTICS, add, at_level_3, members_path, register, revoke
from tests.sandbox import JSON, Citizen, Sandbox, words

ALL_LICENCES = {"BUSINESS_LICENCE", "FOOD_LICENCE", "PUBLIC_HYGIENE_LICENCE", "BANK_ACCOUNT_PERMIT"}
KIND = "BUSINESS_LICENCE"
NAME = "深圳市测试味道餐饮有限公司"
LAST_DAY = "2026-11-22"


@pytest.fixture
def representative(sandbox: Sandbox) -> Citizen:
    return at_level_3(sandbox, "wang-qiang")


@pytest.fixture
def organisation(representative: Citizen) -> JSON:
    return register(representative)


@pytest.fixture
def company(representative: Citizen, organisation: JSON) -> Citizen:
    """The representative as they act for the company, its wallet filled."""
    company = family.acting(representative, organisation_id=organisation["id"])
    company.sync()
    return company


def agent_of(
    sandbox: Sandbox, representative: Citizen, organisation: JSON, **how: object
) -> tuple[Citizen, JSON]:
    """Return an agent as they act for the company, and their membership."""
    agent = at_level_3(sandbox, "zhao-min")
    added = add(representative, organisation, "zhao-min", **how)
    return family.acting(agent, organisation_id=organisation["id"]), added


def every_call(company: Citizen) -> list[tuple[str, str]]:
    """Return the calls of the wallet on a licence of the company's, and on what was shown of it."""
    licence_id, shown = company.licence(KIND)["id"], company.show(KIND)
    record_id = company.access_records()[0]["id"]
    return [
        ("POST", "/v1/wallet/sync"),
        ("GET", "/v1/licences"),
        ("GET", f"/v1/licences/{licence_id}"),
        ("POST", f"/v1/licences/{licence_id}/refresh"),
        ("POST", f"/v1/licences/{licence_id}/preferences"),
        ("POST", f"/v1/licences/{licence_id}/show-tokens"),
        ("GET", f"/v1/show-tokens/{shown['id']}"),
        ("GET", f"/v1/show-tokens/{shown['id']}/qr.svg"),
        ("POST", f"/v1/show-tokens/{shown['id']}/withdraw"),
        ("GET", "/v1/access-records"),
        ("GET", f"/v1/access-records/{record_id}/receipt"),
    ]


def test_sync_asks_the_registries_by_the_credit_code_and_says_what_each_had(
    representative: Citizen, organisation: JSON
) -> None:
    company = family.acting(representative, organisation_id=organisation["id"])

    synced = company.sync()

    assert set(words(synced["licences"], "kind")) == ALL_LICENCES
    assert {one["status"] for one in synced["registries"]} == {"ok"}
    assert sum(one["found"] for one in synced["registries"]) == len(ALL_LICENCES)
    assert not ALL_LICENCES & set(words(representative.sync()["licences"], "kind"))


def test_a_registry_that_is_down_takes_nothing_from_the_companys_wallet(
    sandbox: Sandbox, company: Citizen
) -> None:
    code = company.licence(KIND)["issuer"]["code"]
    sandbox.break_registry(code)

    synced = company.sync()

    assert {one["status"] for one in synced["registries"] if one["code"] == code} == {"unavailable"}
    assert set(words(company.licences(), "kind")) == ALL_LICENCES


def test_the_list_is_filtered_and_a_licence_has_its_fields(company: Citizen) -> None:
    (listed,) = company.licences(KIND)

    licence = company.expect(200, "GET", f"/v1/licences/{listed['id']}")

    values = {one["key"]: one["value"] for one in licence["fields"]}
    assert (values["name"], values["uscc"]) == (NAME, "91440300MA00TEX11Q")
    assert (licence["status"], licence["showable"], licence["freshness"]) == ("valid", True, "fresh")
    assert "fields" not in listed


def test_preferences_are_the_companys_and_not_the_persons(representative: Citizen, company: Citizen) -> None:
    licence_id = company.licence(KIND)["id"]

    company.expect(200, "POST", f"/v1/licences/{licence_id}/preferences", json={"pinned": True})

    assert company.licence(KIND)["pinned"]
    representative.refused(404, "licence-not-found", "GET", f"/v1/licences/{licence_id}")


@pytest.mark.parametrize("disclose", ["basic", "standard"])
def test_the_verifier_sees_company_and_agent(
    sandbox: Sandbox, representative: Citizen, organisation: JSON, disclose: str
) -> None:
    agent, _ = agent_of(sandbox, representative, organisation)
    agent.sync()

    scan = sandbox.staff().scan(agent.show(KIND, disclose=disclose)["qr_text"], purpose="现场检查")

    assert (scan["outcome"], scan["signal"]) == ("accepted", "green")
    assert scan["holder"] == {"name_masked": "*" * 12 + "司", "name": NAME, "agent_masked": "*敏"}
    seen = {one["key"]: one["value"] for one in scan["licence"]["fields"]}
    assert seen["name"] == NAME


def test_the_verifier_of_a_lorry_reads_whose_it_is_without_the_agents_whole_name(sandbox: Sandbox) -> None:
    owner = at_level_3(sandbox, "zhao-min")
    company = family.acting(owner, organisation_id=register(owner, LOGISTICS)["id"])
    company.sync()

    scan = sandbox.staff().scan(company.show("VEHICLE_LICENCE")["qr_text"])

    assert (scan["holder"]["name"], scan["holder"]["agent_masked"]) == (LOGISTICS["name"], "*敏")
    assert "赵敏" not in str(scan)


def test_full_disclosure_waits_for_the_agents_word_and_shows_both_then(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    agent, _ = agent_of(sandbox, representative, organisation)
    agent.sync()
    officer, shown = sandbox.staff(), agent.show(KIND, disclose="full")

    pending = officer.scan(shown["qr_text"])
    agent.expect(200, "POST", f"/v1/show-tokens/{shown['id']}/confirm")
    scan = officer.expect(200, "GET", f"/v1/verifications/{pending['id']}")

    assert (pending["outcome"], pending["holder"]) == ("pending", None)
    assert scan["outcome"] == "accepted"
    assert (scan["holder"]["name"], scan["holder"]["agent_masked"]) == (NAME, "*敏")


def test_who_looked_is_in_the_companys_records_and_in_nobodys_own(
    sandbox: Sandbox, representative: Citizen, organisation: JSON, company: Citizen
) -> None:
    agent, _ = agent_of(sandbox, representative, organisation)
    sandbox.staff().scan(agent.show(KIND)["qr_text"], purpose="现场检查")

    (record,) = company.access_records()

    assert (record["licence_title"], record["purpose"]) == ("营业执照", "现场检查")
    assert (record["actor"], record["actor_name_masked"]) == ("agent", "*敏")
    assert agent.access_records() == [record]
    assert representative.access_records() == []
    assert sandbox.log_in("zhao-min").access_records() == []
    receipt = company.get(f"/v1/access-records/{record['id']}/receipt")
    assert (receipt.status_code, receipt.mimetype) == (200, "application/jose")
    representative.refused(
        404, "access-record-not-found", "GET", f"/v1/access-records/{record['id']}/receipt"
    )


def test_an_agents_scopes_hold_on_every_call(
    sandbox: Sandbox, representative: Citizen, organisation: JSON, company: Citizen
) -> None:
    sandbox.staff().scan(company.show(KIND)["qr_text"])
    calls = every_call(company)
    reads, added = agent_of(sandbox, representative, organisation, scopes=["licences:read"])
    for_reading = [reads.send(method, path, json={} if method == "POST" else None) for method, path in calls]
    revoke(representative, organisation, added)
    shows, _ = agent_of(sandbox, representative, organisation, scopes=["licences:show"])

    for_showing = [shows.send(method, path, json={} if method == "POST" else None) for method, path in calls]

    is_showing = ["show-tokens" in path for _, path in calls]
    assert [one.status_code == 403 for one in for_reading] == is_showing
    assert [one.status_code == 403 for one in for_showing] == [not showing for showing in is_showing]
    for answer in (*for_reading, *for_showing):
        assert answer.status_code < 300 or answer.get_json()["code"] == "scope-required", answer.request.path
    shows.refused(403, "scope-required", "GET", members_path(organisation))


def test_scopes_that_change_hold_from_the_next_call_of_a_running_token(
    sandbox: Sandbox, representative: Citizen, organisation: JSON, company: Citizen
) -> None:
    agent, added = agent_of(sandbox, representative, organisation)
    agent.expect(200, "GET", "/v1/licences")

    revoke(representative, organisation, added)
    add(representative, organisation, "zhao-min", scopes=["licences:show"])

    agent.refused(403, "scope-required", "GET", "/v1/licences")
    assert company.licences()


def test_after_midnight_in_shanghai_no_call_of_a_running_token_is_answered(
    sandbox: Sandbox, representative: Citizen, organisation: JSON, company: Citizen
) -> None:
    sandbox.staff().scan(company.show(KIND)["qr_text"])
    at_level_3(sandbox, "zhao-min")
    add(representative, organisation, "zhao-min", valid_to=LAST_DAY)
    # Half a minute before 24:00 in Shanghai, which is 16:00 UTC.
    sandbox.set_clock(sandbox.now().replace(hour=15, minute=59, second=30))
    own = sandbox.log_in("zhao-min")
    agent = family.acting(own, organisation_id=organisation["id"])
    calls = every_call(agent)
    agent.expect(200, "GET", "/v1/licences")

    sandbox.pass_time(timedelta(seconds=31))

    for method, path in calls:
        agent.refused(401, "unauthenticated", method, path, json={} if method == "POST" else None)
    refresh = Citizen(agent.app, agent.refresh_token)
    refresh.refused(401, "unauthenticated", "POST", "/v1/sessions/refresh")
    own.refused(
        404,
        "organisation-not-found",
        "POST",
        "/v1/sessions/act-as",
        json={"organisation_id": organisation["id"]},
    )
    assert own.expect(200, "GET", "/v1/account")["memberships"] == []


def test_what_an_agent_shows_ends_with_their_last_day(
    sandbox: Sandbox, representative: Citizen, organisation: JSON, company: Citizen
) -> None:
    assert company.licences()
    at_level_3(sandbox, "zhao-min")
    add(representative, organisation, "zhao-min", valid_to=LAST_DAY)
    sandbox.set_clock(sandbox.now().replace(hour=15, minute=59, second=30))
    agent = family.acting(sandbox.log_in("zhao-min"), organisation_id=organisation["id"])
    shown = [agent.show(KIND, mode=mode, lifetime_seconds=300) for mode in ("online", "confirm")]
    officer = sandbox.staff()

    sandbox.pass_time(timedelta(seconds=31))

    assert words(shown, "expires_at") == ["2026-11-22T16:00:00Z"] * 2
    assert [officer.scan(one["qr_text"])["reason"] for one in shown] == ["expired", "expired"]
    renewed = family.acting(sandbox.log_in("wang-qiang"), organisation_id=organisation["id"])
    assert officer.scan(renewed.show(KIND, lifetime_seconds=300)["qr_text"])["outcome"] == "accepted"


def test_an_agent_without_an_end_and_the_representative_go_on(
    sandbox: Sandbox, representative: Citizen, organisation: JSON, company: Citizen
) -> None:
    agent_of(sandbox, representative, organisation, valid_to=None)
    sandbox.pass_time(timedelta(days=20))

    company.refused(401, "unauthenticated", "GET", "/v1/licences")

    agent = family.acting(sandbox.log_in("zhao-min"), organisation_id=organisation["id"])

    assert set(words(agent.licences(), "kind")) == ALL_LICENCES


def test_a_company_has_no_face_to_unfreeze_with_and_is_not_frozen(company: Citizen) -> None:
    company.refused(403, "acting-not-allowed", "POST", "/v1/wallet/freeze")
    company.show(KIND)


def test_a_licence_that_its_registry_revoked_is_not_shown_for_the_company(
    sandbox: Sandbox, company: Citizen
) -> None:
    licence = company.licence(KIND)
    sandbox.decide(licence["identifier"], "revoked")

    problem = company.refused(
        409, "licence-not-showable", "POST", f"/v1/licences/{licence['id']}/show-tokens", json={}
    )

    assert problem["licence_status"] == "revoked"
