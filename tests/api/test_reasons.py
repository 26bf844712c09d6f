"""Why a scan is rejected: each reason, and the first of several in the fixed order of the contract."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from identity.crypto.keyring import Purpose
from tests import forging
from tests.sandbox import JSON, Citizen, Sandbox, Staff

KIND = "DRIVING_LICENCE"
OTHER_KIND = "PASSPORT"


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


@pytest.fixture
def officer(sandbox: Sandbox) -> Staff:
    return sandbox.staff()


@pytest.fixture(scope="module")
def standing_officer(standing_sandbox: Sandbox) -> Staff:
    return standing_sandbox.staff()


@pytest.fixture
def hotel(sandbox: Sandbox) -> Staff:
    return sandbox.staff("hotel", "H001")


def test_a_rejection_tells_nothing_of_holder_or_licence(standing_officer: Staff) -> None:
    seen = standing_officer.scan("https://example.com/")

    assert (seen["outcome"], seen["signal"], seen["reason"]) == ("rejected", "red", "malformed")
    assert (seen["holder"], seen["licence"]) == (None, None)
    assert (seen["freshness"], seen["as_of"]) == ("unknown", None)
    assert (seen["message"], seen["next_action"]) == ("这不是亮证码", "请持证人打开“亮证”页面出示二维码")


def test_messages_come_in_english_too(standing_officer: Staff) -> None:
    body = {"qr_text": "x"}

    seen = standing_officer.expect(
        200, "POST", "/v1/verifications", json=body, headers={"Accept-Language": "en-GB"}
    )

    assert seen["message"] == "This is not a show code"


@pytest.mark.parametrize(
    "text",
    ["", " ", "x", ".", "..", "a.b.c", "\x00", "亮证", "A" * 213, "A" * 100_000, "." * 50_000, "\n\r\t"],
)
def test_what_is_no_token_at_all_is_malformed(standing_officer: Staff, text: str) -> None:
    assert standing_officer.scan(text)["reason"] == "malformed"


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "es256"},
        {"alg": None},
        {"typ": "JWT"},
        {"typ": "lz-off"},
        {"typ": None},
        {"kid": "../k"},
        {"kid": "sAAAA"},
        {"kid": ""},
        {"kid": 1},
        {"jwk": {}},
        {"crit": []},
    ],
)
def test_a_foreign_header_is_malformed_even_when_our_key_signed_it(
    standing_sandbox: Sandbox,
    standing_officer: Staff,
    change: JSON,
) -> None:
    header = forging.header(standing_sandbox.parts, **change)
    payload = forging.payload(standing_sandbox.now() + timedelta(seconds=60))

    token = forging.sign(forging.our_key(standing_sandbox.parts), header, payload)

    assert standing_officer.scan(token)["reason"] == "malformed"


@pytest.mark.parametrize(
    "payload",
    [
        b"[]",
        b"{}",
        b"null",
        b"\xff",
        b'{"jti":"AAAAAAAAAAAAAAAAAAAAAA"}',
        b'{"exp":1795312800}',
        b'{"jti":"A","exp":1795312800}',
        b'{"jti":1,"exp":1795312800}',
        b'{"jti":"AAAAAAAAAAAAAAAAAAAAAA","exp":"1795312800"}',
        b'{"jti":"AAAAAAAAAAAAAAAAAAAAAA","exp":1.5}',
        b'{"jti":"AAAAAAAAAAAAAAAAAAAAAA","exp":true}',
        b'{"jti":"AAAAAAAAAAAAAAAAAAAAAA","exp":-1}',
        b'{"jti":"AAAAAAAAAAAAAAAAAAAAAA","exp":1e999}',
        b'{"jti":"AAAAAAAAAAAAAAAAAAAAAA","exp":99999999999999999999}',
        b'{"jti":"AAAAAAAAAAAAAAAAAAAAAA","exp":1,"exp":1795312800}',
        b'{"jti":"AAAAAAAAAAAAAAAAAAAAAA","exp":1795312800,"k":1}',
    ],
)
def test_a_foreign_payload_is_malformed_even_when_our_key_signed_it(
    standing_sandbox: Sandbox,
    standing_officer: Staff,
    payload: bytes,
) -> None:
    token = forging.sign(
        forging.our_key(standing_sandbox.parts), forging.header(standing_sandbox.parts), payload
    )

    assert standing_officer.scan(token)["reason"] == "malformed"


@pytest.mark.parametrize("spoil", ["{}.", "{}A", "{}=", "{}\x00", "x{}", "{}.x", "{} x"])
def test_bytes_around_a_genuine_token_make_it_malformed(
    citizen: Citizen,
    officer: Staff,
    spoil: str,
) -> None:
    shown = citizen.show(KIND)

    assert officer.scan(spoil.format(shown["qr_text"]))["reason"] == "malformed"
    assert officer.scan(shown["qr_text"])["outcome"] == "accepted"


def test_the_white_space_of_a_hand_scanner_is_forgiven(citizen: Citizen, officer: Staff) -> None:
    shown = citizen.show(KIND)

    assert officer.scan(f"  {shown['qr_text']}\r\n")["outcome"] == "accepted"


def test_only_one_spelling_of_a_token_is_ours(citizen: Citizen, officer: Staff) -> None:
    token = citizen.show(KIND)["qr_text"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    # The last character of 64 bytes in base64url has four spare bits.
    sibling = token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]

    assert base64.urlsafe_b64decode(sibling[-86:] + "==") == base64.urlsafe_b64decode(token[-86:] + "==")
    assert officer.scan(sibling)["reason"] == "malformed"


def test_a_token_signed_by_a_stranger_is_of_an_unknown_key(
    standing_sandbox: Sandbox, standing_officer: Staff
) -> None:
    payload = forging.payload(standing_sandbox.now() - timedelta(days=1))

    token = forging.sign(
        forging.a_strangers_key(), forging.header(standing_sandbox.parts, kid="zzzz"), payload
    )

    assert standing_officer.scan(token)["reason"] == "unknown_key"


@pytest.mark.parametrize("ring", ["sessions", "pii"])
def test_keys_of_other_purposes_are_unknown_here(
    standing_sandbox: Sandbox, standing_officer: Staff, ring: str
) -> None:
    keys = (
        standing_sandbox.parts.rings[Purpose.SESSIONS]
        if ring == "sessions"
        else standing_sandbox.parts.cipher._ring
    )
    header = forging.header(standing_sandbox.parts, kid=keys.signing().kid)

    token = forging.sign(forging.a_strangers_key(), header, forging.payload(standing_sandbox.now()))

    assert standing_officer.scan(token)["reason"] == "unknown_key"


def test_a_stranger_under_our_kid_has_a_bad_signature(
    standing_sandbox: Sandbox, standing_officer: Staff
) -> None:
    payload = forging.payload(standing_sandbox.now() - timedelta(days=1))

    token = forging.sign(forging.a_strangers_key(), forging.header(standing_sandbox.parts), payload)

    assert standing_officer.scan(token)["reason"] == "bad_signature"


def test_an_altered_token_has_a_bad_signature(citizen: Citizen, officer: Staff) -> None:
    header, _, signature = citizen.show(KIND)["qr_text"].split(".")
    later = forging.segment(forging.payload(datetime(2026, 11, 22, 2, 4, tzinfo=UTC)))

    for forged in (f"{header}.{later}.{signature}", f"{header}.{later}.{'A' * 86}"):
        assert officer.scan(forged)["reason"] == "bad_signature"


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        (600, "not_yet_valid"),
        (10**9, "not_yet_valid"),
        (200, "unknown_code"),
        (0, "expired"),
        (-9, "expired"),
    ],
)
def test_a_genuine_token_that_was_never_issued_is_judged_by_its_time_first(
    standing_sandbox: Sandbox,
    standing_officer: Staff,
    seconds: int,
    reason: str,
) -> None:
    payload = forging.payload(standing_sandbox.now() + timedelta(seconds=seconds))

    token = forging.sign(
        forging.our_key(standing_sandbox.parts), forging.header(standing_sandbox.parts), payload
    )

    assert standing_officer.scan(token)["reason"] == reason


def test_a_clock_put_back_makes_tokens_not_yet_valid(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    shown = citizen.show(KIND)
    sandbox.pass_time(timedelta(minutes=-10))

    assert officer.scan(shown["qr_text"])["reason"] == "not_yet_valid"


@pytest.mark.parametrize(
    "status",
    ["not_yet_valid", "expired", "suspended", "revoked", "cancelled", "superseded", "transferred"],
)
def test_a_status_pushed_while_a_token_runs_is_the_reason_and_tells_which_licence(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
    status: str,
) -> None:
    shown = citizen.show(KIND)
    sandbox.decide(citizen.licence(KIND)["identifier"], status)

    seen = officer.scan(shown["qr_text"])

    assert seen["reason"] == f"licence_{status}"
    assert seen["licence"] == {"kind": KIND, "title": "机动车驾驶证", "status": status, "fields": []}
    assert seen["holder"] is None
    assert citizen.expect(200, "GET", f"/v1/show-tokens/{shown['id']}")["state"] == "active"


def test_a_licence_that_ends_at_midnight_while_its_token_runs_is_expired(
    sandbox: Sandbox,
    officer: Staff,
) -> None:
    sandbox.log_in("zhao-min").bind()
    sandbox.set_clock(datetime(2027, 1, 15, 15, 59, 30, tzinfo=UTC))
    holder, officer = sandbox.log_in("zhao-min"), sandbox.staff()
    holder.sync()
    before, after = holder.show(KIND), holder.show(KIND)
    first = officer.scan(before["qr_text"])
    sandbox.set_clock(datetime(2027, 1, 15, 16, 0, 1, tzinfo=UTC))

    second = officer.scan(after["qr_text"])

    assert (first["outcome"], second["reason"]) == ("accepted", "licence_expired")


def test_an_organisation_may_verify_only_what_it_was_allowed(citizen: Citizen, hotel: Staff) -> None:
    shown = citizen.show(KIND)

    seen = hotel.scan(shown["qr_text"])

    assert seen["reason"] == "not_permitted"
    assert (seen["holder"], seen["licence"]) == (None, None)


def test_a_refusal_does_not_use_a_token_up(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
    hotel: Staff,
) -> None:
    shown, identifier = citizen.show(KIND), citizen.licence(KIND)["identifier"]
    refusals = [hotel.scan(shown["qr_text"])["reason"]]
    sandbox.decide(identifier, "suspended")
    refusals.append(officer.scan(shown["qr_text"])["reason"])
    sandbox.decide(identifier, "valid")

    accepted = officer.scan(shown["qr_text"])

    assert refusals == ["not_permitted", "licence_suspended"]
    assert accepted["outcome"] == "accepted"
