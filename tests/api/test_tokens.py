"""Access tokens from people who mean no good: everything that is not ours is 401, and never a 5xx."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from api import tokens
from api.errors import Unauthenticated
from identity.crypto.jws import HS256
from identity.crypto.keyring import Purpose
from identity.ids import SessionId
from identity.sessions import ACCESS_TOKEN_LIFETIME
from tests.sandbox import Caller, Sandbox

ROUTE = "/v1/account"


def encoded(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def genuine(sandbox: Sandbox) -> str:
    return sandbox.log_in("zhang-wei").token or ""


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def refused(sandbox: Sandbox, token: str, route: str = ROUTE) -> None:
    Caller(sandbox.app, token).refused(401, "unauthenticated", "GET", route)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic emhhbmctd2VpOng=",
        "Token abc",
        "Bearer not-a-token",
        "Bearer a.b.c",
        "Bearer ..",
        "Bearer é.ü.ß",
        "Bearer \x00",
        "Bearer " + "a" * 5000,
        "Bearer " + "a." * 2000 + "a",
    ],
)
def test_a_missing_or_senseless_token_is_unauthenticated(
    standing_sandbox: Sandbox, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}

    standing_sandbox.anybody.refused(401, "unauthenticated", "GET", ROUTE, headers=headers)


def test_a_refusal_says_with_which_scheme_to_come_back(standing_sandbox: Sandbox) -> None:
    response = standing_sandbox.anybody.get(ROUTE)

    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_the_schemes_name_counts_in_any_case(standing_sandbox: Sandbox) -> None:
    token = genuine(standing_sandbox)

    answer = standing_sandbox.anybody.get(ROUTE, headers={"Authorization": f"bearer {token}"})

    assert answer.status_code == 200


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, "RS256", "ES256", "HS384", "HS512"])
def test_a_token_that_names_another_algorithm_is_unauthenticated(
    standing_sandbox: Sandbox,
    algorithm: str | None,
) -> None:
    token = genuine(standing_sandbox)
    header = jwt.get_unverified_header(token) | {"alg": algorithm}
    _, payload, signature = token.split(".")

    for end in ("", signature):
        refused(standing_sandbox, f"{encoded(header)}.{payload}.{end}")


@pytest.mark.parametrize(
    "kid",
    [None, "", "zzzz", "../../../etc/passwd", "s", 7, ["a"], {"a": 1}, "a" * 1000, "'; DROP TABLE sessions"],
)
def test_a_token_under_a_key_that_is_not_ours_is_unauthenticated(standing_sandbox: Sandbox, kid: Any) -> None:
    payload = claims_of(genuine(standing_sandbox))
    header = {"alg": HS256, "typ": "JWT", "kid": kid}

    refused(standing_sandbox, f"{encoded(header)}.{encoded(payload)}.{encoded(b'x' * 32)}")


@pytest.mark.parametrize(
    "said", [{"alg": "none"}, {"alg": "HS512"}, {"typ": "lz-show"}, {"typ": None}, {"crit": ["exp"]}]
)
def test_a_genuine_seal_saves_no_header_that_is_not_ours(
    standing_sandbox: Sandbox, said: dict[str, Any]
) -> None:
    token = genuine(standing_sandbox)
    key = standing_sandbox.parts.rings[Purpose.SESSIONS].signing()

    def sealed(header: dict[str, Any]) -> str:
        signed = f"{encoded(header)}.{token.split('.')[1]}"
        return f"{signed}.{encoded(hmac.digest(key.secret, signed.encode(), 'sha256'))}"

    ours = {"alg": HS256, "typ": "JWT", "kid": key.kid}
    assert Caller(standing_sandbox.app, sealed(ours)).get(ROUTE).status_code == 200
    refused(standing_sandbox, sealed(ours | said))


def test_a_token_signed_with_a_guessed_secret_is_unauthenticated(standing_sandbox: Sandbox) -> None:
    token = genuine(standing_sandbox)
    kid = jwt.get_unverified_header(token)["kid"]

    forged = jwt.encode(claims_of(token), "0" * 32, algorithm=HS256, headers={"kid": kid})

    refused(standing_sandbox, forged)


def test_a_token_signed_with_the_published_key_of_show_tokens_is_unauthenticated(
    standing_sandbox: Sandbox,
) -> None:
    public, *_ = standing_sandbox.anybody.expect(200, "GET", "/.well-known/jwks.json")["keys"]
    payload = claims_of(genuine(standing_sandbox))

    forged = jwt.encode(payload, public["x"], algorithm=HS256, headers={"kid": public["kid"]})

    refused(standing_sandbox, forged)


@pytest.mark.parametrize(
    "change", [{"role": "staff"}, {"sid": "0197"}, {"exp": 4102444800}, {"type": "refresh"}]
)
def test_a_token_whose_claims_were_altered_is_unauthenticated(
    standing_sandbox: Sandbox,
    change: dict[str, Any],
) -> None:
    token = genuine(standing_sandbox)
    header, _, signature = token.split(".")

    refused(standing_sandbox, f"{header}.{encoded(claims_of(token) | change)}.{signature}")


@pytest.mark.parametrize("payload", [b"[]", b"1", b"null", b'"x"', b"{", b"\xff\xfe", b"[" * 1000, b""])
def test_a_payload_that_is_no_object_is_unauthenticated(standing_sandbox: Sandbox, payload: bytes) -> None:
    header, _, signature = genuine(standing_sandbox).split(".")

    refused(standing_sandbox, f"{header}.{encoded(payload)}.{signature}")


def test_bytes_behind_a_token_are_not_overlooked(standing_sandbox: Sandbox) -> None:
    token = genuine(standing_sandbox)

    for trailing in (".", "A", ".A", "!", "\x7f"):
        refused(standing_sandbox, token + trailing)


def test_a_show_token_opens_no_route(standing_sandbox: Sandbox) -> None:
    shown = standing_sandbox.citizen("li-na").show("ID_CARD")

    refused(standing_sandbox, shown["token"])


def test_a_token_of_a_session_that_was_never_opened_is_unauthenticated(standing_sandbox: Sandbox) -> None:
    keys = standing_sandbox.parts.rings[Purpose.SESSIONS].signing()
    claims = claims_of(genuine(standing_sandbox)) | {"sid": "01970000-0000-7000-8000-000000000000"}

    forged = jwt.encode(claims, keys.secret, algorithm=HS256, headers={"kid": keys.kid})

    refused(standing_sandbox, forged)


def test_a_bad_token_is_refused_also_where_none_is_needed_but_one_would_be_used(
    standing_sandbox: Sandbox,
) -> None:
    refused(standing_sandbox, "a.b.c", "/v1/hot-services")

    assert standing_sandbox.anybody.get("/v1/hot-services").status_code == 200


@pytest.mark.parametrize("year", [2001, 2026, 2099])
def test_the_sandboxs_clock_alone_decides_how_long_a_token_lives(sandbox: Sandbox, year: int) -> None:
    sandbox.set_clock(datetime(year, 6, 1, tzinfo=UTC))
    citizen = sandbox.log_in("zhang-wei")
    fresh = citizen.get(ROUTE).status_code
    sandbox.pass_time(timedelta(minutes=31))

    old = citizen.get(ROUTE).status_code

    assert (fresh, old) == (200, 401)


def test_at_its_end_a_token_is_over(standing_sandbox: Sandbox) -> None:
    keys, now = standing_sandbox.parts.session_keys, datetime(2026, 6, 1, tzinfo=UTC)
    token = tokens.issue(keys, "somebody", tokens.CITIZEN, SessionId("s"), 1, now=now).access_token
    end = now + ACCESS_TOKEN_LIFETIME

    assert tokens.read(keys, token, tokens.ACCESS, end - timedelta(seconds=1)).session_id == "s"
    with pytest.raises(Unauthenticated):
        tokens.read(keys, token, tokens.ACCESS, end)
