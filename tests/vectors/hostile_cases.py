"""Tokens of people who mean no good, of both modes, with the reason for which each is refused."""

import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.forging import segment, sign
from tests.vectors.ring import VectorKey

# 2026-11-22T02:00:05Z.
NOW = 1795312805
JTI = "AbCdEfGhIjKlMnOpQrStUw"
ABOUT = (
    "`keys` are all that a verifier trusts, `show` for typ lz and `offline` for typ lz-off; it is `now` (seconds "
    "since 1970). Each `text` must be refused for `reason`; null marks those that are genuine."
)
ONLINE = {"jti": JTI, "exp": NOW + 55}
OFFLINE = {
    "jti": JTI,
    "exp": NOW + 55,
    "iat": NOW - 5,
    "k": "DRIVING_LICENCE",
    "n": "*伟",
    "no": "1000**********0119",
    "vt": "2032-08-20",
    "sl": ["vec", 42],
}
HEADERS: dict[str, dict[str, Any]] = {
    "alg none": {"alg": "none"},
    "alg None": {"alg": "None"},
    "alg HS256": {"alg": "HS256"},
    "alg ES384": {"alg": "ES384"},
    "alg a list": {"alg": ["ES256"]},
    "alg null": {"alg": None},
    "typ JWT": {"typ": "JWT"},
    "typ in capitals": {"typ": "LZ"},
    "typ of a receipt": {"typ": "lz-receipt"},
    "typ null": {"typ": None},
    "kid a path": {"kid": "../../../etc/passwd"},
    "kid empty": {"kid": ""},
    "kid too long": {"kid": "sVec1"},
    "kid a number": {"kid": 7},
    "kid with NUL": {"kid": "sV\0c"},
    "kid in full width": {"kid": "ｓVec"},
    "kid SQL": {"kid": "'--"},
    "crit": {"crit": ["exp"]},
    "jwk inside": {"jwk": {"kty": "EC"}},
    "jku": {"jku": "https://example.com/jwks.json"},
    "x5u": {"x5u": "https://example.com/x"},
    "b64 false": {"b64": False},
    "zip": {"zip": "DEF"},
    "cty": {"cty": "JWT"},
}
CLAIMS: dict[str, dict[str, Any]] = {
    "exp text": {"exp": str(NOW + 55)},
    "exp a fraction": {"exp": NOW + 55.5},
    "exp true": {"exp": True},
    "exp null": {"exp": None},
    "exp below zero": {"exp": -1},
    "exp huge": {"exp": 10**15},
    "exp infinite": {"exp": float("inf")},
    "exp not a number": {"exp": float("nan")},
    "jti short": {"jti": JTI[:-1]},
    "jti long": {"jti": JTI + "A"},
    "jti a number": {"jti": 5},
    "jti SQL": {"jti": "'; DROP TABLE show; --"[:22]},
    "a claim more": {"sub": "x"},
}


def table() -> dict[str, Any]:
    """Return the whole table."""
    show, offline, stranger = VectorKey("sVec"), VectorKey("oVec"), VectorKey("sStr")
    tokens = [
        *_of_header_and_claims("online", show, "lz", ONLINE),
        *_of_header_and_claims("offline", offline, "lz-off", OFFLINE),
        *_of_form(show, show.sign("lz", ONLINE)),
        *_of_keys(show, offline, stranger),
        *_of_time(show, offline),
    ]
    return {
        "about": ABOUT,
        "now": NOW,
        "keys": {"show": [show.jwk], "offline": [offline.jwk]},
        "tokens": [{"name": name, "text": text, "reason": reason} for name, text, reason in tokens],
    }


Token = tuple[str, str, str | None]


def _of_header_and_claims(mode: str, key: VectorKey, typ: str, payload: dict[str, Any]) -> list[Token]:
    return [
        (f"{mode}: genuine", key.sign(typ, payload), None),
        *(
            (f"{mode}: {name}", key.sign(typ, payload, **change), "malformed")
            for name, change in HEADERS.items()
        ),
        *(
            (f"{mode}: {name}", key.sign(typ, payload | change), "malformed")
            for name, change in CLAIMS.items()
        ),
    ]


def _of_form(key: VectorKey, good: str) -> list[Token]:
    head, payload, signature = good.split(".")
    twice = f'{{"jti":"{JTI}","exp":{NOW + 55},"exp":{NOW + 55}}}'
    spellings = {
        "padding": good + "==",
        "trailing character": good + "A",
        "trailing dot": good + ".",
        "trailing line": good + "\nx",
        "leading dot": "." + good,
        "two tokens": good + good,
        "a dot in full width": good.replace(".", "。", 1),
        "base64 of the other alphabet": f"{head}.{payload}.{signature[:-2]}+/",
        "no signature": f"{head}.{payload}.",
        "no payload": f"{head}..{signature}",
        "two parts": f"{head}.{payload}",
        "five parts": f"{good}.x.y",
        "an empty text": "",
        "dots only": "..",
        "twenty thousand characters": "A" * 20_000,
        "NUL": good[:50] + "\0" + good[51:],
        "a link": "https://example.com/" + "A" * 100,
        "a claim given twice": sign(key.private, key.header("lz"), twice),
        "a list for an object": sign(key.private, key.header("lz"), f'[["jti","{JTI}"],["exp",{NOW + 55}]]'),
        "a payload that nests deeply": sign(key.private, key.header("lz"), "[" * 60),
        "a payload of broken UTF-8": sign(key.private, key.header("lz"), b'{"jti":"\xff"}'),
        "a payload of nothing": sign(key.private, key.header("lz"), ""),
        "a header given twice": sign(
            key.private, f'{{"alg":"ES256","alg":"none","kid":"{key.kid}","typ":"lz"}}', ONLINE
        ),
    }
    return [(f"form: {name}", text, "malformed") for name, text in spellings.items()]


def _of_keys(show: VectorKey, offline: VectorKey, stranger: VectorKey) -> list[Token]:
    good = show.sign("lz", ONLINE)
    signing_input = good.rpartition(".")[0]
    public = show.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    confused = f"{segment(show.header('lz', alg='HS512'))}.{segment(ONLINE)}"
    mac = hmac.new(public, confused.encode(), hashlib.sha512).digest()
    longer = f"{good.split('.')[0]}.{segment(ONLINE | {'exp': NOW + 300})}.{good.split('.')[2]}"
    return [
        ("keys: HMAC under the public key", f"{confused}.{segment(mac)}", "malformed"),
        ("keys: a stranger's under its own kid", stranger.sign("lz", ONLINE), "unknown_key"),
        ("keys: a stranger's under ours", stranger.sign("lz", ONLINE, kid="sVec"), "bad_signature"),
        ("keys: the offline ring's for an online token", offline.sign("lz", ONLINE), "unknown_key"),
        ("keys: the show ring's for an offline token", show.sign("lz-off", OFFLINE), "unknown_key"),
        (
            "keys: the offline ring's under the show ring's kid",
            offline.sign("lz", ONLINE, kid="sVec"),
            "bad_signature",
        ),
        ("keys: all zeros", f"{signing_input}.{segment(bytes(64))}", "bad_signature"),
        ("keys: all ones", f"{signing_input}.{segment(bytes([255] * 64))}", "bad_signature"),
        ("keys: r of zero", f"{signing_input}.{segment(bytes(32) + bytes([1] * 32))}", "bad_signature"),
        ("keys: a longer life under the old signature", longer, "bad_signature"),
        ("mode: an offline payload as an online token", show.sign("lz", OFFLINE), "malformed"),
        ("mode: an online payload as an offline token", offline.sign("lz-off", ONLINE), "malformed"),
        ("mode: a pack", offline.sign("lz-pack", json.loads(json.dumps(OFFLINE))), "malformed"),
    ]


def _of_time(show: VectorKey, offline: VectorKey) -> list[Token]:
    return [
        ("time: expired a second ago", show.sign("lz", ONLINE | {"exp": NOW - 1}), "expired"),
        ("time: expired now", show.sign("lz", ONLINE | {"exp": NOW}), "expired"),
        ("time: expired in 1970", show.sign("lz", ONLINE | {"exp": 0}), "expired"),
        ("time: lives for a day", show.sign("lz", ONLINE | {"exp": NOW + 86400}), "not_yet_valid"),
        ("time: offline, expired now", offline.sign("lz-off", OFFLINE | {"exp": NOW}), "expired"),
        (
            "time: offline, from tomorrow",
            offline.sign("lz-off", OFFLINE | {"iat": NOW + 61}),
            "not_yet_valid",
        ),
        (
            "time: offline, lives for a day",
            offline.sign("lz-off", OFFLINE | {"exp": NOW + 86400}),
            "not_yet_valid",
        ),
    ]
