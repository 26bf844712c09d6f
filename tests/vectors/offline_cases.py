"""Scans without a network: what was scanned when, with which pack, and what a device must answer."""

from typing import Any

from tests.vectors.ring import VectorKey
from wallet.status_lists.encoding import pack, put

# 2026-11-22T02:00:00Z: when the usual pack was issued.
ISSUED = 1795312800
HOUR, DAY = 3600, 86400
MAX_AGE, LIFETIME = 4 * HOUR, DAY
JTI = "AbCdEfGhIjKlMnOpQrStUw"
SUSPENDED, REVOKED, UNHEARD_OF = 7, 1993, 25460
ABOUT = (
    "A device holds `packs[pack]` (a JWS, typ lz-pack, proved with `keys`) and noted `clock_offset_seconds` = "
    "signed server time - its own time when it got it. At its own time `device_time` (seconds since 1970) it "
    "scans `text`, having accepted the codes `seen` before. It must answer `expect`. Reasons come in the order "
    "malformed, unknown_key, bad_signature, not_yet_valid (iat more than 60 s, or exp more than 360 s ahead), "
    "expired (now >= exp), used, not_permitted, licence_expired (the day in China is after vt), "
    "licence_suspended (2), licence_revoked (any other status but 0). Freshness is unknown when the list or the "
    "entry is not there, when the pack is more than 60 s from the future or past its exp, stale past "
    "max_age_seconds, else fresh. A rejection for malformed, unknown_key or bad_signature is unknown."
)


def table() -> dict[str, Any]:
    """Return the whole table."""
    key, next_key, stranger = VectorKey("oVec"), VectorKey("oNxt"), VectorKey("oStr")
    packs = {
        "usual": _pack(key, [key, next_key]),
        "hotel": _pack(key, [key, next_key], kinds=["HEALTH_CERT"]),
        "no_lists": _pack(key, [key, next_key], lists=[]),
    }
    cases = [*_genuine(key, next_key), *_lists(key), *_clocks(key), *_forged(key, stranger)]
    return {"about": ABOUT, "keys": [key.jwk], "packs": packs, "cases": cases}


def _pack(signer: VectorKey, keys: list[VectorKey], **change: Any) -> str:
    data = bytearray(2**16 // 4)
    put(data, 2, SUSPENDED, 2)
    put(data, 2, REVOKED, 1)
    put(data, 2, UNHEARD_OF, 3)
    claims = {"sub": "/v1/status-lists/vec", "iat": ISSUED, "exp": ISSUED + LIFETIME, "ttl": 300}
    jwt = signer.sign("statuslist+jwt", claims | {"status_list": {"bits": 2, "lst": pack(bytes(data))}})
    codes = change.get("kinds", ["DRIVING_LICENCE", "HEALTH_CERT"])
    payload = {
        "iat": ISSUED,
        "exp": ISSUED + LIFETIME,
        "server_time": "2026-11-22T02:00:00Z",
        "max_age_seconds": MAX_AGE,
        "version": "vec.5",
        "organisation": "traffic-police",
        "kinds": [{"code": code, "title": code} for code in codes],
        "keys": [key.jwk for key in keys],
        "lists": change.get("lists", [{"id": "vec", "version": 5, "jwt": jwt}]),
    }
    return signer.sign("lz-pack", payload)


def _payload(at: int = ISSUED + 60, **change: Any) -> dict[str, Any]:
    return {
        "jti": JTI,
        "exp": at + 60,
        "iat": at,
        "k": "DRIVING_LICENCE",
        "n": "*伟",
        "no": "1000**********0119",
        "vt": "2032-08-20",
        "sl": ["vec", 42],
    } | change


def _case(
    name: str, text: str, answer: str | None = None, freshness: str = "fresh", **how: Any
) -> dict[str, Any]:
    """Return a case; `answer` is the reason of a rejection, and the scan is five seconds after the issue."""
    signal = "red" if answer else "green" if freshness == "fresh" else "amber"
    outcome = "rejected" if answer else "accepted"
    return {
        "name": name,
        "pack": how.get("pack", "usual"),
        "text": text,
        "device_time": how.get("at", ISSUED + 65),
        "clock_offset_seconds": how.get("offset", 0),
        "seen": how.get("seen", []),
        "expect": {"outcome": outcome, "reason": answer, "freshness": freshness, "signal": signal},
    }


def _genuine(key: VectorKey, next_key: VectorKey) -> list[dict[str, Any]]:
    def token(**change: Any) -> str:
        return key.sign("lz-off", _payload(**change))

    return [
        _case("valid", token()),
        _case("valid without an end", token(vt=None)),
        _case("signed with the next key", next_key.sign("lz-off", _payload())),
        _case("a second before its end", token(), at=ISSUED + 119),
        _case("at its end", token(), "expired", at=ISSUED + 120),
        _case("long expired", token(), "expired", at=ISSUED + 2 * HOUR),
        _case("from just ahead", token(), at=ISSUED),
        _case("from the future", token(), "not_yet_valid", at=ISSUED - 1),
        _case("a life too long", token(exp=ISSUED + 65 + 361), "not_yet_valid"),
        _case("seen before on this device", token(), "used", seen=[JTI]),
        _case("expired and seen before", token(), "expired", seen=[JTI], at=ISSUED + 120),
        _case("a kind that the organisation may not verify", token(), "not_permitted", pack="hotel"),
        _case("a kind that it may", token(k="HEALTH_CERT"), pack="hotel"),
        _case("the licence ended yesterday", token(vt="2026-11-21"), "licence_expired"),
        _case("the licence ends today", token(vt="2026-11-22")),
        _case(
            "the licence ends today and in China it is tomorrow",
            token(at=ISSUED + 14 * HOUR, vt="2026-11-22"),
            "licence_expired",
            "stale",
            at=ISSUED + 14 * HOUR + 5,
        ),
    ]


def _lists(key: VectorKey) -> list[dict[str, Any]]:
    def token(at: int = ISSUED + 60, **change: Any) -> str:
        return key.sign("lz-off", _payload(at, **change))

    def shown(after: int) -> dict[str, Any]:
        return {"text": token(ISSUED + after), "at": ISSUED + after}

    return [
        _case("suspended", token(sl=["vec", SUSPENDED]), "licence_suspended"),
        _case("revoked", token(sl=["vec", REVOKED]), "licence_revoked"),
        _case("a status that nobody has heard of", token(sl=["vec", UNHEARD_OF]), "licence_revoked"),
        _case("revoked and ended", token(sl=["vec", REVOKED], vt="2020-01-01"), "licence_expired"),
        _case("revoked and not permitted", token(sl=["vec", REVOKED]), "not_permitted", pack="hotel"),
        _case("an unknown list", token(sl=["xyz", 42]), None, "unknown"),
        _case("an entry behind the list's end", token(sl=["vec", 2**16]), None, "unknown"),
        _case("the last entry", token(sl=["vec", 2**16 - 1])),
        _case("a pack without lists", token(), None, "unknown", pack="no_lists"),
        _case("as old as fresh may be", **shown(MAX_AGE)),
        _case("a stale list", freshness="stale", **shown(MAX_AGE + 1)),
        _case("a stale list still knows who is revoked", token(ISSUED + DAY - 60, sl=["vec", REVOKED]),
              "licence_revoked", "stale", at=ISSUED + DAY - 1),
        _case("a pack past its end", freshness="unknown", **shown(LIFETIME)),
        _case("a pack past its end still knows who is revoked", token(ISSUED + DAY, sl=["vec", REVOKED]),
              "licence_revoked", "unknown", at=ISSUED + DAY),
    ]  # fmt: skip


def _clocks(key: VectorKey) -> list[dict[str, Any]]:
    def token(**change: Any) -> str:
        return key.sign("lz-off", _payload(**change))

    return [
        _case(
            "a clock an hour ahead, set right by signed time", token(), at=ISSUED + 65 + HOUR, offset=-HOUR
        ),
        _case(
            "a clock an hour behind, set right by signed time", token(), at=ISSUED + 65 - HOUR, offset=HOUR
        ),
        _case("a clock an hour ahead, uncorrected", token(), "expired", at=ISSUED + 65 + HOUR),
        _case(
            "a clock an hour behind, uncorrected", token(), "not_yet_valid", "unknown", at=ISSUED + 65 - HOUR
        ),
        _case("a clock a year off, set right", token(), at=ISSUED + 65 + 365 * DAY, offset=-365 * DAY),
        _case("expired by signed time though not by the device's", token(), "expired", offset=HOUR),
        _case("a pack from the future", token(at=ISSUED - 300), None, "unknown", at=ISSUED - 299),
    ]


def _forged(key: VectorKey, stranger: VectorKey) -> list[dict[str, Any]]:
    good = key.sign("lz-off", _payload())
    head, payload, signature = good.split(".")

    def bad(name: str, text: str, reason: str = "malformed") -> dict[str, Any]:
        return _case(name, text, reason, "unknown")

    return [
        bad("wrong key under a kid of its own", stranger.sign("lz-off", _payload()), "unknown_key"),
        bad("wrong key under our kid", stranger.sign("lz-off", _payload(), kid="oVec"), "bad_signature"),
        bad("another payload under the signature",
            f"{head}.{key.sign('lz-off', _payload(n='*强')).split('.')[1]}.{signature}", "bad_signature"),
        bad("a signature of nothing", f"{head}.{payload}.{'A' * 86}", "bad_signature"),
        bad("wrong type: online", key.sign("lz", _payload())),
        bad("wrong type: a pack", key.sign("lz-pack", _payload())),
        bad("wrong type: a status list", key.sign("statuslist+jwt", _payload())),
        bad("wrong type: none", key.sign("lz-off", _payload(), typ=None)),
        bad("wrong mode: an online token", key.sign("lz", {"jti": JTI, "exp": ISSUED + 120})),
        bad("wrong mode: an online payload", key.sign("lz-off", {"jti": JTI, "exp": ISSUED + 120})),
        bad("no algorithm", key.sign("lz-off", _payload(), alg="none")),
        bad("no signature", f"{head}.{payload}."),
        bad("another claim", key.sign("lz-off", _payload(x=1))),
        bad("a claim missing", key.sign("lz-off", {k: v for k, v in _payload().items() if k != "sl"})),
        bad("an index below zero", key.sign("lz-off", _payload(sl=["vec", -1]))),
        bad("an end that is no day", key.sign("lz-off", _payload(vt="2026-02-30"))),
        bad("a time that is text", key.sign("lz-off", _payload(exp="1795312920"))),
        bad("trailing bytes", good + "A"),
        bad("padding", good + "="),
        bad("nothing", ""),
        bad("something else", "https://example.com/"),
        bad("too long", "A" * 368),
    ]  # fmt: skip
