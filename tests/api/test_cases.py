"""Cases: opened, worked on by their department step by step, answered, decided, told."""

from datetime import timedelta

import pytest

from tests import family
from tests.cases import SERVICE, deeds, grant, open_case, read, work, worker
from tests.organisations import add, at_level_3, register
from tests.sandbox import Citizen, Sandbox, Staff, at_once, words

CASES, DESK = "/v1/cases", "/v1/staff/cases"


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


@pytest.fixture
def staff(sandbox: Sandbox) -> Staff:
    return worker(sandbox)


def told(citizen: Citizen) -> list[str]:
    return [one["kind"] for one in citizen.expect(200, "GET", "/v1/notices")["items"]]


def test_a_case_goes_from_hand_to_hand_until_it_is_approved_and_its_timeline_tells_how(
    sandbox: Sandbox, citizen: Citizen, staff: Staff
) -> None:
    case = open_case(citizen, comment="材料原件在我处")
    assert (case["state"], case["service"]["code"], case["instant"]) == ("submitted", SERVICE, False)

    work(staff, case, "accept", "review", "ask-more")
    sandbox.pass_time(timedelta(minutes=3))
    citizen.expect(200, "POST", f"{CASES}/{case['id']}/supplement", json={"comment": "已盖章"})
    done = work(staff, case, "approve")

    assert done["state"] == "approved"
    shown = read(citizen, case)
    assert deeds(shown) == ["submit", "accept", "review", "ask_more", "supplement", "approve"]
    assert words(shown["timeline"], "by") == ["citizen", "staff", "staff", "staff", "citizen", "staff"]
    assert words(shown["timeline"], "comment") == [
        "材料原件在我处",
        None,
        None,
        "请补充加盖公章的租赁合同",
        "已盖章",
        None,
    ]
    assert {step["staff_masked"] for step in shown["timeline"]} == {None, "S**3"}
    assert {(step["organisation"] or {}).get("code") for step in shown["timeline"]} == {None, "service-hall"}
    assert "staff_number" not in str(shown)
    assert shown["finished_at"] == done["finished_at"] == shown["timeline"][-1]["at"]
    assert shown["may"] == []
    assert told(citizen) == ["case_approved", "case_needs_more"]


def test_whose_case_it_is_finds_it_in_their_list_and_nobody_else_does(
    sandbox: Sandbox, citizen: Citizen, staff: Staff
) -> None:
    first, second = open_case(citizen), open_case(citizen, "SVC0003")
    work(staff, second, "reject")
    other = sandbox.citizen("li-na")

    assert words(citizen.expect(200, "GET", CASES)["items"], "id") == [second["id"], first["id"]]
    assert words(citizen.expect(200, "GET", f"{CASES}?state=rejected")["items"], "id") == [second["id"]]
    assert words(citizen.expect(200, "GET", f"{CASES}?service={SERVICE}")["items"], "id") == [first["id"]]
    page = citizen.expect(200, "GET", f"{CASES}?limit=1")
    rest = citizen.expect(200, "GET", f"{CASES}?limit=1&cursor={page['next_cursor']}")
    assert (words(page["items"] + rest["items"], "id"), rest["next_cursor"]) == (
        [second["id"], first["id"]],
        None,
    )
    assert other.expect(200, "GET", CASES)["items"] == []
    other.refused(404, "case-not-found", "GET", f"{CASES}/{first['id']}")
    other.refused(404, "case-not-found", "POST", f"{CASES}/{first['id']}/withdraw")


def test_who_polls_a_case_that_stands_still_reads_304(citizen: Citizen, staff: Staff) -> None:
    case = open_case(citizen)
    path = f"{CASES}/{case['id']}"
    etag = citizen.get(path).headers["ETag"]

    same = citizen.get(path, headers={"If-None-Match": etag})
    work(staff, case, "accept")
    moved = citizen.get(path, headers={"If-None-Match": etag})

    assert (same.status_code, moved.status_code) == (304, 200)


def test_a_citizen_withdraws_what_is_not_decided_and_nothing_after(citizen: Citizen, staff: Staff) -> None:
    case, decided = open_case(citizen), open_case(citizen)
    work(staff, decided, "accept", "approve")

    withdrawn = citizen.expect(200, "POST", f"{CASES}/{case['id']}/withdraw")
    late = citizen.refused(409, "case-state-conflict", "POST", f"{CASES}/{decided['id']}/withdraw")

    assert withdrawn["state"] == "closed"
    assert late["state"] == "approved"
    staff.refused(409, "case-state-conflict", "POST", f"{DESK}/{case['id']}/accept")
    assert told(citizen) == ["case_approved"]


def test_what_is_asked_for_or_refused_is_said_why(citizen: Citizen, staff: Staff) -> None:
    case = open_case(citizen)

    for deed in ("ask-more", "reject", "close"):
        for body in ({}, {"comment": None}):
            path = f"{DESK}/{case['id']}/{deed}"
            problem = staff.refused(422, "validation-failed", "POST", path, json=body)
            assert set(problem["errors"]) == {"comment"}

    assert read(citizen, case)["state"] == "submitted"


def test_a_comment_is_text_of_bounded_length(citizen: Citizen) -> None:
    path = f"/v1/services/{SERVICE}/cases"

    for comment in ("", "长" * 1001, "坏\u0000字", 7, ["x"]):
        problem = citizen.refused(422, "validation-failed", "POST", path, json={"comment": comment})
        assert set(problem["errors"]) == {"comment"}

    assert read(citizen, open_case(citizen, comment="一\n二"))["timeline"][0]["comment"] == "一\n二"


def test_a_service_that_there_is_not_has_no_cases(citizen: Citizen) -> None:
    citizen.refused(404, "service-not-found", "POST", "/v1/services/SVC9999/cases")


def test_who_has_no_real_name_opens_none(sandbox: Sandbox) -> None:
    newcomer = sandbox.log_in("wu-fang")

    newcomer.refused(403, "assurance-level-required", "POST", f"/v1/services/{SERVICE}/cases")


def test_a_retried_opening_opens_once(citizen: Citizen) -> None:
    path, headers = f"/v1/services/{SERVICE}/cases", {"Idempotency-Key": "k1"}

    first = citizen.expect(201, "POST", path, headers=headers)
    again = citizen.expect(201, "POST", path, headers=headers)

    assert again == first
    assert words(citizen.expect(200, "GET", CASES)["items"], "id") == [first["id"]]


def test_a_desk_lists_no_person_and_every_reading_of_a_case_is_in_the_audit_log(
    sandbox: Sandbox, citizen: Citizen, staff: Staff
) -> None:
    case = open_case(citizen)
    listed = staff.expect(200, "GET", f"{DESK}?state=submitted&service={SERVICE}")["items"]
    auditor = sandbox.staff("platform", "P002")
    assert "case-read" not in str(auditor.expect(200, "GET", "/v1/staff/audit-log"))

    for _ in range(2):
        shown = staff.expect(200, "GET", f"{DESK}/{case['id']}")

    assert listed == [case]
    assert shown["applicant"] == {"name": "张伟", "id_number_masked": "1000**********0119"}
    assert shown["may"] == ["accept", "ask_more", "reject", "close"]
    seen = read(citizen, case)["reads"]
    assert [(one["organisation"]["code"], one["staff_masked"]) for one in seen] == [
        ("service-hall", "S**3")
    ] * 2
    acts = auditor.expect(200, "GET", "/v1/staff/audit-log")["items"]
    reads = [one for one in acts if one["act"] == "case-read"]
    assert words(reads, "details") == [{"case_id": case["id"]}] * 2
    assert {one["actor"]["staff_number"] for one in reads} == {"S003"}


def test_a_department_reaches_its_own_cases_and_no_others(
    sandbox: Sandbox, citizen: Citizen, staff: Staff
) -> None:
    case = open_case(citizen)
    grant(sandbox, "税务局")

    staff.refused(404, "case-not-found", "GET", f"{DESK}/{case['id']}")
    for deed in ("accept", "review", "approve"):
        staff.refused(404, "case-not-found", "POST", f"{DESK}/{case['id']}/{deed}")
    assert staff.expect(200, "GET", DESK)["items"] == []
    assert read(citizen, case)["state"] == "submitted"


def test_of_many_who_decide_at_once_one_does(citizen: Citizen, staff: Staff) -> None:
    case = open_case(citizen)
    work(staff, case, "accept")
    path = f"{DESK}/{case['id']}"

    answers = at_once(
        *[lambda: staff.post(f"{path}/approve", {}) for _ in range(3)],
        *[lambda: staff.post(f"{path}/reject", {"comment": "不符合条件"}) for _ in range(3)],
        lambda: citizen.post(f"{CASES}/{case['id']}/withdraw", {}),
    )

    statuses = sorted(answer.status_code for answer in answers)
    shown = read(citizen, case)
    assert statuses == [200, *[409] * 6]
    assert len(shown["timeline"]) == 3
    assert words(shown["timeline"], "number") == [1, 2, 3]
    assert len(told(citizen)) == (0 if deeds(shown)[-1] == "withdraw" else 1)


def test_who_acts_for_an_enterprise_needs_its_scope_and_both_are_kept(sandbox: Sandbox, staff: Staff) -> None:
    manager = at_level_3(sandbox, "wang-qiang")
    organisation = register(manager)
    agent = sandbox.citizen("li-na")
    add(manager, organisation, "li-na", scopes=["licences:read"])
    barred = family.acting(agent, organisation_id=organisation["id"])
    barred.refused(403, "scope-required", "POST", f"/v1/services/{SERVICE}/cases")

    for_company = family.acting(manager, organisation_id=organisation["id"])
    case = open_case(for_company)

    assert case["actor"] == "agent"
    assert read(for_company, case)["organisation_id"] == organisation["id"]
    assert read(for_company, case)["timeline"][0]["actor"] == "agent"
    assert manager.expect(200, "GET", CASES)["items"] == []
    assert staff.expect(200, "GET", f"{DESK}/{case['id']}")["applicant"]["name"] == organisation["name"]


def test_opening_and_being_granted_count_as_use_unless_personal_ranking_is_off(
    sandbox: Sandbox, citizen: Citizen
) -> None:
    case = open_case(citizen)
    sandbox.pass_time(timedelta(hours=2))
    work(worker(sandbox), case, "accept", "approve")
    other = sandbox.citizen("li-na")
    other.expect(200, "POST", "/v1/account/personalisation", json={"on": False})
    open_case(other)

    assert used(sandbox.log_in("zhang-wei")) == {SERVICE: 2}
    assert used(other) == {}


def used(citizen: Citizen) -> dict[str, int]:
    citizen.prove()
    services = citizen.expect(200, "GET", "/v1/account/export")["service_usage"]["services"]
    return {one["service_code"]: one["times"] for one in services}


def test_what_was_granted_is_done_in_its_bundles(citizen: Citizen, staff: Staff) -> None:
    case = open_case(citizen, "SVC0094")
    before = done(citizen)

    work(staff, case, "accept", "approve")

    assert before["SVC0094"] is False
    assert done(citizen) == before | {"SVC0094": True}


def done(citizen: Citizen) -> dict[str, bool | None]:
    steps = citizen.expect(200, "GET", "/v1/bundles/NEWBORN")["steps"]
    return {step["service"]["code"]: step["done"] for step in steps}
