"""private_key_jwt (RFC 7523): an assertion is for us, of now, of this client, and used once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from jwt.algorithms import OKPAlgorithm, RSAAlgorithm

from api.config import Config
from identity.ids import new_id
from tests import clients, forging
from tests.clients import (
    ASSERTION_TYPE,
    TOKEN,
    SigningKey,
    ask,
    claims,
    outcome,
    register_client,
    token_by_assertion,
)
from tests.organisations import at_level_3, register
from tests.sandbox import JSON, Citizen, Sandbox, at_once, running

KEY = SigningKey()
REFUSED = (401, "invalid_client")


@pytest.fixture(scope="module")
def sandbox(standing_sandbox: Sandbox) -> Sandbox:
    """One sandbox for all: each test has a client of its own."""
    return standing_sandbox


@pytest.fixture(scope="module")
def manager(sandbox: Sandbox) -> Citizen:
    return at_level_3(sandbox, "wang-qiang")


@pytest.fixture(scope="module")
def organisation(manager: Citizen) -> JSON:
    return register(manager)


@pytest.fixture
def client(manager: Citizen, organisation: JSON) -> JSON:
    return register_client(manager, organisation, auth="private_key_jwt", jwks=KEY.jwks)


def path_of(client: JSON) -> str:
    return f"{clients.clients_path(client['organisation_id'])}/{client['client_id']}"


@pytest.mark.parametrize("audience", ["http://localhost", f"http://localhost{TOKEN}", ["http://localhost"]])
def test_an_assertion_for_the_issuer_or_the_token_endpoint_gets_a_token(
    sandbox: Sandbox, client: JSON, audience: str | list[str]
) -> None:
    assertion = KEY.sign(claims(sandbox, client["client_id"], aud=audience))

    answer = token_by_assertion(sandbox, assertion, scope="pulls:create", client_id=client["client_id"])

    assert answer.status_code == 200
    assert answer.get_json()["scope"] == "pulls:create"
    assert "client_secret" not in client


@pytest.mark.parametrize("typ", ["JWT", "client-authentication+jwt", None])
def test_the_type_may_be_said_or_not(sandbox: Sandbox, client: JSON, typ: str | None) -> None:
    assert outcome(sandbox, KEY.sign(claims(sandbox, client["client_id"]), typ=typ))[0] == 200


def test_an_assertion_is_used_once(sandbox: Sandbox, client: JSON) -> None:
    assertion = KEY.sign(claims(sandbox, client["client_id"]))

    outcomes = [outcome(sandbox, assertion) for _ in range(2)]

    assert outcomes == [(200, None), REFUSED]


def test_an_assertion_that_many_bring_at_once_gets_one_token(sandbox: Sandbox, client: JSON) -> None:
    assertion = KEY.sign(claims(sandbox, client["client_id"]))

    outcomes = at_once(*[lambda: outcome(sandbox, assertion)] * 8)

    assert sorted(outcomes) == [(200, None)] + [REFUSED] * 7


def test_a_refused_request_leaves_its_assertion_good(sandbox: Sandbox, client: JSON) -> None:
    assertion = KEY.sign(claims(sandbox, client["client_id"]))

    refused = outcome(sandbox, assertion, scope="everything")

    assert refused == (400, "invalid_scope")
    assert outcome(sandbox, assertion) == (200, None)


def test_two_clients_may_use_the_same_jti(
    sandbox: Sandbox, manager: Citizen, organisation: JSON, client: JSON
) -> None:
    other = register_client(manager, organisation, auth="private_key_jwt", jwks=KEY.jwks)

    outcomes = [
        outcome(sandbox, KEY.sign(claims(sandbox, one["client_id"], jti="1"))) for one in (client, other)
    ]

    assert outcomes == [(200, None)] * 2


def at(seconds: float) -> Callable[[Sandbox], float]:
    """Return a claim that lies so many seconds from now."""
    return lambda sandbox: sandbox.now().timestamp() + seconds


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "somebody"},
        {"sub": "somebody"},
        {"iss": None},
        {"sub": None},
        {"iss": ["x"]},
        {"aud": None},
        {"aud": "https://another.example.cn"},
        {"aud": []},
        {"aud": ["http://localhost", "https://another.example.cn"]},
        {"aud": {"http://localhost": 1}},
        {"aud": [["http://localhost"]]},
        {"aud": f"http://localhost{TOKEN}/"},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": -1},
        {"exp": 1e300},
        {"exp": 10**400},
        {"exp": at(0)},
        {"exp": at(-1)},
        {"exp": at(3600)},
        {"nbf": at(120)},
        {"nbf": "now"},
        {"iat": at(120)},
        {"iat": [1]},
        {"jti": None},
        {"jti": ""},
        {"jti": 1},
        {"jti": "x" * 256},
    ],
)
def test_a_claim_that_is_wrong_is_refused_without_saying_which(
    sandbox: Sandbox, client: JSON, wrong: dict[str, Any]
) -> None:
    changes = {name: value(sandbox) if callable(value) else value for name, value in wrong.items()}
    header = {"alg": "ES256", "kid": KEY.kid, "typ": "JWT"}
    assertion = forging.sign(KEY.private, header, claims(sandbox, client["client_id"], **changes))

    assert outcome(sandbox, assertion) == REFUSED


def test_a_client_id_beside_the_assertion_has_to_be_the_same(sandbox: Sandbox, client: JSON) -> None:
    assertion = KEY.sign(claims(sandbox, client["client_id"]))

    assert outcome(sandbox, assertion, client_id=new_id()) == REFUSED


def test_the_type_of_an_assertion_has_to_be_said(sandbox: Sandbox, client: JSON) -> None:
    form = {"grant_type": "client_credentials", "client_assertion": KEY.sign(claims(sandbox, "x"))}

    answers = [ask(sandbox, form | {"client_assertion_type": typ}) for typ in ("", "x", f"{ASSERTION_TYPE}x")]

    assert {(one.status_code, one.get_json()["error"]) for one in answers} == {(400, "invalid_request")}
    assert client


def test_a_client_with_a_secret_proves_itself_by_nothing_else(
    sandbox: Sandbox, manager: Citizen, organisation: JSON
) -> None:
    machine = clients.a_client(sandbox, manager=manager, organisation=organisation)

    assert outcome(sandbox, KEY.sign(claims(sandbox, machine.client_id))) == REFUSED
    answer = clients.token_by_secret(sandbox, machine.client_id, "")
    assert (answer.status_code, answer.get_json()["error"]) == REFUSED


def test_keys_are_replaced_and_an_older_one_counts_no_more(
    sandbox: Sandbox, manager: Citizen, client: JSON
) -> None:
    newer = SigningKey(kid="k2")
    both = {"keys": KEY.jwks["keys"] + newer.jwks["keys"]}

    manager.expect(200, "POST", f"{path_of(client)}/jwks", json={"jwks": both})
    during = [outcome(sandbox, key.sign(claims(sandbox, client["client_id"])))[0] for key in (KEY, newer)]
    view = manager.expect(200, "POST", f"{path_of(client)}/jwks", json={"jwks": newer.jwks})
    after = [outcome(sandbox, key.sign(claims(sandbox, client["client_id"])))[0] for key in (KEY, newer)]

    assert (during, after) == ([200, 200], [401, 200])
    assert [key["kid"] for key in view["jwks"]["keys"]] == ["k2"]


def ed25519_key() -> tuple[Any, JSON, str]:
    key = ed25519.Ed25519PrivateKey.generate()
    return key, OKPAlgorithm.to_jwk(key.public_key(), as_dict=True), "EdDSA"


def rsa_key(algorithm: str) -> tuple[Any, JSON, str]:
    key = rsa.generate_private_key(65537, 2048)
    return key, RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), algorithm


@pytest.mark.parametrize(
    "made", [ed25519_key, lambda: rsa_key("PS256"), lambda: rsa_key("RS256")], ids=["EdDSA", "PS256", "RS256"]
)
def test_other_sorts_of_keys_do_as_well_and_need_no_kid(
    sandbox: Sandbox, manager: Citizen, organisation: JSON, made: Callable[[], tuple[Any, JSON, str]]
) -> None:
    key, jwk, algorithm = made()
    client = register_client(manager, organisation, auth="private_key_jwt", jwks={"keys": [jwk]})

    assertion = jwt.encode(claims(sandbox, client["client_id"]), key, algorithm)

    assert outcome(sandbox, assertion) == (200, None)


def test_an_algorithm_that_a_key_names_is_the_only_one(
    sandbox: Sandbox, manager: Citizen, organisation: JSON
) -> None:
    key, jwk, _ = rsa_key("PS256")
    pinned = {"keys": [jwk | {"alg": "PS256"}]}
    client = register_client(manager, organisation, auth="private_key_jwt", jwks=pinned)

    outcomes = [
        outcome(sandbox, jwt.encode(claims(sandbox, client["client_id"]), key, algorithm))
        for algorithm in ("RS256", "PS256")
    ]

    assert outcomes == [REFUSED, (200, None)]


def test_times_are_judged_by_the_sandboxs_clock(config: Config) -> None:
    with running(config) as sandbox:
        owner = at_level_3(sandbox, "wang-qiang")
        client = register_client(owner, register(owner), auth="private_key_jwt", jwks=KEY.jwks)
        assertion = KEY.sign(claims(sandbox, client["client_id"]))
        sandbox.pass_time(timedelta(minutes=1, seconds=1))

        late = outcome(sandbox, assertion)
        sandbox.pass_time(timedelta(days=400))

        assert late == REFUSED
        assert outcome(sandbox, KEY.sign(claims(sandbox, client["client_id"]))) == (200, None)
