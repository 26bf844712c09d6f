"""Assertions that are forged, or none at all (RFC 8725): each is refused, and a 5xx is none of the answers."""

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from identity.ids import new_id
from tests import forging
from tests.clients import (
    SigningKey,
    claims,
    outcome,
    register_client,
)
from tests.organisations import LOGISTICS, at_level_3, register
from tests.sandbox import JSON, Citizen, Sandbox

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


def header_of(**change: Any) -> dict[str, Any]:
    header = {"alg": "ES256", "kid": KEY.kid, "typ": "JWT"} | change
    return {name: value for name, value in header.items() if value is not ...}


@pytest.mark.parametrize(
    "header",
    [
        header_of(alg="none"),
        header_of(alg="HS256"),
        header_of(alg="RS256"),
        header_of(alg="ES384"),
        header_of(alg=["ES256"]),
        header_of(alg=...),
        header_of(kid="another"),
        header_of(kid="../../etc/passwd"),
        header_of(kid=1),
        header_of(typ="lz"),
        header_of(typ=1),
        header_of(crit=["exp"]),
        header_of(crit=["b64"], b64=False),
        [],
        "x",
        '{"alg":"ES256","alg":"ES256"}',
    ],
)
def test_a_header_that_is_wrong_is_refused(sandbox: Sandbox, client: JSON, header: Any) -> None:
    assertion = forging.sign(KEY.private, header, claims(sandbox, client["client_id"]))

    assert outcome(sandbox, assertion) == REFUSED


@pytest.mark.parametrize("jwk_of", [{"jwk": KEY.jwks["keys"][0]}, {"jku": "https://x.cn/k"}, {"x5u": "x"}])
def test_a_key_of_the_senders_choosing_counts_for_nothing(
    sandbox: Sandbox, client: JSON, jwk_of: dict[str, Any]
) -> None:
    assertion = forging.sign(
        forging.a_strangers_key(), header_of(**jwk_of), claims(sandbox, client["client_id"])
    )

    assert outcome(sandbox, assertion) == REFUSED


def hostile_texts(sandbox: Sandbox, client: JSON) -> list[str]:
    good = KEY.sign(claims(sandbox, client["client_id"]))
    head, body, signature = good.split(".")
    public = KEY.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    twice = json.dumps(claims(sandbox, client["client_id"]))[:-1] + ', "sub": "x", "sub": "x"}'
    hmac_input = f"{forging.segment({'alg': 'HS256', 'typ': 'JWT'})}.{body}"
    return [
        "x",
        "..",
        "a.b.c",
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-4]}",
        f"{head}.{body}.{signature}=",
        f"{good}.x",
        f"{good}\n",
        f" {good}",
        f"{head}.{body}x.{signature}",
        f"{forging.segment({'alg': 'none'})}.{body}.",
        f"{hmac_input}.{forging.segment(jwt.api_jws.get_algorithm_by_name('HS256').sign(hmac_input.encode(), public))}",
        forging.sign(KEY.private, header_of(), twice),
        forging.sign(KEY.private, header_of(), "[]"),
        forging.sign(KEY.private, header_of(), "[" * 5000),
        forging.sign(KEY.private, header_of(), b"\xff\xfe"),
        forging.sign(KEY.private, header_of(), claims(sandbox, client["client_id"]) | {"x": "y" * 9000}),
        "x" * 200_000,
        "亮证",
    ]


def test_what_is_no_assertion_is_refused_whatever_it_is(sandbox: Sandbox, client: JSON) -> None:
    for text in hostile_texts(sandbox, client):
        assert outcome(sandbox, text) == REFUSED, text[:100]


def test_an_assertion_signed_with_its_numbers_at_zero_is_refused(sandbox: Sandbox, client: JSON) -> None:
    head, body, _ = KEY.sign(claims(sandbox, client["client_id"])).split(".")

    assert outcome(sandbox, f"{head}.{body}.{forging.segment(bytes(64))}") == REFUSED


def test_nobody_is_proved_by_anothers_key(sandbox: Sandbox, client: JSON) -> None:
    owner, key = at_level_3(sandbox, "zhao-min"), SigningKey()
    other = register_client(owner, register(owner, LOGISTICS), auth="private_key_jwt", jwks=key.jwks)

    assert outcome(sandbox, key.sign(claims(sandbox, client["client_id"]))) == REFUSED
    assert outcome(sandbox, key.sign(claims(sandbox, new_id()))) == REFUSED
    assert outcome(sandbox, KEY.sign(claims(sandbox, other["client_id"]))) == REFUSED
