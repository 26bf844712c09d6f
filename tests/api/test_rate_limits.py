"""Rate limits: 429 with Retry-After past a limit; and a store that is gone stops nobody."""

import os
import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from api.config import Config, RateLimits
from tests.sandbox import JSON, Caller, Sandbox, claim_of, running, words

KIND = "DRIVING_LICENCE"
LOGIN = {"provider": "sandbox", "code": "zhang-wei"}
STAFF_LOGIN = {"organisation_code": "hotel", "staff_number": "H001", "password": "sandbox-H001"}
QUIET = RateLimits()
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


def test_every_route_has_a_limit_for_an_account_without_asking_for_one(config: Config) -> None:
    limited = replace(config, redis_url=None, rate_limits=replace(QUIET, account="3/minute"))

    with running(limited) as sandbox:
        citizen, wife = sandbox.log_in("zhang-wei"), sandbox.log_in("li-na")
        statuses = [citizen.get("/v1/account").status_code for _ in range(4)]
        elsewhere = [citizen.get("/v1/notices").status_code, wife.get("/v1/account").status_code]

    assert statuses == [200, 200, 200, 429]
    assert elsewhere == [200, 200]


@pytest.mark.parametrize("path", ["/v1/services", "/healthz", "/", "/v1/account", "/nowhere"])
def test_every_route_has_a_limit_for_an_address_before_anybody_is_known(config: Config, path: str) -> None:
    limited = replace(config, redis_url=None, rate_limits=replace(QUIET, address="2/minute"))

    with running(limited) as sandbox:
        *within, past = [sandbox.anybody.get(path) for _ in range(3)]

    assert 429 not in [answer.status_code for answer in within]
    assert (past.status_code, past.get_json()["code"]) == (429, "too-many-requests")
    assert 1 <= int(past.headers["Retry-After"]) <= 61


def test_an_address_of_ipv6_is_the_network_that_its_owner_has(config: Config) -> None:
    limited = replace(
        config, redis_url=None, trusted_proxies=1, rate_limits=replace(QUIET, address="1/minute")
    )
    addresses = ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1", "not an address")

    with running(limited) as sandbox:
        statuses = [
            sandbox.anybody.get("/v1/themes", headers={"X-Forwarded-For": address}).status_code
            for address in addresses
        ]

    assert statuses == [200, 429, 200, 200]


@pytest.mark.parametrize(
    ("proxies", "forwarded"),
    [
        (0, ["203.0.113.1", "203.0.113.2"]),
        (1, ["203.0.113.1, 198.51.100.7", "203.0.113.2, 198.51.100.7"]),
        (2, ["203.0.113.1, 198.51.100.7, 10.0.0.1", "203.0.113.2, 198.51.100.7, 10.0.0.1"]),
    ],
)
def test_an_address_that_a_client_makes_up_is_not_believed(
    config: Config,
    proxies: int,
    forwarded: list[str],
) -> None:
    rates = replace(QUIET, address="1/minute")
    limited = replace(config, redis_url=None, trusted_proxies=proxies, rate_limits=rates)

    with running(limited) as sandbox:
        statuses = [
            sandbox.anybody.get("/v1/themes", headers={"X-Forwarded-For": made_up}).status_code
            for made_up in forwarded
        ]

    assert statuses == [200, 429]


def test_tries_to_prove_a_real_name_are_limited_for_each_account(config: Config) -> None:
    limited = replace(config, redis_url=None, rate_limits=replace(QUIET, real_name="1/minute"))

    with running(limited) as sandbox:
        citizen, wife = sandbox.log_in("zhang-wei"), sandbox.log_in("li-na")
        citizen.bind()
        refused(citizen, "/v1/real-name", json=claim_of("zhang-wei"))

        assert wife.bind()["assurance_level"] == 2


def test_one_address_guesses_at_a_staff_password_a_few_times_only(config: Config) -> None:
    rates = replace(QUIET, staff_tries="2/minute")
    guess = STAFF_LOGIN | {"password": "guess"}

    with running(replace(config, redis_url=None, trusted_proxies=1, rate_limits=rates)) as sandbox:
        statuses = [from_address(sandbox, "203.0.113.1", guess) for _ in range(3)]
        of_another = from_address(sandbox, "203.0.113.1", guess | {"staff_number": "X999"})

    assert statuses == [401, 401, 429]
    assert of_another == 401


def test_many_addresses_together_guess_at_a_staff_password_a_few_times_only(config: Config) -> None:
    rates = replace(QUIET, staff_guesses="5/hour")

    with running(replace(config, redis_url=None, trusted_proxies=1, rate_limits=rates)) as sandbox:
        known = [
            from_address(sandbox, f"203.0.113.{n}", STAFF_LOGIN | {"password": f"guess {n}"})
            for n in range(8)
        ]
        unknown = [
            from_address(sandbox, f"203.0.113.{n}", STAFF_LOGIN | {"staff_number": "X999"}) for n in range(8)
        ]

    assert known == unknown == [401] * 5 + [429] * 3


def test_strangers_who_guess_do_not_lock_a_member_of_staff_out_of_where_they_work(config: Config) -> None:
    rates = replace(QUIET, staff_guesses="5/hour", staff_tries="20/minute")

    with running(replace(config, redis_url=None, trusted_proxies=1, rate_limits=rates)) as sandbox:
        at_work = [from_address(sandbox, "198.51.100.7", STAFF_LOGIN)]
        for n in range(8):
            from_address(sandbox, f"203.0.113.{n}", STAFF_LOGIN | {"password": f"guess {n}"})
        at_work += [from_address(sandbox, "198.51.100.7", STAFF_LOGIN) for _ in range(3)]
        elsewhere = from_address(sandbox, "192.0.2.1", STAFF_LOGIN)

    assert at_work == [201] * 4
    assert elsewhere == 429


def from_address(sandbox: Sandbox, address: str, login: JSON) -> int:
    return sandbox.anybody.post("/v1/staff/sessions", login, headers={"X-Forwarded-For": address}).status_code


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
