"""Forged tokens: whatever is not exactly ours is refused, with the first reason that applies."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import assume, given
from hypothesis import strategies as st

from identity.crypto.keyring import KeyRing
from identity.crypto.signer import Signer, sign_compact
from tests.forging import a_strangers_key, segment, sign
from tests.wallet.tokens import EXPIRES_AT, JTI, PAYLOAD, decoded, header, ours, refusal
from wallet.showing.reasons import Reason
from wallet.showing.token_codec import seal

BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture(scope="module")
def token(signer: Signer) -> str:
    return seal(JTI, EXPIRES_AT, signer)


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "none"},
        {"alg": "None"},
        {"alg": "HS256"},
        {"alg": "ES384"},
        {"alg": None},
        {"alg": ["ES256"]},
        {"typ": "JWT"},
        {"typ": "lz-off"},
        {"typ": "LZ"},
        {"typ": None},
        {"kid": "../etc/passwd"},
        {"kid": "s/.."},
        {"kid": ""},
        {"kid": "sA1b2"},
        {"kid": 1},
        {"kid": None},
        {"kid": "sA\0b"},
        {"kid": "ｓA1b"},
        {"crit": []},
        {"jwk": {}},
        {"cty": "x"},
    ],
)
def test_a_header_that_we_would_not_write_is_malformed_even_under_our_signature(
    show_ring: KeyRing,
    change: dict[str, Any],
) -> None:
    forged = ours(show_ring, header(show_ring, **change), PAYLOAD)

    assert refusal(forged, show_ring) is Reason.MALFORMED


@pytest.mark.parametrize(
    "change",
    [
        {"exp": "1795312860"},
        {"exp": 1795312860.0},
        {"exp": True},
        {"exp": None},
        {"exp": -1},
        {"exp": 10**15},
        {"exp": 1e300},
        {"exp": [1]},
        {"exp": float("inf")},
        {"exp": float("nan")},
        {"jti": JTI[:-1]},
        {"jti": JTI + "A"},
        {"jti": 5},
        {"jti": "'; DROP TABLE show; --"[:22]},
        {"jti": None},
        {"iat": 1},
        {"n": "*伟"},
    ],
)
def test_claims_that_we_would_not_make_are_malformed_even_under_our_signature(
    show_ring: KeyRing,
    change: dict[str, Any],
) -> None:
    forged = ours(show_ring, header(show_ring), PAYLOAD | change)

    assert refusal(forged, show_ring) is Reason.MALFORMED


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "{}",
        "null",
        "[]",
        "1",
        '"lz"',
        "{",
        "[" * 60,
        '{"a":' * 18,
        "9" * 80,
        f'{{"jti":"{JTI}"}}',
        f'{{"jti":"{JTI}","jti":"{JTI}"}}',
        f'{{"jti":"{JTI}","exp":1,"exp":1}}',
        f'{{"jti":"{JTI}","exp":1}} x',
        f'[["jti","{JTI}"],["exp",1795312860]]',
        b'{"jti":"\xff\xfe"}',
    ],
)
def test_a_payload_that_is_no_object_of_ours_is_malformed_even_under_our_signature(
    show_ring: KeyRing,
    payload: str | bytes,
) -> None:
    assert refusal(ours(show_ring, header(show_ring), payload), show_ring) is Reason.MALFORMED


def test_a_header_with_a_key_given_twice_is_malformed(show_ring: KeyRing) -> None:
    kid = show_ring.signing().kid
    twice = f'{{"alg":"ES256","alg":"none","kid":"{kid}","typ":"lz"}}'
    listed = f'[["alg","ES256"],["kid","{kid}"],["typ","lz"]]'

    reasons = [refusal(ours(show_ring, head, PAYLOAD), show_ring) for head in (twice, listed)]

    assert reasons == [Reason.MALFORMED, Reason.MALFORMED]


def test_no_signature_at_all_is_malformed(token: str, show_ring: KeyRing) -> None:
    unsigned = f"{segment({'alg': 'none', 'typ': 'lz', 'kid': show_ring.signing().kid})}.{segment(PAYLOAD)}."

    assert refusal(unsigned, show_ring) is Reason.MALFORMED
    assert refusal(token.rpartition(".")[0], show_ring) is Reason.MALFORMED
    assert refusal(token.rpartition(".")[0] + ".", show_ring) is Reason.MALFORMED


def test_an_hmac_under_our_public_key_is_malformed(show_ring: KeyRing) -> None:
    public = show_ring.signing().public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signing_input = f"{segment(header(show_ring, alg='HS512'))}.{segment(PAYLOAD)}"

    # HS512 has the length of an ES256 signature.
    mac = hmac.new(public, signing_input.encode(), hashlib.sha512).digest()

    assert len(segment(mac)) == 86
    assert refusal(f"{signing_input}.{segment(mac)}", show_ring) is Reason.MALFORMED


def test_a_strangers_key_under_a_kid_of_its_own_is_unknown(show_ring: KeyRing) -> None:
    forged = sign(a_strangers_key(), header(show_ring, kid="s000"), PAYLOAD)

    assert refusal(forged, show_ring) is Reason.UNKNOWN_KEY


def test_a_strangers_key_under_our_kid_is_a_bad_signature(show_ring: KeyRing) -> None:
    forged = sign(a_strangers_key(), header(show_ring), PAYLOAD)

    assert refusal(forged, show_ring) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("signature", [bytes(64), b"\xff" * 64, bytes(32) + b"\x01" * 32])
def test_a_signature_of_nothing_is_a_bad_one(token: str, show_ring: KeyRing, signature: bytes) -> None:
    forged = f"{token.rpartition('.')[0]}.{segment(signature)}"

    assert refusal(forged, show_ring) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("typ", ["lz-off", "lz-pack", "lz-receipt", "JWT"])
def test_what_we_signed_for_another_purpose_is_no_show_token(
    show_ring: KeyRing,
    signer: Signer,
    typ: str,
) -> None:
    other = sign_compact(json.dumps(PAYLOAD).encode(), signer, typ)

    assert refusal(other, show_ring) is Reason.MALFORMED


@pytest.mark.parametrize(
    "spell",
    [
        lambda token: token + "=",
        lambda token: token + "==",
        lambda token: token + "A",
        lambda token: token + ".",
        lambda token: token + "\n",
        lambda token: token + " ",
        lambda token: "." + token,
        lambda token: token.replace(".", "=.", 1),
        lambda token: token.replace(".", "", 1),
        lambda token: token.replace(".", "。", 1),
        lambda token: token.replace("-", "+").replace("_", "/") + "+",
        lambda token: token + "\0",
        lambda token: token * 2,
        lambda token: "é" + token[1:],
        lambda token: token[:-1],
        lambda _token: "",
        lambda _token: "..",
        lambda _token: "a" * 213,
        lambda _token: "a" * 5_000,
        lambda _token: "\ud800",
    ],
)
def test_trailing_bytes_padding_and_other_spellings_are_malformed(
    token: str,
    show_ring: KeyRing,
    spell: Callable[[str], str],
) -> None:
    assert refusal(spell(token), show_ring) is Reason.MALFORMED


def test_the_spare_bits_of_base64_give_no_second_spelling(token: str, show_ring: KeyRing) -> None:
    # 64 bytes take 86 characters, whose last one has four bits to spare.
    last = BASE64URL.index(token[-1])
    others = [BASE64URL[last & ~0b1111 | spare] for spare in range(16)]

    opened = [spelt for spelt in others if refusal(token[:-1] + spelt, show_ring) is None]

    assert opened == [token[-1]]


@given(st.data())
def test_one_flipped_bit_in_any_part_is_refused(token: str, show_ring: KeyRing, data: st.DataObject) -> None:
    parts = [bytearray(decoded(part)) for part in token.split(".")]
    part = data.draw(st.sampled_from(parts))
    bit = data.draw(st.integers(0, len(part) * 8 - 1))
    part[bit // 8] ^= 1 << bit % 8

    forged = ".".join(segment(bytes(raw)) for raw in parts)

    expected = {Reason.BAD_SIGNATURE} if part is parts[2] else set(Reason) - {Reason.USED}
    assert refusal(forged, show_ring) in expected


@given(st.data())
def test_no_change_of_a_genuine_token_is_trusted(token: str, show_ring: KeyRing, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(token)))
    end = data.draw(st.integers(start, min(len(token), start + 4)))
    put = data.draw(st.one_of(st.text(BASE64URL + ".=", max_size=4), st.text(max_size=4)))
    changed = token[:start] + put + token[end:]
    assume(changed != token)

    assert refusal(changed, show_ring) is not None


@given(st.text(max_size=250))
def test_no_text_makes_opening_stumble(show_ring: KeyRing, text: str) -> None:
    assert refusal(text, show_ring) is Reason.MALFORMED


@given(st.binary(max_size=90), st.binary(max_size=60))
def test_no_bytes_in_a_tokens_parts_make_opening_stumble(
    show_ring: KeyRing,
    head: bytes,
    payload: bytes,
) -> None:
    assert refusal(f"{segment(head)}.{segment(payload)}.{'A' * 86}", show_ring) is Reason.MALFORMED
