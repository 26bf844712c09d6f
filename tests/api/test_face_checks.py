"""Face checks: who passes, what refuses, and what each refusal leaves behind."""

from datetime import timedelta

import pytest

from tests.sandbox import FACE_CHECKS, JSON, Citizen, Sandbox, at_once, claim_of

REAL_NAME = "/v1/real-name"
MISNAMED = claim_of("he-jun") | {"name": "何俊"}


def level(citizen: Citizen) -> int:
    found: int = citizen.expect(200, "GET", "/v1/account")["assurance_level"]
    return found


def complete(citizen: Citizen, check_id: str) -> JSON:
    return citizen.expect(200, "POST", f"{FACE_CHECKS}/{check_id}/complete")


def refuse_completion(citizen: Citizen, check_id: str, status: int, code: str) -> None:
    citizen.refused(status, code, "POST", f"{FACE_CHECKS}/{check_id}/complete")


def let_face_be(sandbox: Sandbox, check_id: str, outcome: str) -> None:
    sandbox.anybody.expect(200, "POST", f"/v1/sandbox/face-checks/{check_id}", json={"outcome": outcome})


def refuse_beginning(citizen: Citizen, stated: JSON, status: int, code: str) -> JSON:
    return citizen.refused(status, code, "POST", FACE_CHECKS, json=stated)


def test_a_bound_account_says_nothing_and_rises_to_level_3(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    bound = citizen.bind()

    begun = citizen.expect(201, "POST", FACE_CHECKS)
    account = complete(citizen, begun["id"])

    assert begun["provider"] == "sandbox"
    assert begun["client_params"] == {"outcome_path": f"/v1/sandbox/face-checks/{begun['id']}"}
    assert account["assurance_level"] == 3
    assert account["id"] == bound["id"]
    assert account["real_name"]["id_number_masked"] == bound["real_name"]["id_number_masked"]
    assert account == citizen.expect(200, "GET", "/v1/account")


def test_an_unbound_login_says_who_it_is_and_is_bound_at_level_3(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")

    account = citizen.prove()

    assert account["assurance_level"] == 3
    assert account["real_name"]["name_masked"] == "*伟"
    citizen.sync()


@pytest.mark.parametrize("missing", [("name",), ("id_type", "id_number"), ("consent_version",)])
def test_what_an_unbound_login_leaves_out_is_named(sandbox: Sandbox, missing: tuple[str, ...]) -> None:
    stated = {key: value for key, value in claim_of("zhang-wei").items() if key not in missing}

    problem = refuse_beginning(sandbox.log_in("zhang-wei"), stated, 422, "validation-failed")

    assert tuple(problem["errors"]) == missing


@pytest.mark.parametrize("version", ["0", "2", "latest"])
def test_consent_to_another_version_is_none(sandbox: Sandbox, version: str) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()

    problem = refuse_beginning(citizen, {"consent_version": version}, 422, "validation-failed")

    assert list(problem["errors"]) == ["consent_version"]


def test_the_notice_on_faces_is_published_and_names_the_other_way(sandbox: Sandbox) -> None:
    texts = {
        text["purpose"]: text for text in sandbox.anybody.expect(200, "GET", "/v1/consent-texts")["items"]
    }

    assert texts["face-check"]["version"] == texts["counter-check"]["version"] == "1"
    assert "窗口" in texts["face-check"]["text"]


def test_a_bound_account_cannot_be_checked_as_somebody_else(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()

    refuse_beginning(citizen, claim_of("li-na"), 409, "real-name-already-bound")

    own = citizen.begin_face_check(**claim_of("zhang-wei"))
    assert complete(citizen, own)["assurance_level"] == 3


def test_a_stranger_with_somebodys_data_does_not_pass(sandbox: Sandbox) -> None:
    stranger = sandbox.log_in("he-jun")
    check_id = stranger.begin_face_check(**claim_of("zhang-wei"))

    refuse_completion(stranger, check_id, 422, "face-check-failed")
    refuse_completion(stranger, check_id, 422, "face-check-failed")

    assert level(stranger) == 1
    assert stranger.expect(200, "GET", "/v1/account")["real_name"] is None


def test_a_failed_face_leaves_a_bound_account_where_it_was(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    check_id = citizen.begin_face_check()
    let_face_be(sandbox, check_id, "failed")

    refuse_completion(citizen, check_id, 422, "face-check-failed")

    assert level(citizen) == 2
    let_face_be(sandbox, check_id, "live")
    refuse_completion(citizen, check_id, 422, "face-check-failed")
    assert citizen.prove()["assurance_level"] == 3


def test_a_check_that_is_not_finished_can_be_completed_later(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    check_id = citizen.begin_face_check()
    let_face_be(sandbox, check_id, "unfinished")
    refuse_completion(citizen, check_id, 409, "face-check-unfinished")
    let_face_be(sandbox, check_id, "live")

    account = complete(citizen, check_id)

    assert account["assurance_level"] == 3


def test_a_check_lives_an_hour(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    check_id = citizen.begin_face_check()
    sandbox.pass_time(timedelta(minutes=61))

    refuse_completion(sandbox.log_in("zhang-wei"), check_id, 410, "face-check-expired")

    assert level(sandbox.log_in("zhang-wei")) == 2


def test_completing_a_passed_check_again_tells_the_same_and_proves_nothing_anew(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    check_id = citizen.begin_face_check()
    first = complete(citizen, check_id)
    sandbox.pass_time(timedelta(minutes=11))

    again = complete(citizen, check_id)

    assert again == first


def test_completed_many_times_at_once_a_check_is_passed_once(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    check_id = citizen.begin_face_check(**claim_of("zhang-wei"))

    answers = at_once(*[lambda: complete(citizen, check_id)] * 6)

    assert {answer["assurance_level"] for answer in answers} == {3}
    assert len({answer["id"] for answer in answers}) == 1


def test_anothers_check_and_one_of_another_login_are_as_if_they_were_not(sandbox: Sandbox) -> None:
    owner, second, stranger = (sandbox.log_in(code) for code in ("zhang-wei", "zhang-wei#2", "li-na"))
    check_id = owner.begin_face_check(**claim_of("zhang-wei"))

    for other in (second, stranger):
        refuse_completion(other, check_id, 404, "face-check-not-found")
        refuse_completion(other, "01a20268-e9f1-7d20-8c3b-5a1e6f0b7c42", 404, "face-check-not-found")

    assert complete(owner, check_id)["assurance_level"] == 3


def test_a_child_under_14_needs_a_guardian_here_too(sandbox: Sandbox) -> None:
    child = sandbox.log_in("zhang-zimo")

    for _ in range(7):
        refuse_beginning(child, claim_of("zhang-zimo"), 403, "guardian-consent-required")


def test_five_mismatches_lock_the_account_for_faces_and_for_names(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("he-jun")
    for _ in range(5):
        refuse_beginning(citizen, MISNAMED, 422, "real-name-mismatch")

    refuse_beginning(citizen, claim_of("he-jun"), 429, "real-name-locked")

    citizen.refused(429, "real-name-locked", "POST", REAL_NAME, json=claim_of("he-jun"))
    sandbox.pass_time(timedelta(minutes=61))
    assert sandbox.log_in("he-jun").prove()["assurance_level"] == 3


def test_somebody_elses_face_counts_as_a_mismatch(sandbox: Sandbox) -> None:
    stranger = sandbox.log_in("he-jun")
    for _ in range(5):
        check_id = stranger.begin_face_check(**claim_of("zhang-wei"))
        refuse_completion(stranger, check_id, 422, "face-check-failed")

    refuse_beginning(stranger, claim_of("zhang-wei"), 429, "real-name-locked")


def test_strangers_who_lock_a_number_at_level_2_leave_the_face_check_to_its_owner(sandbox: Sandbox) -> None:
    for place in range(4):
        stranger = sandbox.log_in(f"he-jun#{place}")
        for _ in range(5):
            stranger.refused(422, "real-name-mismatch", "POST", REAL_NAME, json=claim_of("li-na"))
    owner = sandbox.log_in("li-na")
    owner.refused(429, "real-name-locked", "POST", REAL_NAME, json=claim_of("li-na"))

    account = owner.prove()

    assert account["assurance_level"] == 3


def test_faces_that_strangers_fail_lock_nobody_out_of_level_2(sandbox: Sandbox) -> None:
    for place in range(5):
        stranger = sandbox.log_in(f"he-jun#{place}")
        for _ in range(5):
            refuse_beginning(stranger, claim_of("li-na") | {"name": "何军"}, 422, "real-name-mismatch")

    assert sandbox.log_in("li-na").bind()["assurance_level"] == 2


def test_a_registry_that_is_down_is_nobodys_mismatch_and_needed_by_the_unbound_only(sandbox: Sandbox) -> None:
    unbound, bound = sandbox.log_in("he-jun"), sandbox.log_in("zhang-wei")
    bound.bind()
    sandbox.break_registry("population")

    for _ in range(6):
        refuse_beginning(unbound, MISNAMED, 503, "registry-unavailable")

    assert bound.prove()["assurance_level"] == 3
    sandbox.break_registry("population", "ok")
    assert unbound.prove()["assurance_level"] == 3


def test_checks_that_are_begun_and_not_passed_are_limited(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    for _ in range(20):
        citizen.begin_face_check()

    refused = citizen.post(FACE_CHECKS)

    assert (refused.status_code, refused.get_json()["code"]) == (429, "too-many-face-checks")
    assert 0 < int(refused.headers["Retry-After"]) <= 3601
    sandbox.pass_time(timedelta(minutes=61))
    assert sandbox.log_in("zhang-wei").prove()["assurance_level"] == 3


def test_the_same_beginning_under_one_key_is_one_check(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    key = {"Idempotency-Key": "one"}

    begun = [citizen.expect(201, "POST", FACE_CHECKS, headers=key)["id"] for _ in range(2)]

    assert begun[0] == begun[1]
