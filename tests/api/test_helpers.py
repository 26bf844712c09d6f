"""Helpers: an adult lets somebody act for them by their own word, in their login or by a code read aloud."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from identity.dependants import DependantRow
from identity.ids import new_id
from tests.family import acting, named
from tests.organisations import at_level_3
from tests.sandbox import JSON, Citizen, Sandbox, Staff, told, words

DEPENDANTS, CODES = "/v1/dependants", "/v1/staff/helper-codes"
MOTHER = named("chen-guihua", "mother")
DOCUMENT = {name: MOTHER[name] for name in ("name", "id_number")}


@pytest.fixture
def helper(sandbox: Sandbox) -> Citizen:
    return at_level_3(sandbox, "wang-qiang")


@pytest.fixture
def elder(sandbox: Sandbox) -> Citizen:
    """chen-guihua, at level 2."""
    return sandbox.citizen("chen-guihua")


@pytest.fixture
def counter(sandbox: Sandbox) -> Staff:
    """Who may look at documents, at the service hall."""
    people = sandbox.anybody.expect(200, "GET", "/v1/sandbox/personas")["staff"]
    (one,) = [one for one in people if one["permissions"] == ["raise-assurance"]]
    return sandbox.staff(one["organisation_code"], one["staff_number"])


def ask(helper: Citizen, body: JSON = MOTHER) -> JSON:
    return helper.expect(201, "POST", DEPENDANTS, json=body)


def approve_path(tie: JSON) -> str:
    return f"{DEPENDANTS}/{tie['id']}/approve"


def ties(citizen: Citizen) -> list[JSON]:
    items: list[JSON] = citizen.expect(200, "GET", DEPENDANTS)["items"]
    return items


def notices(citizen: Citizen) -> list[str]:
    kinds: list[str] = words(citizen.expect(200, "GET", "/v1/notices")["items"], "kind")
    return kinds


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def test_an_elder_sees_who_asks_and_approves_in_their_own_login(helper: Citizen, elder: Citizen) -> None:
    asked = ask(helper)
    (seen,) = ties(elder)

    approved = elder.expect(200, "POST", approve_path(asked))

    assert (asked["status"], asked["kind"], asked["name_masked"]) == ("pending", "adult", "**花")
    assert (asked["name"], asked["code"]) == (None, None)
    assert (seen["id"], seen["side"], seen["name"]) == (asked["id"], "principal", "王强")
    assert (approved["status"], approved["name"], approved["code"]) == ("active", None, None)
    for_her = acting(helper, dependant_id=asked["id"])
    assert words(for_her.licences(), "id") == words(elder.licences(), "id")
    assert notices(elder)[0] == "helper_asks"
    assert notices(helper) == ["helper_approved"]
    elder.refused(409, "dependant-not-pending", "POST", approve_path(asked))


def test_until_it_is_approved_nobody_acts_by_it(helper: Citizen, elder: Citizen) -> None:
    asked = ask(helper)

    body = {"dependant_id": asked["id"]}
    helper.refused(404, "dependant-not-found", "POST", "/v1/sessions/act-as", json=body)
    problem = helper.refused(422, "validation-failed", "POST", approve_path(asked))
    assert list(problem["errors"]) == ["code"]
    assert elder.account


def test_whoever_asks_does_not_learn_whether_such_a_person_is_there(helper: Citizen, elder: Citizen) -> None:
    nobody = named("chen-guihua", "mother", id_number="100000195001010144")
    misnamed = named("chen-guihua", "mother", name="陈桂英")
    not_here = named("sun-lei", "friend")

    answers = [ask(helper, body) for body in (nobody, misnamed, not_here, MOTHER)]

    assert len({tuple(sorted(answer)) for answer in answers}) == 1
    assert {(one["status"], one["name"], one["code"], one["kind"]) for one in answers} == {
        ("pending", None, None, "adult")
    }
    assert words(ties(elder), "id") == [answers[3]["id"]]
    elder.refused(404, "dependant-not-found", "POST", approve_path(answers[1]))
    code = {"code": "12345678"}
    waiting = [one for one in answers if one is not answers[1]]
    refusals = [
        helper.refused(422, "helper-code-wrong", "POST", approve_path(one), json=code) for one in waiting
    ]
    assert len({repr(told(one)) for one in refusals}) == 1


def test_a_code_from_the_elders_own_list_read_aloud_approves_once(helper: Citizen, elder: Citizen) -> None:
    asked = ask(helper)
    code = ties(elder)[0]["code"]
    helper.refused(422, "helper-code-wrong", "POST", approve_path(asked), json={"code": wrong(code)})

    approved = helper.expect(200, "POST", approve_path(asked), json={"code": code})

    assert approved["status"] == "active"
    assert acting(helper, dependant_id=asked["id"]).licences()
    assert notices(elder)[0] == "helper_approved_by_code"
    helper.refused(409, "dependant-not-pending", "POST", approve_path(asked), json={"code": code})


def test_who_has_no_phone_is_told_the_code_at_a_counter_on_their_document(
    sandbox: Sandbox, helper: Citizen, counter: Staff
) -> None:
    asked = ask(helper)

    (waiting,) = counter.expect(200, "POST", CODES, json=DOCUMENT)["items"]
    approved = helper.expect(200, "POST", approve_path(asked), json={"code": waiting["code"]})

    assert (waiting["dependant_id"], waiting["helper"]) == (asked["id"], "王强")
    assert approved["status"] == "active"
    for_her = acting(helper, dependant_id=asked["id"])
    for_her.sync()
    assert for_her.licences()
    with sandbox.parts.database.read() as session:
        row = session.scalars(select(DependantRow)).one()
    assert row.code_told_by is not None
    assert row.code_told_at is not None
    assert row.code_sealed is None
    elder = sandbox.citizen("chen-guihua")
    assert notices(elder) == ["helper_approved_by_code", "helper_code_given"]


def test_a_counter_tells_nothing_on_a_document_that_does_not_match(
    sandbox: Sandbox, helper: Citizen, counter: Staff
) -> None:
    ask(helper)

    counter.refused(422, "real-name-mismatch", "POST", CODES, json=DOCUMENT | {"name": "陈桂英"})
    assert counter.expect(200, "POST", CODES, json=named_document("sun-lei"))["items"] == []
    sandbox.staff().refused(403, "forbidden", "POST", CODES, json=DOCUMENT)
    helper.refused(403, "forbidden", "POST", CODES, json=DOCUMENT)


def named_document(code: str) -> JSON:
    somebody = named(code, "other")
    return {name: somebody[name] for name in ("name", "id_number")}


def test_five_wrong_codes_void_the_code_and_leave_the_elders_own_word(
    helper: Citizen, elder: Citizen
) -> None:
    asked = ask(helper)
    code = ties(elder)[0]["code"]
    for _ in range(5):
        helper.refused(422, "helper-code-wrong", "POST", approve_path(asked), json={"code": wrong(code)})

    helper.refused(429, "helper-code-locked", "POST", approve_path(asked), json={"code": code})

    assert elder.expect(200, "POST", approve_path(asked))["status"] == "active"


def test_a_request_waits_for_seven_days(sandbox: Sandbox, helper: Citizen, elder: Citizen) -> None:
    asked = ask(helper)
    code = ties(elder)[0]["code"]

    sandbox.pass_time(timedelta(days=7))

    elder, helper = sandbox.log_in("chen-guihua"), sandbox.log_in("wang-qiang")
    assert [(one["status"], one["code"]) for one in ties(elder)] == [("expired", None)]
    elder.refused(409, "dependant-not-pending", "POST", approve_path(asked))
    helper.refused(409, "dependant-not-pending", "POST", approve_path(asked), json={"code": code})


@pytest.mark.parametrize("side", ["helper", "elder"])
def test_either_side_ends_it_at_once(sandbox: Sandbox, helper: Citizen, elder: Citizen, side: str) -> None:
    asked = ask(helper)
    elder.expect(200, "POST", approve_path(asked))
    for_her = acting(helper, dependant_id=asked["id"])
    ending, other = (helper, elder) if side == "helper" else (elder, helper)

    ended = ending.expect(200, "POST", f"{DEPENDANTS}/{asked['id']}/revoke")

    assert ended["status"] == "revoked"
    for_her.refused(401, "unauthenticated", "GET", "/v1/licences")
    assert notices(other)[0] == "helper_revoked"
    assert words(ties(helper), "status") == ["revoked"]
    assert sandbox.now()


def test_a_strangers_ties_are_as_if_absent(sandbox: Sandbox, helper: Citizen, elder: Citizen) -> None:
    asked = ask(helper)
    stranger = at_level_3(sandbox, "zhao-min")

    for tie_id in (asked["id"], new_id()):
        for verb in ("approve", "revoke"):
            stranger.refused(404, "dependant-not-found", "POST", f"{DEPENDANTS}/{tie_id}/{verb}")
    assert (ties(stranger), words(ties(elder), "status")) == ([], ["pending"])


def test_asking_again_replaces_the_request_and_asking_on_and_on_is_stopped(
    sandbox: Sandbox, helper: Citizen, elder: Citizen
) -> None:
    first, second = ask(helper), ask(helper)
    assert [(one["id"], one["status"]) for one in ties(helper)] == [
        (second["id"], "pending"),
        (first["id"], "revoked"),
    ]
    for _ in range(8):
        ask(helper)

    helper.refused(429, "too-many-dependants-asked", "POST", DEPENDANTS, json=MOTHER)
    sandbox.pass_time(timedelta(days=1))
    assert ask(sandbox.log_in("wang-qiang"))["status"] == "pending"
    assert elder.account


def test_nobody_helps_themselves(helper: Citizen) -> None:
    problem = helper.refused(422, "validation-failed", "POST", DEPENDANTS, json=named("wang-qiang", "other"))

    assert list(problem["errors"]) == ["id_number"]


def test_five_wrong_documents_a_minute_lock_a_counter_and_a_registry_that_is_down_counts_none(
    sandbox: Sandbox, counter: Staff
) -> None:
    wrong = DOCUMENT | {"name": "陈菊花"}
    sandbox.break_registry("population")
    for _ in range(5):
        counter.refused(503, "registry-unavailable", "POST", CODES, json=DOCUMENT)
    sandbox.break_registry("population", "ok")
    counter.expect(200, "POST", CODES, json=DOCUMENT)
    for _ in range(5):
        counter.refused(422, "real-name-mismatch", "POST", CODES, json=wrong)

    locked = counter.refused(429, "counter-code-locked", "POST", CODES, json=DOCUMENT)

    assert locked["status"] == 429
    sandbox.pass_time(timedelta(minutes=1))
    counter.expect(200, "POST", CODES, json=DOCUMENT)
