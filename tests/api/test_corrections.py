"""Corrections: what a registry has wrong is reported from where it is seen, and its department answers."""

from functools import partial

import pytest

from tests.at_rest import everything_in_the_database, found
from tests.cases import worker
from tests.forms import RENEWAL, agent, begin, representative, value
from tests.sandbox import JSON, Citizen, Sandbox, at_once, words

PATH, DESK = "/v1/corrections", "/v1/staff/corrections"
ACCEPT = {"outcome": "accepted", "answer": "已核实，三日内更新"}


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


def report(citizen: Citizen, **changes: object) -> JSON:
    """Report the class of one's driving licence."""
    licence_id = citizen.licence("DRIVING_LICENCE")["id"]
    said = {"licence_id": licence_id, "field": "vehicle_class", "comment": "我已增驾", "proposed": "C1D"}
    return citizen.expect(201, "POST", PATH, json=said | changes)


def test_a_report_from_a_licence_reaches_its_department_which_answers(
    sandbox: Sandbox, citizen: Citizen
) -> None:
    made = report(citizen)
    clerk = worker(sandbox)

    (received,) = clerk.expect(200, "GET", f"{DESK}?status=open")["items"]
    clerk.expect(200, "POST", f"{DESK}/{received['id']}/answer", json=ACCEPT)

    assert (made["status"], made["value"], made["label"]) == ("open", "C1", "准驾车型")
    assert (received["id"], received["value"], received["proposed"]) == (made["id"], "C1", "C1D")
    assert received["identifier"] == citizen.licence("DRIVING_LICENCE")["identifier"]
    assert received["holder"] == {"name_masked": "*伟", "id_number_masked": "1000**********0119"}
    after = citizen.expect(200, "GET", f"{PATH}/{made['id']}")
    assert (after["status"], after["answer"]) == ("accepted", ACCEPT["answer"])
    assert "您的证照纠错已采纳" in words(citizen.expect(200, "GET", "/v1/notices")["items"], "title")
    assert clerk.expect(200, "GET", f"{DESK}?status=open")["items"] == []


def test_a_report_from_a_drafts_field_names_the_licence_that_filled_it(sandbox: Sandbox) -> None:
    company = representative(sandbox)
    draft = begin(company)
    said = {"draft_id": draft["id"], "field": "company_address", "comment": "门牌号已更改"}

    made = company.expect(201, "POST", PATH, json=said)

    assert made["licence"]["id"] == value(draft, "company_address")["source"]["licence_id"]
    assert (made["field"], made["registry_code"], made["draft_id"]) == (
        "address",
        "market-regulation",
        draft["id"],
    )
    assert words(company.expect(200, "GET", PATH)["items"], "id") == [made["id"]]


def test_an_agent_reports_from_a_draft_their_own_licence_too(sandbox: Sandbox) -> None:
    helper = agent(sandbox)
    draft = begin(helper)
    said = {"draft_id": draft["id"], "field": "agent_social_card_no", "comment": "卡号不对"}

    made = helper.expect(201, "POST", PATH, json=said)

    assert made["licence"]["kind"] == "SOCIAL_SECURITY_CARD"
    helper.expect(200, "GET", f"{PATH}/{made['id']}")


def test_an_agent_who_may_not_read_licences_reports_from_drafts_alone(sandbox: Sandbox) -> None:
    helper = agent(sandbox)
    licence_id = begin(helper)["licences"][0]["licence_id"]
    said = {"licence_id": licence_id, "field": "address", "comment": "不对"}

    helper.refused(403, "scope-required", "POST", PATH, json=said)


def test_what_nobodys_licence_has_filled_is_no_registrys_mistake(citizen: Citizen) -> None:
    draft = begin(citizen, RENEWAL)
    said = {"draft_id": draft["id"], "field": "phone", "comment": "不对"}

    errors = citizen.refused(422, "validation-failed", "POST", PATH, json=said)["errors"]

    assert list(errors) == ["field"]


@pytest.mark.parametrize(
    "changes",
    [
        {"field": "rank"},
        {"comment": "=1+1"},
        {"proposed": "@SUM(A1)"},
        {"comment": "字" * 10_000},
        {"comment": ""},
        {"draft_id": "0197a1b2-6c1e-7a40-9b7e-2f5d0c3e8a11"},
        {"licence_id": None},
        {"status": "accepted"},
    ],
)
def test_a_malformed_report_is_told_what_is_wrong(citizen: Citizen, changes: JSON) -> None:
    licence_id = citizen.licence("DRIVING_LICENCE")["id"]
    said = {"licence_id": licence_id, "field": "vehicle_class", "comment": "不对"} | changes

    citizen.refused(422, "validation-failed", "POST", PATH, json=said)


def test_anothers_licence_or_draft_is_as_if_it_were_not(sandbox: Sandbox, citizen: Citizen) -> None:
    stranger = sandbox.citizen("li-na")
    licence = {"licence_id": citizen.licence("DRIVING_LICENCE")["id"], "field": "vehicle_class"}
    draft = {"draft_id": begin(citizen, RENEWAL)["id"], "field": "vehicle_class"}
    made = report(citizen)

    stranger.refused(404, "licence-not-found", "POST", PATH, json=licence | {"comment": "不对"})
    stranger.refused(404, "draft-not-found", "POST", PATH, json=draft | {"comment": "不对"})
    stranger.refused(404, "correction-not-found", "GET", f"{PATH}/{made['id']}")


def test_a_report_is_answered_once_however_many_clerks_are_at_it(sandbox: Sandbox, citizen: Citizen) -> None:
    path, clerk = f"{DESK}/{report(citizen)['id']}/answer", worker(sandbox)

    answers = at_once(*[partial(clerk.post, path, ACCEPT)] * 4)

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    told = [one for one in citizen.expect(200, "GET", "/v1/notices")["items"] if "纠错" in one["title"]]
    assert len(told) == 1


def test_another_departments_reports_are_as_if_they_were_not(sandbox: Sandbox, citizen: Citizen) -> None:
    made, platform, clerk = report(citizen), sandbox.staff("platform", "P001"), worker(sandbox)
    agencies = platform.expect(200, "GET", "/v1/staff/organisations")["items"]
    hall = next(one["id"] for one in agencies if one["code"] == "service-hall")
    path = f"/v1/staff/organisations/{hall}/registries"

    platform.expect(200, "POST", path, json={"registries": ["education"]})

    assert platform.expect(200, "GET", path) == {"registries": ["education"]}
    assert clerk.expect(200, "GET", DESK)["items"] == []
    clerk.refused(404, "correction-not-found", "POST", f"{DESK}/{made['id']}/answer", json=ACCEPT)


def test_who_only_verifies_reads_no_reports(sandbox: Sandbox) -> None:
    sandbox.staff().refused(403, "forbidden", "GET", DESK)


def test_nothing_of_a_report_lies_readable_in_the_database(sandbox: Sandbox, citizen: Citizen) -> None:
    report(citizen)

    assert found(["我已增驾", "C1D"], everything_in_the_database(sandbox.parts.config)) == []
