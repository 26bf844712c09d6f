"""Reading an offline pack, as a device does: everything is proved, bounded, and put on what it had before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from jwt.exceptions import InvalidKeyError

from identity.crypto.keyring import UnknownKey
from wallet.showing.jws import PublicKeys, Untrusted, open_compact, plain
from wallet.showing.offline.offline_decision import Pack
from wallet.showing.reasons import Reason
from wallet.showing.token_codec import read_instant
from wallet.status_lists import encoding, publishing
from wallet.status_lists.encoding import ListStatus, StatusList, StatusListMalformed

TYP = "lz-pack"
NAMES = (
    "iat",
    "exp",
    "server_time",
    "max_age_seconds",
    "version",
    "organisation",
    "kinds",
    "keys",
    "lists",
)
MAX_PACK_CHARACTERS = 64 * 2**20
LIST_NAMES = ("sub", "iat", "exp", "ttl", "status_list")


class PackUnusable(Exception):
    """A pack is genuine and can't be used: its deltas are of lists that this device doesn't have."""


@dataclass(frozen=True, slots=True)
class PublishedKeys:
    """Public keys out of a JWK set (RFC 7517)."""

    by_kid: Mapping[str, ec.EllipticCurvePublicKey]

    def public(self, kid: str) -> ec.EllipticCurvePublicKey:
        """See PublicKeys."""
        if kid not in self.by_kid:
            raise UnknownKey(kid)
        return self.by_kid[kid]

    @classmethod
    def of(cls, jwks: list[dict[str, Any]]) -> "PublishedKeys":
        """Read a set of P-256 keys. Raises Untrusted."""
        keys = {}
        try:
            for jwk in jwks:
                key = ECAlgorithm.from_jwk(jwk)
                if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == ec.SECP256R1.name:
                    keys[str(jwk["kid"])] = key
        except (InvalidKeyError, KeyError, TypeError, ValueError, AttributeError):
            raise Untrusted(Reason.MALFORMED) from None
        return cls(keys)


def read(unverified: str, keys: PublicKeys, before: Pack | None = None) -> Pack:
    """Open a pack with the published keys; `before` is what its deltas are put on.

    Raises Untrusted, PackUnusable.
    """
    claims: dict[str, Any] = open_compact(
        unverified,
        keys,
        typ=TYP,
        names=NAMES,
        most_characters=MAX_PACK_CHARACTERS,
        read=lambda payload: {name: plain(value) for name, value in payload.items()},
    )
    pack_keys = PublishedKeys.of(claims["keys"])
    try:
        lists = {entry["id"]: _list(entry, pack_keys, before) for entry in claims["lists"]}
        return Pack(
            version=str(claims["version"]),
            issued_at=read_instant(claims["iat"]),
            expires_at=read_instant(claims["exp"]),
            max_age=timedelta(seconds=int(claims["max_age_seconds"])),
            keys=pack_keys,
            kinds={kind["code"]: kind["title"] for kind in claims["kinds"]},
            lists=lists,
            list_versions={entry["id"]: int(entry["version"]) for entry in claims["lists"]},
        )
    except (KeyError, TypeError, ValueError):
        raise Untrusted(Reason.MALFORMED) from None


def read_list(unverified: str, keys: PublicKeys, list_id: str) -> StatusList:
    """Open a status list token, which must be that list's. Raises Untrusted."""
    return open_compact(
        unverified,
        keys,
        typ=publishing.TYP,
        names=LIST_NAMES,
        most_characters=2 * encoding.MAX_CHARACTERS,
        read=lambda payload: _unpacked(payload, list_id),
    )


def clock_offset(pack: Pack, device_now: datetime) -> timedelta:
    """Return how far a device's clock is behind the server's, to be noted when it receives a pack."""
    return pack.issued_at - device_now.astimezone(UTC)


def _unpacked(payload: dict[str, Any], list_id: str) -> StatusList:
    content = plain(payload["status_list"])
    try:
        if payload["sub"] != publishing.path_of(list_id):
            raise Untrusted(Reason.MALFORMED)
        return encoding.unpack(content["lst"], content["bits"])
    except (StatusListMalformed, KeyError, TypeError):
        raise Untrusted(Reason.MALFORMED) from None


def _list(entry: dict[str, Any], keys: PublicKeys, before: Pack | None) -> StatusList:
    if "jwt" in entry:
        return read_list(entry["jwt"], keys, entry["id"])
    delta, known = entry["delta"], before.lists.get(entry["id"]) if before else None
    if known is None or before is None or before.list_versions[entry["id"]] < delta["from"]:
        raise PackUnusable(entry["id"])
    data = bytearray(known.data)
    for place, status in delta["entries"]:
        if not 0 <= place < known.size:
            raise Untrusted(Reason.MALFORMED)
        encoding.put(data, known.bits, place, ListStatus(status))
    return StatusList(known.bits, bytes(data))
