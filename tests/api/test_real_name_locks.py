"""How often a real name may be tried, and what does not count."""

from datetime import timedelta

import pytest

from tests.sandbox import JSON, Citizen, Sandbox, at_once, claim_of

ROUTE = "/v1/real-name"
OWN = claim_of("he-jun")
MISNAMED = OWN | {"name": "何俊"}


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.log_in("he-jun")


def mismatch(citizen: Citizen, claim: JSON = MISNAMED) -> None:
    citizen.refused(422, "real-name-mismatch", "POST", ROUTE, json=claim)


def locked(citizen: Citizen, claim: JSON = OWN) -> int:
    response = citizen.post(ROUTE, json=claim)
    assert (response.status_code, response.get_json()["code"]) == (429, "real-name-locked")
    return int(response.headers["Retry-After"])


def lock(citizen: Citizen) -> None:
    for _ in range(5):
        mismatch(citizen)


def test_five_mismatches_lock_the_account_for_an_hour_even_for_the_truth(citizen: Citizen) -> None:
    lock(citizen)

    retry_after = locked(citizen)

    assert 3500 < retry_after <= 3601


def test_four_mismatches_do_not(citizen: Citizen) -> None:
    for _ in range(4):
        mismatch(citizen)

    assert citizen.bind()["assurance_level"] == 2


def test_after_an_hour_a_locked_account_is_open_again(sandbox: Sandbox, citizen: Citizen) -> None:
    lock(citizen)
    sandbox.pass_time(timedelta(minutes=58))
    still = locked(sandbox.log_in("he-jun"))
    sandbox.pass_time(timedelta(minutes=3))

    account = sandbox.log_in("he-jun").bind()

    assert still <= 121
    assert account["assurance_level"] == 2


def test_trying_while_locked_does_not_make_it_longer(sandbox: Sandbox, citizen: Citizen) -> None:
    lock(citizen)
    sandbox.pass_time(timedelta(minutes=29))
    locked(citizen, MISNAMED)

    retry_after = locked(citizen)

    assert retry_after <= 31 * 60 + 1


def test_a_lock_is_the_accounts_not_the_devices(sandbox: Sandbox, citizen: Citizen) -> None:
    lock(citizen)

    other_device = sandbox.log_in("he-jun")

    assert locked(other_device) > 0


def test_nobody_can_lock_somebody_else_out_with_a_few_guesses(sandbox: Sandbox, citizen: Citizen) -> None:
    for _ in range(5):
        mismatch(citizen, claim_of("li-na"))

    assert sandbox.log_in("li-na").bind()["assurance_level"] == 2


def test_twenty_mismatches_on_one_number_lock_it_for_every_account(sandbox: Sandbox) -> None:
    for place in range(1, 5):
        guesser = sandbox.log_in(f"he-jun#{place}")
        for _ in range(5):
            mismatch(guesser, claim_of("li-na"))

    late_guesser = sandbox.log_in("he-jun#5")

    assert locked(late_guesser, claim_of("li-na")) > 0
    assert late_guesser.expect(201, "POST", ROUTE, json=OWN)["assurance_level"] == 2


def test_mistyped_numbers_do_not_count(citizen: Citizen) -> None:
    for _ in range(8):
        mistyped = OWN | {"id_number": "100000197010100272"}
        citizen.refused(422, "validation-failed", "POST", ROUTE, json=mistyped)

    assert citizen.bind()["assurance_level"] == 2


def test_a_wrong_consent_version_does_not_count(citizen: Citizen) -> None:
    for _ in range(8):
        citizen.refused(422, "validation-failed", "POST", ROUTE, json=OWN | {"consent_version": "0"})

    assert citizen.bind()["assurance_level"] == 2


def test_a_missing_guardian_does_not_count(sandbox: Sandbox) -> None:
    child = sandbox.log_in("zhang-zimo")

    for _ in range(8):
        child.refused(403, "guardian-consent-required", "POST", ROUTE, json=claim_of("zhang-zimo"))


def test_a_population_registry_that_is_down_is_503_and_nobodys_mismatch(
    sandbox: Sandbox,
    citizen: Citizen,
) -> None:
    sandbox.break_registry("population")
    for claim in [OWN, MISNAMED] * 4:
        response = citizen.post(ROUTE, json=claim)
        assert (response.status_code, response.get_json()["code"]) == (503, "registry-unavailable")
        assert int(response.headers["Retry-After"]) > 0
    sandbox.break_registry("population", "ok")

    account = citizen.bind()

    assert account["assurance_level"] == 2


def test_mismatches_at_the_same_moment_do_not_slip_past_the_limit(citizen: Citizen) -> None:
    answers = at_once(*[lambda: citizen.post(ROUTE, json=MISNAMED)] * 10)

    statuses = [answer.status_code for answer in answers]

    assert sorted(statuses) == [422] * 5 + [429] * 5
