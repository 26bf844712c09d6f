"""Machine clients are kept by whoever manages an enterprise's members, and reach no further than they do."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from api.config import Config
from identity.clients import views
from identity.clients.registering import MAX_CLIENTS
from identity.ids import new_id
from tests import clients, family
from tests.clients import PURPOSES, SigningKey, clients_path, register_client, request
from tests.organisations import LOGISTICS, add, at_level_3, register
from tests.sandbox import JSON, Citizen, Sandbox, at_once, running

KEY = SigningKey()
SHOP = {"uscc": "92440802MA00TEX384", "name": "湛江市赤坎区测试黄丽便利店"}
DRIVING = {"kind": "DRIVING_LICENCE", "fields": ["name"]}


@pytest.fixture(scope="module")
def sandbox(standing_sandbox: Sandbox) -> Sandbox:
    """One sandbox for all: whoever is an agent in one test is none in another."""
    return standing_sandbox


@pytest.fixture(scope="module")
def manager(sandbox: Sandbox) -> Citizen:
    return at_level_3(sandbox, "wang-qiang")


@pytest.fixture(scope="module")
def organisation(manager: Citizen) -> JSON:
    return register(manager)


def jwk_of(key: Any, **members: Any) -> JSON:
    """Return a key's public half."""
    public = key.public_key()
    sort: Any = {"EC": ECAlgorithm, "RS": RSAAlgorithm}.get(type(public).__name__[:2], OKPAlgorithm)
    if isinstance(public, ec.EllipticCurvePublicKey):
        sort = ECAlgorithm
    jwk: JSON = sort.to_jwk(public, as_dict=True)
    return jwk | members


def refused_field(manager: Citizen, organisation: JSON, **changes: Any) -> list[str]:
    problem = manager.refused(
        422, "validation-failed", "POST", clients_path(organisation["id"]), json=request(**changes)
    )
    return list(problem["errors"])


def purpose(**changes: Any) -> JSON:
    return {"code": "hiring", "text": "招聘", "items": [DRIVING]} | changes


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"auth": "client_secret_post"}, "auth"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["members:manage"]}, "scopes"),
        ({"scopes": ["forms:submit"]}, "scopes"),
        ({"scopes": ["everything"]}, "scopes.0"),
        ({"purposes": [purpose(), purpose()]}, "purposes.1.code"),
        ({"purposes": [purpose(text="")]}, "purposes.0.text"),
        ({"purposes": [purpose(items=[])]}, "purposes.0.items"),
        ({"purposes": [purpose(items=[{"kind": "NOTHING", "fields": ["name"]}])]}, "purposes.0.items.0.kind"),
        ({"purposes": [purpose(items=[DRIVING, DRIVING])]}, "purposes.0.items.1.kind"),
        ({"purposes": [purpose(items=[DRIVING | {"fields": []}])]}, "purposes.0.items.0.fields"),
        ({"purposes": [purpose(items=[DRIVING | {"fields": ["pin"]}])]}, "purposes.0.items.0.fields"),
        ({"purposes": [purpose(items=[DRIVING | {"fields": ["name"] * 2}])]}, "purposes.0.items.0.fields"),
        ({"purposes": [purpose(every=True)]}, "purposes.0.every"),
        ({"purposes": [purpose()] * 21}, "purposes"),
        ({"auth": "private_key_jwt"}, "jwks"),
        ({"auth": "private_key_jwt", "jwks": {"keys": []}}, "jwks.keys"),
        ({"auth": "private_key_jwt", "jwks": {}}, "jwks.keys"),
        ({"jwks": KEY.jwks}, "jwks"),
    ],
)
def test_what_is_wrong_with_a_client_is_named(
    manager: Citizen, organisation: JSON, wrong: JSON, field: str
) -> None:
    assert refused_field(manager, organisation, **wrong) == [field]


P256, ED = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
GOOD = jwk_of(P256)


@pytest.mark.parametrize(
    "key",
    [
        {},
        {"kty": "EC"},
        {"kty": ["EC"]},
        {"kty": "oct", "k": "c2VjcmV0"},
        GOOD | {"x": "AAAA"},
        GOOD | {"x": 1},
        GOOD | {"y": GOOD["x"]},
        GOOD | {"crv": "P-384"},
        GOOD | {"crv": "secp256k1"},
        GOOD | {"alg": "none"},
        GOOD | {"alg": "HS256"},
        GOOD | {"alg": ["ES256"]},
        GOOD | {"use": "both"},
        GOOD | {"use": ["sig"]},
        GOOD | {"kid": ""},
        GOOD | {"kid": "a b"},
        GOOD | {"kid": 1},
        ECAlgorithm.to_jwk(P256, as_dict=True),
        OKPAlgorithm.to_jwk(ED, as_dict=True),
        jwk_of(ED, crv="X25519"),
        jwk_of(ED, x="AAAA"),
        jwk_of(ED, use="enc"),
        jwk_of(ec.generate_private_key(ec.SECP384R1())),
        jwk_of(rsa.generate_private_key(65537, 1024)),  # noqa: S505  weak on purpose
        {"kty": "RSA", "n": "A" * 4000, "e": "AQAB"},
        {"kty": "RSA", "n": "AQAB", "e": "AA"},
    ],
)
def test_a_key_that_is_weak_private_or_none_is_named(manager: Citizen, organisation: JSON, key: JSON) -> None:
    jwks = {"keys": [*KEY.jwks["keys"], key]}

    assert refused_field(manager, organisation, auth="private_key_jwt", jwks=jwks) == ["jwks.keys.1"]


def test_a_key_is_registered_once(manager: Citizen, organisation: JSON) -> None:
    twice = {"keys": [GOOD | {"kid": "a"}, GOOD | {"kid": "b"}]}
    same_kid = {"keys": [GOOD | {"kid": "a"}, jwk_of(ED, kid="a")]}

    for jwks in (twice, same_kid):
        assert refused_field(manager, organisation, auth="private_key_jwt", jwks=jwks) == ["jwks.keys.1"]


def test_of_a_key_only_what_is_public_and_known_is_kept(manager: Citizen, organisation: JSON) -> None:
    jwks = {"keys": [GOOD | {"x5c": ["AAAA"], "note": "of the accounts department"}]}

    client = register_client(manager, organisation, auth="private_key_jwt", jwks=jwks)

    (kept,) = client["jwks"]["keys"]
    assert set(kept) == {"kty", "crv", "x", "y", "kid", "use"}
    assert len(kept["kid"]) == 43


def test_a_client_with_a_secret_may_have_a_key_to_encrypt_to(
    sandbox: Sandbox, manager: Citizen, organisation: JSON
) -> None:
    client = register_client(
        manager, organisation, jwks={"keys": [jwk_of(P256, use="enc", alg="ECDH-ES", kid="e1")]}
    )

    with sandbox.parts.database.read() as session:
        key = views.encryption_key(session, client["client_id"])
        none = views.encryption_key(session, new_id())

    assert (key or {})["kid"] == "e1"
    assert none is None
    assert clients.token_by_secret(sandbox, client["client_id"], client["client_secret"]).status_code == 200


def test_an_agent_without_members_manage_keeps_no_clients(
    sandbox: Sandbox, manager: Citizen, organisation: JSON
) -> None:
    agent = at_level_3(sandbox, "zhao-min")
    add(manager, organisation, "zhao-min", scopes=["pulls:create"])
    client = register_client(manager, organisation)
    path = f"{clients_path(organisation['id'])}/{client['client_id']}"

    agent.refused(403, "scope-required", "POST", clients_path(organisation["id"]), json=request())
    agent.refused(403, "scope-required", "GET", clients_path(organisation["id"]))
    agent.refused(403, "scope-required", "GET", path)
    agent.refused(403, "scope-required", "POST", f"{path}/secrets")
    agent.refused(403, "scope-required", "POST", f"{path}/revoke")


def test_nobody_gives_a_client_more_than_they_have_nor_a_secret_of_one_that_has_more(
    sandbox: Sandbox, manager: Citizen, organisation: JSON
) -> None:
    agent = at_level_3(sandbox, "li-na")
    add(manager, organisation, "li-na", scopes=["members:manage", "consents:request"])
    mightier = register_client(manager, organisation)
    path = f"{clients_path(organisation['id'])}/{mightier['client_id']}"

    own = register_client(agent, organisation, scopes=["consents:request"])
    agent.refused(403, "scope-required", "POST", clients_path(organisation["id"]), json=request())
    agent.refused(403, "scope-required", "POST", f"{path}/secrets")
    agent.refused(403, "scope-required", "POST", f"{path}/jwks", json={"jwks": KEY.jwks})

    assert own["scopes"] == ["consents:request"]
    agent.expect(200, "POST", f"{path}/revoke")


def test_who_acts_for_the_enterprise_keeps_its_clients_and_no_others(
    sandbox: Sandbox, manager: Citizen, organisation: JSON
) -> None:
    owner = at_level_3(sandbox, "zhao-min")
    other = register(owner, LOGISTICS)
    company = family.acting(manager, organisation_id=organisation["id"])

    client = register_client(company, organisation)

    path = f"{clients_path(other['id'])}/{client['client_id']}"
    owner.refused(404, "client-not-found", "GET", path)
    owner.refused(404, "client-not-found", "POST", f"{path}/revoke")
    company.refused(403, "acting-not-allowed", "GET", clients_path(other["id"]))


def test_a_client_of_keys_has_no_secrets_to_rotate(manager: Citizen, organisation: JSON) -> None:
    client = register_client(manager, organisation, auth="private_key_jwt", jwks=KEY.jwks)
    path = f"{clients_path(organisation['id'])}/{client['client_id']}"

    manager.refused(409, "client-has-no-secrets", "POST", f"{path}/secrets")
    manager.refused(404, "client-secret-not-found", "POST", f"{path}/secrets/{new_id()}/revoke")


def test_an_enterprise_has_a_hundred_clients_at_most(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_CLIENTS == 100
    monkeypatch.setattr("identity.clients.registering.MAX_CLIENTS", 1)
    owner = at_level_3(sandbox, "huang-li")
    shop = register(owner, SHOP)
    client = register_client(owner, shop)

    owner.refused(409, "too-many-clients", "POST", clients_path(shop["id"]), json=request())

    owner.expect(200, "POST", f"{clients_path(shop['id'])}/{client['client_id']}/revoke")
    register_client(owner, shop)


def test_of_secrets_that_are_made_at_once_no_third_gets_through(manager: Citizen, organisation: JSON) -> None:
    client = register_client(manager, organisation)
    path = f"{clients_path(organisation['id'])}/{client['client_id']}/secrets"

    statuses = at_once(*[lambda: manager.post(path).status_code] * 4)

    assert sorted(statuses) == [201, 409, 409, 409]


def test_who_added_a_secret_finds_it_in_the_copy_of_their_data(manager: Citizen, organisation: JSON) -> None:
    client = register_client(manager, organisation)

    *_, copied = manager.expect(200, "GET", "/v1/account/export")["client_credentials"]

    assert (copied["client"], copied["kind"]) == (client["name"], "secret")
    assert client["client_secret"] not in str(copied)


def test_purposes_are_kept_as_they_were_said(manager: Citizen, organisation: JSON) -> None:
    assert register_client(manager, organisation)["purposes"] == PURPOSES
    assert register_client(manager, organisation, purposes=[])["purposes"] == []


def test_tokens_of_one_client_are_asked_for_so_often_and_another_is_not_held_up(config: Config) -> None:
    with running(clients.limited(config, client_tries="3/minute")) as sandbox:
        machine = clients.a_client(sandbox)
        other = register_client(machine.manager, {"id": machine.client["organisation_id"]})

        answers = [clients.token_by_secret(sandbox, machine.client_id, "wrong") for _ in range(3)]

        assert [answer.status_code for answer in answers] == [401, 401, 429]
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert clients.token_by_secret(sandbox, other["client_id"], other["client_secret"]).status_code == 200
