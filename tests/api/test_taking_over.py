"""A level-3 proof takes the identity over: who joins, who is put out, and what goes on working."""

import pytest

from tests.sandbox import FACE_CHECKS, Citizen, Sandbox, at_once, claim_of, words

REAL_NAME = "/v1/real-name"


def account_of(citizen: Citizen) -> tuple[str, int]:
    account = citizen.expect(200, "GET", "/v1/account")
    return account["id"], account["assurance_level"]


def ended(citizen: Citizen) -> bool:
    access = citizen.get("/v1/account")
    refresh = citizen.post(
        "/v1/sessions/refresh", headers={"Authorization": f"Bearer {citizen.refresh_token}"}
    )
    return (access.status_code, refresh.status_code) == (401, 401)


def refreshed(citizen: Citizen) -> int:
    headers = {"Authorization": f"Bearer {citizen.refresh_token}"}
    return citizen.post("/v1/sessions/refresh", headers=headers).status_code


def test_a_second_login_is_refused_at_level_2_and_joins_at_level_3(sandbox: Sandbox) -> None:
    first, second = sandbox.log_in("zhang-wei"), sandbox.log_in("zhang-wei#2")
    first.bind()
    first.prove()
    home = account_of(first)
    second.refused(409, "real-name-bound-elsewhere", "POST", REAL_NAME, json=claim_of("zhang-wei"))

    joined = second.prove()

    assert (joined["id"], joined["assurance_level"]) == home
    assert account_of(first) == account_of(second) == home
    assert refreshed(second) == refreshed(first) == 200
    assert account_of(sandbox.log_in("zhang-wei#2")) == home


def test_a_login_that_never_proved_level_3_is_put_out_and_its_sessions_end(sandbox: Sandbox) -> None:
    squatter, other_device = sandbox.log_in("zhang-wei"), sandbox.log_in("zhang-wei")
    squatter.bind()
    home, _ = account_of(squatter)

    owner = sandbox.log_in("zhang-wei#2")
    taken = owner.prove()

    assert (taken["id"], taken["assurance_level"]) == (home, 3)
    assert ended(squatter)
    assert ended(other_device)
    again = sandbox.log_in("zhang-wei")
    fresh_id, level = account_of(again)
    assert (fresh_id != home, level) == (True, 1)
    again.refused(409, "real-name-bound-elsewhere", "POST", REAL_NAME, json=claim_of("zhang-wei"))


def test_who_was_put_out_and_then_proves_joins_again_and_puts_nobody_out(sandbox: Sandbox) -> None:
    sandbox.log_in("zhang-wei").bind()
    owner = sandbox.log_in("zhang-wei#2")
    home = owner.prove()["id"]

    back = sandbox.log_in("zhang-wei")
    joined = back.prove()

    assert joined["id"] == home
    assert account_of(owner) == (home, 3)


def test_a_takeover_stops_the_codes_that_the_other_login_had_on_its_screen(sandbox: Sandbox) -> None:
    squatter = sandbox.citizen("zhang-wei")
    shown = squatter.show("DRIVING_LICENCE")
    waiting = squatter.show("DRIVING_LICENCE", disclose="full")
    officer = sandbox.staff()
    officer.scan(waiting["qr_text"])

    owner = sandbox.log_in("zhang-wei#2")
    owner.prove()

    assert officer.scan(shown["qr_text"])["reason"] == "withdrawn"
    states = [owner.expect(200, "GET", f"/v1/show-tokens/{one['id']}")["state"] for one in (shown, waiting)]
    assert states == ["withdrawn", "withdrawn"]


def test_a_proof_that_puts_nobody_out_leaves_running_codes_alone(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    shown = citizen.show("DRIVING_LICENCE")

    citizen.prove()

    assert sandbox.staff().scan(shown["qr_text"])["outcome"] == "accepted"


def test_the_person_is_told_of_a_login_that_joined_and_of_one_that_was_put_out(sandbox: Sandbox) -> None:
    sandbox.log_in("zhang-wei").bind()
    owner = sandbox.log_in("zhang-wei#2")

    owner.prove()

    told = owner.expect(200, "GET", "/v1/notices")["items"]
    assert set(words(told, "kind")) == {"login_joined", "login_detached"}


def test_what_the_joining_account_chose_comes_along(sandbox: Sandbox) -> None:
    first, second = sandbox.log_in("zhang-wei"), sandbox.log_in("zhang-wei#2")
    first.prove()
    second.expect(200, "POST", "/v1/services/SVC0019/favourite", json={"on": True})
    second.expect(200, "POST", "/v1/account/personalisation", json={"on": False})

    second.prove()

    assert first.expect(200, "GET", "/v1/services/SVC0019")["favourite"] is True
    assert first.expect(200, "GET", "/v1/hot-services")["personalised"] is False


def test_logins_of_one_person_that_complete_at_once_meet_in_one_account(sandbox: Sandbox) -> None:
    logins = [sandbox.log_in(f"zhang-wei#{place}") for place in range(1, 5)]
    paths = [f"{FACE_CHECKS}/{one.begin_face_check(**claim_of('zhang-wei'))}/complete" for one in logins]

    answers = at_once(
        *[lambda one=one, path=path: one.post(path) for one, path in zip(logins, paths, strict=True)]
    )

    assert [answer.status_code for answer in answers] == [200] * 4
    assert {account_of(one) for one in logins} == {(answers[0].get_json()["id"], 3)}


@pytest.mark.parametrize("_turn", range(3))
def test_of_a_binding_and_a_proof_at_once_the_proof_has_the_person(sandbox: Sandbox, _turn: int) -> None:
    binder, prover = sandbox.log_in("zhang-wei"), sandbox.log_in("zhang-wei#2")
    path = f"{FACE_CHECKS}/{prover.begin_face_check(**claim_of('zhang-wei'))}/complete"

    bound, proved = at_once(
        lambda: binder.post(REAL_NAME, claim_of("zhang-wei")),
        lambda: prover.post(path),
    )

    assert proved.status_code == 200
    assert account_of(prover)[1] == 3
    # Either too late, or put out again.
    assert bound.status_code == 409 or ended(binder)


@pytest.mark.parametrize("_turn", range(3))
def test_a_login_that_is_opened_while_it_is_put_out_is_not_left_inside(sandbox: Sandbox, _turn: int) -> None:
    sandbox.log_in("zhang-wei").bind()
    owner = sandbox.log_in("zhang-wei#2")
    path = f"{FACE_CHECKS}/{owner.begin_face_check(**claim_of('zhang-wei'))}/complete"

    late, proved = at_once(
        lambda: sandbox.anybody.post("/v1/sessions", {"provider": "sandbox", "code": "zhang-wei"}),
        lambda: owner.post(path),
    )

    seen = Citizen(sandbox.app, late.get_json()["access_token"]).get("/v1/account")
    assert (late.status_code, proved.status_code) == (201, 200)
    assert seen.status_code == 401 or seen.get_json()["assurance_level"] == 1
