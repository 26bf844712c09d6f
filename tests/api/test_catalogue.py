"""An agency changes the services of its departments; every worker serves what was changed, without a restart."""

import pytest

from api.app import create_app
from identity.staff import Permission
from tests.cases import grant
from tests.sandbox import JSON, Caller, Citizen, Sandbox, Staff, words

CHANGES, VERSIONS = "/v1/staff/catalogue/changes", "/v1/staff/catalogue/versions"
OWN = "/v1/staff/catalogue/services"
CAMP: JSON = {
    "code": "EDU0001",
    "name": "小学生暑期托管报名",
    "department": "教育局",
    "theme": "我要上学",
    "audience": "personal",
    "channel": "全程网办",
    "keywords": ["暑托班"],
    "requires": ["ID_CARD"],
    "popularity": "mid",
    "listed": True,
}
GAOKAO = "SVC0125"


@pytest.fixture
def manager(sandbox: Sandbox) -> Staff:
    return sandbox.staff_who_may(Permission.MANAGE_SERVICES)


def change(manager: Caller, **body: object) -> JSON:
    return manager.expect(200, "POST", CHANGES, json={"note": "测试"} | body)


def look_again(*sandboxes: Sandbox) -> None:
    """Let a second pass in each worker, and its index be made."""
    for sandbox in sandboxes:
        desk = sandbox.parts.catalogue
        desk._look_at = 0.0
        desk.current()
        desk.await_index()


def hot(caller: Caller) -> list[str]:
    return words(caller.expect(200, "GET", "/v1/hot-services?limit=100")["items"], "code")


def found(caller: Caller, text: str) -> list[str]:
    return words(caller.expect(200, "GET", f"/v1/services?q={text}")["items"], "code")


def test_a_new_service_is_live_everywhere_in_every_worker(sandbox: Sandbox, manager: Staff) -> None:
    other = Sandbox(create_app(sandbox.parts.config))
    assert GAOKAO in hot(other.anybody)

    answer = change(manager, put=[CAMP])
    look_again(sandbox, other)

    assert answer["added"] == ["EDU0001"]
    for worker, persona in ((sandbox, "zhang-wei"), (other, "li-na")):
        citizen = worker.citizen(persona)
        assert citizen.expect(200, "GET", "/v1/services/EDU0001")["name"] == CAMP["name"]
        assert found(worker.anybody, "shuqituoguan")[0] == "EDU0001"
        assert "EDU0001" in hot(worker.anybody)
        event = {"service_code": "EDU0001", "action": "apply"}
        told = citizen.expect(202, "POST", "/v1/service-events", json={"events": [event]})
        assert told == {"accepted": 1, "rejected": []}
        items = citizen.expect(200, "GET", "/v1/hot-services?limit=100")["items"]
        (own,) = [item["reason"]["code"] for item in items if item["code"] == "EDU0001"]
        assert own == "own-use"
    other.parts.close()


def test_who_used_a_new_service_on_one_worker_gets_a_list_from_another_that_has_not_looked_yet(
    sandbox: Sandbox, manager: Staff
) -> None:
    other = Sandbox(create_app(sandbox.parts.config))
    other.parts.catalogue._look_at = float("inf")
    citizen = sandbox.citizen("zhang-wei")
    elsewhere = Caller(other.app, citizen.token)
    listed = hot(elsewhere)
    change(manager, put=[CAMP])
    look_again(sandbox)

    event = {"service_code": "EDU0001", "action": "apply"}
    citizen.expect(202, "POST", "/v1/service-events", json={"events": [event]})

    assert hot(elsewhere) == listed
    assert "EDU0001" not in found(elsewhere, "shuqituoguan")
    other.parts.ranking.catch_up()
    look_again(other)
    assert "EDU0001" in hot(elsewhere)
    other.parts.close()


def test_a_retired_service_is_gone_everywhere(sandbox: Sandbox, manager: Staff) -> None:
    citizen = sandbox.citizen("zhang-wei")
    citizen.expect(200, "POST", f"/v1/services/{GAOKAO}/favourite", json={"on": True})
    citizen.expect(
        202, "POST", "/v1/service-events", json={"events": [{"service_code": GAOKAO, "action": "apply"}]}
    )
    steps = [f"SVC0{n}" for n in (118, 119, 131)]

    change(manager, retire=[GAOKAO, *steps[:2]])
    look_again(sandbox)

    citizen.refused(404, "service-not-found", "GET", f"/v1/services/{GAOKAO}")
    assert GAOKAO not in hot(citizen) + hot(sandbox.anybody) + found(citizen, "高考准考证")
    bundle = sandbox.anybody.expect(200, "GET", "/v1/bundles/SCHOOL_ENROL")
    assert not {step["service"]["code"] for step in bundle["steps"]} & set(steps[:2])
    assert [step["order"] for step in bundle["steps"]] == [1, 2]
    refused = citizen.expect(
        202, "POST", "/v1/service-events", json={"events": [{"service_code": GAOKAO, "action": "open"}]}
    )
    assert refused["rejected"] == [{"index": 0, "code": "service-not-found"}]
    # What was chosen can be taken back, and nothing that is gone can be chosen.
    citizen.expect(200, "POST", f"/v1/services/{GAOKAO}/favourite", json={"on": False})
    citizen.refused(404, "service-not-found", "POST", f"/v1/services/{GAOKAO}/hide", json={"on": True})


def test_an_agency_changes_no_other_departments_services(sandbox: Sandbox, manager: Staff) -> None:
    grant(sandbox, "人力资源和社会保障局", "医疗保障局", "教育局")
    before = sandbox.parts.catalogue.current().version
    strange = CAMP | {"department": "公安局"}
    taken_over = CAMP | {"code": "SVC0022"}

    for body in (
        {"put": [strange]},
        {"put": [taken_over]},
        {"retire": ["SVC0022"]},
        {"put": [CAMP, strange | {"code": "X1"}]},
    ):
        problem = manager.refused(403, "department-not-granted", "POST", CHANGES, json=body | {"note": "x"})
        assert set(problem["departments"]) <= {"公安局", "公安局交通警察支队"}

    assert manager.expect(200, "GET", VERSIONS)["items"] == []
    look_again(sandbox)
    assert sandbox.parts.catalogue.current().version == before


def test_the_platform_grants_departments_and_takes_them_back(sandbox: Sandbox, manager: Staff) -> None:
    platform = sandbox.staff("platform", "P001")
    agencies = platform.expect(200, "GET", "/v1/staff/organisations")["items"]
    hall = next(one["id"] for one in agencies if one["code"] == "service-hall")
    path = f"/v1/staff/organisations/{hall}/departments"

    platform.expect(200, "POST", path, json={"departments": ["税务局"]})

    assert platform.expect(200, "GET", path)["departments"] == ["税务局"]
    manager.refused(403, "department-not-granted", "POST", CHANGES, json={"note": "x", "put": [CAMP]})
    listed = manager.expect(200, "GET", f"{OWN}?limit=100")
    assert {item["department"] for item in listed["items"]} == {"税务局"}
    manager.refused(403, "forbidden", "POST", path, json={"departments": ["教育局"]})
    act = sandbox.staff("platform", "P002").expect(200, "GET", "/v1/staff/audit-log")["items"][0]
    assert (act["act"], act["details"]["after"]) == ("service-grants-changed", ["税务局"])


def test_every_fault_is_named_by_its_place_and_nothing_is_changed(manager: Staff) -> None:
    faulty = [CAMP, CAMP | {"code": "a b", "name": "=1+1"}, CAMP | {"requires": ["NO_SUCH"]}]

    problem = manager.refused(422, "validation-failed", "POST", CHANGES, json={"note": "x", "put": faulty})

    assert sorted(problem["errors"]) == ["put.1.code", "put.1.name", "put.2.code", "put.2.requires"]
    assert manager.expect(200, "GET", VERSIONS)["items"] == []


def test_a_dry_run_tells_and_does_nothing(manager: Staff) -> None:
    answer = change(manager, put=[CAMP], retire=[GAOKAO], dry_run=True)

    assert (answer["added"], answer["retired"], answer["version"]) == (["EDU0001"], [GAOKAO], 0)
    assert manager.expect(200, "GET", VERSIONS)["items"] == []


def test_versions_tell_who_changed_what(manager: Staff) -> None:
    change(manager, put=[CAMP], note="暑假")
    change(manager, put=[CAMP | {"name": "暑期托管"}], retire=[GAOKAO])
    again = change(manager, put=[CAMP | {"name": "暑期托管"}])

    first = manager.expect(200, "GET", f"{VERSIONS}?limit=2")
    rest = manager.expect(200, "GET", f"{VERSIONS}?limit=2&cursor={first['next_cursor']}")

    assert again == {"version": 3, "dry_run": False, "added": [], "changed": [], "retired": []}
    assert [(one["number"], one["added"], one["changed"], one["retired"]) for one in first["items"]] == [
        (3, 0, 1, 1),
        (2, 1, 0, 0),
    ]
    assert first["items"][1]["made_by"] == {"organisation_code": "service-hall", "staff_number": "S008"}
    assert [one["made_by"] for one in rest["items"]] == [None]


def test_a_service_to_retire_that_is_not_there_is_named(manager: Staff) -> None:
    problem = manager.refused(
        422, "validation-failed", "POST", CHANGES, json={"note": "x", "retire": [GAOKAO, "NO1"]}
    )

    assert list(problem["errors"]) == ["retire.1"]


def test_the_sandbox_reset_brings_the_release_back(sandbox: Sandbox, manager: Staff) -> None:
    change(manager, put=[CAMP])
    look_again(sandbox)
    sandbox.anybody.expect(200, "POST", "/v1/sandbox/reset")
    look_again(sandbox)

    assert "EDU0001" not in hot(sandbox.anybody)
    assert sandbox.parts.catalogue.current().version == 0


def test_who_may_not_manage_services_changes_nothing(sandbox: Sandbox) -> None:
    citizen: Citizen = sandbox.log_in("zhang-wei")

    for caller in (citizen, sandbox.staff("platform", "P001")):
        caller.refused(403, "forbidden", "POST", CHANGES, json={"note": "x", "put": [CAMP]})
