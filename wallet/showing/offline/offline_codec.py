"""Offline tokens on the wire: a compact ES256 JWS with `typ: lz-off`, at most 367 characters.

    {"jti": "…", "exp": 1795312860, "iat": 1795312800, "k": "DRIVING_LICENCE", "n": "*伟",
     "no": "1000**********0119", "vt": "2032-08-20", "sl": ["aB3", 104857]}

It carries what the basic profile says of holder and licence, and where a status list tells what became of it.
UTF-8 stands as it is: an escaped Chinese character would take twice the room.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from identity.crypto.signer import Signer, sign_compact
from wallet.showing.jws import PublicKeys, Untrusted, open_compact
from wallet.showing.reasons import Reason
from wallet.showing.token_codec import CLOCK_LEEWAY, MAX_LIFETIME, read_instant, read_jti

TYP = "lz-off"
MAX_TOKEN_CHARACTERS = 367
# What 367 characters leave for the payload beside the header with a kid of 4 and the signature.
MAX_PAYLOAD_BYTES = 165
MAX_TEXT = 64
MAX_PLACE = 2**31 - 1
# Fewer stars than a value has characters: shorter, and it still shows that something is left out.
FEW_STARS = "*"

_NAMES = ("jti", "exp", "iat", "k", "n", "no", "vt", "sl")
_KIND = re.compile(r"[A-Z][A-Z0-9_]{0,31}")
_LIST = re.compile(r"[A-Za-z0-9]{1,8}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STARS = re.compile(r"\*+")


@dataclass(frozen=True, slots=True)
class OfflineClaims:
    """What a genuine offline token says: `name` and `number` masked, `place` an index in a status list."""

    jti: str
    issued_at: datetime
    expires_at: datetime
    kind: str
    name: str
    number: str
    valid_to: date | None
    list_id: str
    place: int


def seal(claims: OfflineClaims, signer: Signer) -> str:
    """Return the signed token; stars of a long name, then of a long number, are left out until it fits."""
    payload = next(spelt for spelt in _spellings(claims) if len(spelt) <= MAX_PAYLOAD_BYTES)
    return sign_compact(payload, signer, TYP)


def open_token(unverified: str, keys: PublicKeys) -> OfflineClaims:
    """Return the claims of a genuine offline token, whatever the time. Raises Untrusted."""
    return open_compact(
        unverified,
        keys,
        typ=TYP,
        names=_NAMES,
        most_characters=MAX_TOKEN_CHARACTERS,
        read=_read,
    )


def lifetime_fault(claims: OfflineClaims, now: datetime) -> Reason | None:
    """Judge a genuine token's time as its reader's clock tells it; `now == exp` is expired."""
    if claims.issued_at - now > CLOCK_LEEWAY or claims.expires_at - now > MAX_LIFETIME + CLOCK_LEEWAY:
        return Reason.NOT_YET_VALID
    return Reason.EXPIRED if claims.expires_at <= now else None


def _spellings(claims: OfflineClaims) -> Iterator[bytes]:
    name, number = claims.name, claims.number
    yield _payload(claims, name, number)
    name = _STARS.sub(FEW_STARS, name)
    yield _payload(claims, name, number)
    for stars in range(number.count("*") - 1, 0, -1):
        yield _payload(claims, name, _STARS.sub("*" * stars, number))
    # A name or number of a form that nobody foresaw: better without it than without a code.
    yield _payload(claims, FEW_STARS, _STARS.sub(FEW_STARS, number))
    yield _payload(claims, FEW_STARS, FEW_STARS)


def _payload(claims: OfflineClaims, name: str, number: str) -> bytes:
    payload = {
        "jti": claims.jti,
        "exp": int(claims.expires_at.timestamp()),
        "iat": int(claims.issued_at.timestamp()),
        "k": claims.kind,
        "n": name,
        "no": number,
        "vt": claims.valid_to.isoformat() if claims.valid_to else None,
        "sl": [claims.list_id, claims.place],
    }
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _read(payload: dict[str, Any]) -> OfflineClaims:
    list_id, place = _status_of(payload["sl"])
    return OfflineClaims(
        jti=read_jti(payload["jti"]),
        issued_at=read_instant(payload["iat"]),
        expires_at=read_instant(payload["exp"]),
        kind=_matching(_KIND, payload["k"]),
        name=_text(payload["n"]),
        number=_text(payload["no"]),
        valid_to=_day(payload["vt"]),
        list_id=list_id,
        place=place,
    )


def _status_of(value: Any) -> tuple[str, int]:
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004  list and index
        raise Untrusted(Reason.MALFORMED)
    list_id, place = value
    if type(place) is not int or not 0 <= place <= MAX_PLACE:
        raise Untrusted(Reason.MALFORMED)
    return _matching(_LIST, list_id), place


def _matching(form: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Untrusted(Reason.MALFORMED)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT or not value.isprintable():
        raise Untrusted(Reason.MALFORMED)
    return value


def _day(value: Any) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(_matching(_DAY, value))
    except ValueError:
        raise Untrusted(Reason.MALFORMED) from None
