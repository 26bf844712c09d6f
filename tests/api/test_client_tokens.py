"""Tokens of machine clients (RFC 6749 §4.4): by a secret, narrowed by scope, over with whatever they rest on."""

import pytest

from tests import clients
from tests.at_rest import everything_in_the_database, found
from tests.clients import METADATA, TOKEN, Machine, a_client, ask, basic, token_by_secret
from tests.organisations import LOGISTICS, at_level_3, register
from tests.sandbox import JSON, Caller, Citizen, Sandbox, words

GRANT = {"grant_type": "client_credentials"}


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
def machine(sandbox: Sandbox, manager: Citizen, organisation: JSON) -> Machine:
    return a_client(sandbox, manager=manager, organisation=organisation)


def test_a_secret_gets_a_token_of_all_scopes_that_lives_for_ten_minutes(
    sandbox: Sandbox, machine: Machine
) -> None:
    answer = token_by_secret(sandbox, machine.client_id, machine.client["client_secret"])

    body = answer.get_json()
    assert answer.status_code == 200
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
    assert body["scope"] == "consents:request pulls:create webhooks:manage"
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")


def test_a_request_narrows_the_scopes_and_never_widens_them(
    sandbox: Sandbox, manager: Citizen, organisation: JSON
) -> None:
    machine = a_client(
        sandbox, manager=manager, organisation=organisation, scopes=["consents:request", "pulls:create"]
    )
    secret = machine.client["client_secret"]

    fewer = token_by_secret(sandbox, machine.client_id, secret, scope="pulls:create")
    more = token_by_secret(sandbox, machine.client_id, secret, scope="pulls:create webhooks:manage")
    unknown = token_by_secret(sandbox, machine.client_id, secret, scope="everything")

    assert fewer.get_json()["scope"] == "pulls:create"
    assert {(one.status_code, one.get_json()["error"]) for one in (more, unknown)} == {(400, "invalid_scope")}


@pytest.mark.parametrize(
    ("client_id", "secret"),
    [
        (None, "lzcs_wrong"),
        (None, "x" * 10_000),
        ("0197a1b2-6c1e-7a40-9b7e-2f5d0c3e8a11", None),
        ("nobody", None),
        ("'; DROP TABLE clients; --", None),
        ("\x00", "\x00"),
    ],
)
def test_a_wrong_secret_and_an_unknown_client_are_refused_alike(
    sandbox: Sandbox, machine: Machine, client_id: str | None, secret: str | None
) -> None:
    answer = token_by_secret(
        sandbox, client_id or machine.client_id, secret or machine.client["client_secret"]
    )

    assert answer.status_code == 401
    assert answer.get_json() == {
        "error": "invalid_client",
        "error_description": "client unknown or revoked, or its secret or assertion wrong",
    }
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "unsupported_grant_type"),
        (GRANT | {"client_secret": "x"}, "invalid_request"),
        (
            GRANT | {"client_assertion": "x", "client_assertion_type": clients.ASSERTION_TYPE},
            "invalid_request",
        ),
        (GRANT | {"client_id": "another"}, "invalid_request"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&scope=a&scope=b", "invalid_request"),
        ("&".join(f"a{n}=1" for n in range(100)), "invalid_request"),
        (b"grant_type=\xff\xfe", "invalid_request"),
        ("grant_type=%ff", "invalid_request"),
    ],
)
def test_what_is_wrong_with_a_request_is_said_in_the_words_of_the_rfc(
    sandbox: Sandbox, machine: Machine, form: dict[str, str] | str | bytes, error: str
) -> None:
    headers = basic(machine.client_id, machine.client["client_secret"])

    answer = ask(sandbox, form, headers=headers)

    assert (answer.status_code, answer.get_json()["error"]) == (400, error)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_body_that_is_no_form_is_an_invalid_request(sandbox: Sandbox, machine: Machine) -> None:
    headers = basic(machine.client_id, machine.client["client_secret"])

    answer = sandbox.anybody.send("POST", TOKEN, json=GRANT, headers=headers)

    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic bm9jb2xvbg==",
        "Basic Og==",
        "Basic /w==",
        "Bearer x",
        "Digest a=b",
        "",
    ],
)
def test_an_authorization_that_is_no_basic_is_challenged(sandbox: Sandbox, header: str) -> None:
    answer = ask(sandbox, GRANT, headers={"Authorization": header})

    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_without_any_proof_a_client_is_refused_and_not_challenged(sandbox: Sandbox) -> None:
    answer = ask(sandbox, GRANT | {"client_id": "x", "client_secret": "y"})

    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")
    assert "WWW-Authenticate" not in answer.headers


def test_id_and_secret_are_percent_decoded(sandbox: Sandbox, machine: Machine) -> None:
    spelt = "".join(f"%{ord(letter):02x}" for letter in machine.client["client_secret"])
    headers = {"Authorization": "Basic " + clients.base64_of(f"{machine.client_id}:{spelt}")}

    assert ask(sandbox, GRANT, headers=headers).status_code == 200


def test_unknown_parameters_are_passed_over(sandbox: Sandbox, machine: Machine) -> None:
    answer = token_by_secret(
        sandbox, machine.client_id, machine.client["client_secret"], resource="x", scope=""
    )

    assert answer.status_code == 200


def test_a_clients_token_opens_nothing_of_citizens_and_staff_and_is_no_refresh_token(
    machine: Machine,
) -> None:
    refused = [("GET", "/v1/account"), ("GET", "/v1/licences"), ("GET", "/v1/hot-services")]
    refused += [("GET", "/v1/verifications"), ("GET", "/v1/staff/account"), ("GET", "/v1/sessions")]

    for method, path in refused:
        machine.refused(403, "forbidden", method, path)
    machine.refused(403, "forbidden", "GET", machine.path)
    machine.refused(401, "unauthenticated", "POST", "/v1/sessions/refresh")


def test_the_metadata_is_that_of_rfc_8414_and_is_not_sent_twice(sandbox: Sandbox) -> None:
    answer = sandbox.anybody.get(METADATA)
    body, tag = answer.get_json(), answer.headers["ETag"]

    assert (body["issuer"], body["token_endpoint"]) == ("http://localhost", f"http://localhost{TOKEN}")
    assert body["grant_types_supported"] == ["client_credentials"]
    assert set(body["token_endpoint_auth_methods_supported"]) == {"client_secret_basic", "private_key_jwt"}
    assert sandbox.anybody.get(METADATA, headers={"If-None-Match": tag}).status_code == 304
    assert "public" in answer.headers["Cache-Control"]


def test_the_secret_is_shown_once_and_lies_nowhere(sandbox: Sandbox, machine: Machine) -> None:
    secret = machine.client["client_secret"]

    seen = machine.manager.get(machine.path).text + machine.manager.get(machine.path.rpartition("/")[0]).text

    assert secret not in seen
    assert found([secret], everything_in_the_database(sandbox.parts.config)) == []


def test_two_secrets_are_active_while_one_replaces_the_other(sandbox: Sandbox, machine: Machine) -> None:
    first = machine.client["client_secret"]
    second = machine.manager.expect(201, "POST", f"{machine.path}/secrets")

    machine.manager.refused(409, "too-many-client-secrets", "POST", f"{machine.path}/secrets")
    both = [
        token_by_secret(sandbox, machine.client_id, one).status_code
        for one in (first, second["client_secret"])
    ]
    older = machine.client["secrets"][0]["id"]
    after = machine.manager.expect(200, "POST", f"{machine.path}/secrets/{older}/revoke")

    assert both == [200, 200]
    assert token_by_secret(sandbox, machine.client_id, first).status_code == 401
    assert token_by_secret(sandbox, machine.client_id, second["client_secret"]).status_code == 200
    assert [one["revoked_at"] is None for one in after["secrets"]] == [False, True]
    assert after["secrets"][1]["last_used_at"] is not None
    machine.manager.expect(201, "POST", f"{machine.path}/secrets")


def test_a_client_that_was_revoked_gets_nothing(sandbox: Sandbox, machine: Machine) -> None:
    revoked = machine.manager.expect(200, "POST", f"{machine.path}/revoke")

    again = machine.manager.expect(200, "POST", f"{machine.path}/revoke")

    assert revoked == again
    assert revoked["status"] == "revoked"
    assert token_by_secret(sandbox, machine.client_id, machine.client["client_secret"]).status_code == 401
    machine.manager.refused(409, "client-revoked", "POST", f"{machine.path}/secrets")


def test_clients_of_an_enterprise_are_listed_the_oldest_first(sandbox: Sandbox) -> None:
    owner = at_level_3(sandbox, "zhao-min")
    organisation = register(owner, LOGISTICS)
    ids = [clients.register_client(owner, organisation, name=f"系统{n}")["client_id"] for n in range(3)]
    path = clients.clients_path(organisation["id"])

    first = owner.expect(200, "GET", f"{path}?limit=2")
    rest = owner.expect(200, "GET", f"{path}?limit=2&cursor={first['next_cursor']}")

    assert words(first["items"] + rest["items"], "client_id") == ids
    assert rest["next_cursor"] is None
    assert Caller(sandbox.app).get(path).status_code == 401
    assert owner.expect(200, "GET", f"{path}/{ids[0]}")["purposes"] == clients.PURPOSES
