"""Rate limits: 429 with Retry-After past a limit; and a store that is gone stops nobody."""

import os
import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from api.config import Config, RateLimits
from tests.sandbox import Caller, Sandbox, running, words

KIND = "DRIVING_LICENCE"
LOGIN = {"provider": "sandbox", "code": "zhang-wei"}
# Nobody listens on the first port of the machine.
NO_REDIS = "redis://127.0.0.1:1/0"
REDIS = os.environ.get("REDIS_URL")


@pytest.fixture
def strict(config: Config) -> Iterator[Sandbox]:
    """A sandbox with low limits."""
    limits = RateLimits(verifications="3/minute", shows="2/minute", logins="5/minute")
    with running(replace(config, redis_url=None, rate_limits=limits)) as sandbox:
        yield sandbox


def refused(caller: Caller, path: str, **kwargs: object) -> int:
    response = caller.post(path, **kwargs)
    assert (response.status_code, response.get_json()["code"]) == (429, "too-many-requests")
    return int(response.headers["Retry-After"])


def test_shows_past_the_limit_are_told_when_to_come_back(strict: Sandbox) -> None:
    citizen = strict.citizen("zhang-wei")
    for _ in range(2):
        citizen.show(KIND)

    retry_after = refused(citizen, f"/v1/licences/{citizen.licence(KIND)['id']}/show-tokens")

    assert 1 <= retry_after <= 61


def test_verifications_past_the_limit_are_told_when_to_come_back(strict: Sandbox) -> None:
    officer = strict.staff()
    for _ in range(3):
        officer.scan("x")

    retry_after = refused(officer, "/v1/verifications", json={"qr_text": "x"})

    assert 1 <= retry_after <= 61
    assert len(officer.expect(200, "GET", "/v1/verifications")["items"]) == 3


def test_logins_past_the_limit_are_told_when_to_come_back(strict: Sandbox) -> None:
    for _ in range(5):
        strict.log_in("zhang-wei")

    refused(strict.anybody, "/v1/sessions", json=LOGIN)
    refused(strict.anybody, "/v1/staff/sessions", json={
        "organisation_code": "hotel", "staff_number": "H001", "password": "guess",
    })  # fmt: skip


def test_guesses_at_a_password_count(strict: Sandbox) -> None:
    guess = {"organisation_code": "hotel", "staff_number": "H001", "password": "guess"}
    for _ in range(5):
        strict.anybody.refused(401, "invalid-credentials", "POST", "/v1/staff/sessions", json=guess)

    refused(strict.anybody, "/v1/staff/sessions", json=guess)


def test_each_account_has_a_limit_of_its_own(strict: Sandbox) -> None:
    husband, wife = strict.citizen("zhang-wei"), strict.citizen("li-na")
    for _ in range(2):
        husband.show(KIND)

    refused(husband, f"/v1/licences/{husband.licence(KIND)['id']}/show-tokens")

    assert wife.show(KIND)["mode"] == "online"


def test_a_limit_is_the_accounts_on_whichever_device(strict: Sandbox) -> None:
    citizen = strict.citizen("zhang-wei")
    for _ in range(2):
        citizen.show(KIND)

    other_device = strict.log_in("zhang-wei")

    refused(other_device, f"/v1/licences/{citizen.licence(KIND)['id']}/show-tokens")


def test_by_default_a_verifier_can_scan_ten_times_a_second(sandbox: Sandbox) -> None:
    rates = sandbox.parts.config.rate_limits

    assert int(rates.verifications.partition("/")[0]) >= 600
    assert int(rates.shows.partition("/")[0]) >= 60


def test_a_store_that_is_gone_stops_nobody(config: Config) -> None:
    strictest = RateLimits(verifications="1/minute", shows="1/minute", logins="1/minute")

    with running(replace(config, redis_url=NO_REDIS, rate_limits=strictest)) as sandbox:
        citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
        scans = [officer.scan(citizen.show(KIND)["qr_text"]) for _ in range(3)]

    assert words(scans, "outcome") == ["accepted"] * 3


def test_a_store_that_never_answers_holds_nobody_up(config: Config) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        with running(replace(config, redis_url=url)) as sandbox:
            started = time.monotonic()
            sandbox.log_in("zhang-wei")
            seconds = time.monotonic() - started

    assert seconds < 2


@pytest.mark.skipif(REDIS is None, reason="REDIS_URL names no Redis")
def test_two_servers_count_together_in_redis(config: Config) -> None:
    shared = replace(config, redis_url=REDIS, rate_limits=RateLimits(shows="2/minute"))

    with running(shared) as one, running(shared) as other:
        citizen = one.citizen("zhang-wei")
        path = f"/v1/licences/{citizen.licence(KIND)['id']}/show-tokens"
        elsewhere = Caller(other.app, citizen.token)
        statuses = [caller.post(path).status_code for caller in (citizen, elsewhere, citizen, elsewhere)]

    assert statuses == [201, 201, 429, 429]


def test_behind_a_trusted_proxy_each_citizens_address_is_counted_apart(config: Config) -> None:
    strict = replace(config, redis_url=None, trusted_proxies=1, rate_limits=RateLimits(logins="1/minute"))
    body = {"provider": "sandbox", "code": "zhang-wei"}

    with running(strict) as sandbox:
        statuses = [
            sandbox.anybody.post("/v1/sessions", body, headers={"X-Forwarded-For": address}).status_code
            for address in ("203.0.113.1", "203.0.113.2", "203.0.113.1")
        ]

    assert statuses == [201, 201, 429]
