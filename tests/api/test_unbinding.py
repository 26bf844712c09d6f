"""Unbinding: the person is let go at once, and can be bound again."""

from datetime import timedelta

from tests.sandbox import FACE_CHECKS, Citizen, Sandbox, at_once, claim_of

UNBIND, KIND = "/v1/real-name/unbind", "DRIVING_LICENCE"


def level(citizen: Citizen) -> int:
    found: int = citizen.expect(200, "GET", "/v1/account")["assurance_level"]
    return found


def proved(sandbox: Sandbox, code: str = "zhang-wei") -> Citizen:
    citizen = sandbox.citizen(code)
    citizen.prove()
    return citizen


def test_unbinding_needs_a_proof_of_the_last_ten_minutes(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    citizen.refused(403, "fresh-proof-required", "POST", UNBIND)
    citizen.prove()
    sandbox.pass_time(timedelta(minutes=11))
    citizen.refused(403, "fresh-proof-required", "POST", UNBIND)
    assert level(citizen) == 3
    citizen.prove()

    account = citizen.expect(200, "POST", UNBIND)

    assert (account["assurance_level"], account["real_name"]) == (1, None)


def test_an_account_without_a_real_name_has_nothing_to_unbind(sandbox: Sandbox) -> None:
    problem = sandbox.log_in("zhang-wei").refused(403, "assurance-level-required", "POST", UNBIND)

    assert problem["required_level"] == 2


def test_the_wallet_is_closed_to_every_session_at_once(sandbox: Sandbox) -> None:
    citizen = proved(sandbox)
    other_device = sandbox.log_in("zhang-wei")
    licence = citizen.licence(KIND)["id"]

    citizen.expect(200, "POST", UNBIND)

    for device in (citizen, other_device):
        assert level(device) == 1
        for path in ("/v1/licences", f"/v1/licences/{licence}", "/v1/access-records"):
            device.refused(403, "assurance-level-required", "GET", path)


def test_running_codes_stop(sandbox: Sandbox) -> None:
    citizen = proved(sandbox)
    officer = sandbox.staff()
    shown, waiting = citizen.show(KIND), citizen.show(KIND, disclose="full")
    scan = officer.scan(waiting["qr_text"])

    citizen.expect(200, "POST", UNBIND)

    assert officer.scan(shown["qr_text"])["reason"] == "withdrawn"
    seen = officer.expect(200, "GET", f"/v1/verifications/{scan['id']}")
    assert (seen["licence"], seen["holder"]) == (None, None)


def test_the_person_can_be_bound_again_and_finds_licences_and_records(sandbox: Sandbox) -> None:
    citizen = proved(sandbox)
    sandbox.staff().scan(citizen.show(KIND)["qr_text"])
    before, looked = citizen.licences(), citizen.access_records()
    bound_at = citizen.expect(200, "GET", "/v1/account")["real_name"]["verified_at"]
    citizen.expect(200, "POST", UNBIND)
    sandbox.pass_time(timedelta(minutes=1))

    account = citizen.bind()

    assert account["assurance_level"] == 2
    assert account["real_name"]["verified_at"] > bound_at
    assert [one["id"] for one in citizen.licences()] == [one["id"] for one in before]
    assert citizen.access_records() == looked
    citizen.refused(403, "fresh-proof-required", "POST", UNBIND)


def test_another_login_can_bind_who_was_let_go(sandbox: Sandbox) -> None:
    proved(sandbox).expect(200, "POST", UNBIND)

    account = sandbox.log_in("zhang-wei#2").bind()

    assert account["assurance_level"] == 2


def test_an_account_let_go_can_take_nobody_elses_wallet_along(sandbox: Sandbox) -> None:
    citizen, second = proved(sandbox), sandbox.log_in("zhang-wei#2")
    second.prove()

    citizen.expect(200, "POST", UNBIND)

    accounts = [one.expect(200, "GET", "/v1/account") for one in (citizen, second)]
    assert [one["assurance_level"] for one in accounts] == [1, 1]
    assert accounts[0]["id"] != accounts[1]["id"]
    assert citizen.bind()["assurance_level"] == 2
    assert level(second) == 1


def test_a_check_begun_before_is_worth_nothing_after(sandbox: Sandbox) -> None:
    citizen = proved(sandbox)
    check_id = citizen.begin_face_check()
    code = citizen.expect(201, "POST", "/v1/real-name/counter-codes")["code"]
    passed = citizen.begin_face_check()
    citizen.expect(200, "POST", f"{FACE_CHECKS}/{passed}/complete")

    citizen.expect(200, "POST", UNBIND)

    citizen.refused(404, "face-check-not-found", "POST", f"{FACE_CHECKS}/{check_id}/complete")
    citizen.refused(409, "face-check-completed", "POST", f"{FACE_CHECKS}/{passed}/complete")
    document = {key: value for key, value in claim_of("zhang-wei").items() if key != "consent_version"}
    clerk = sandbox.staff_who_may("raise-assurance")
    clerk.refused(
        422, "counter-code-unknown", "POST", "/v1/staff/raise-assurance", json=document | {"code": code}
    )


def test_unbound_twice_at_once_it_is_done_once(sandbox: Sandbox) -> None:
    citizen = proved(sandbox)

    answers = at_once(*[lambda: citizen.post(UNBIND)] * 4)

    assert sorted(answer.status_code for answer in answers) == [200, 403, 403, 403]
    assert level(citizen) == 1


def test_an_unbinding_and_a_proof_at_once_leave_one_whole_state(sandbox: Sandbox) -> None:
    citizen, second = proved(sandbox), sandbox.log_in("zhang-wei#2")
    path = f"{FACE_CHECKS}/{second.begin_face_check(**claim_of('zhang-wei'))}/complete"

    unbound, joined = at_once(lambda: citizen.post(UNBIND), lambda: second.post(path))

    # Joined before, the second login was parted and its wallet closed; after, the person is its own.
    assert (unbound.status_code, joined.status_code) == (200, 200)
    assert level(citizen) == 1
    assert level(second) in {1, 3}
