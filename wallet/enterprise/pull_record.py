"""What a pull hands out (`typ: lz-pull`): `data`, which is the JWS's payload to the letter.

    {"jti": pull id, "aud": client id, "consent_id", "iat", "exp": end of the consent, "purpose": {code, text},
     "licences": [{"kind", "title", "status", "freshness", "as_of", "registry", "note", "annotation",
                   "fields": [{"key", "label", "type", "value", "masked"}]}],
     "missing": [{"kind", "title", "reason"}]}

Each licence is an annotated view (加注件): it says who has it, what for and until when, so that it is worth
nothing in other hands. A photo is not in it: its SHA-256 is, and where this client may fetch it for ten minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from identity.clock import SHANGHAI
from identity.crypto.signer import Signer, sign_compact
from wallet.disclosure import DisclosedField
from wallet.kinds import LicenceKind, all_kinds
from wallet.licences import Freshness
from wallet.status import LicenceStatus

TYP = "lz-pull"
PHOTO_LIFETIME = timedelta(minutes=10)
NOT_HELD, UNANSWERED = "not-held", "registry-unavailable"


@dataclass(frozen=True, slots=True)
class Annotation:
    """To whom a view is handed out, what for, and until when it is good."""

    organisation: str
    client: str
    purpose: str
    expires_at: datetime

    def said(self) -> dict[str, str]:
        """Return it as the view has it."""
        until = self.expires_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        return {
            "organisation": self.organisation,
            "client": self.client,
            "purpose": self.purpose,
            "expires_at": instant(self.expires_at),
            "text": f"仅供{self.organisation}用于{self.purpose}，{until}（北京时间）前有效，转作他用无效",
        }


@dataclass(frozen=True, slots=True)
class PulledLicence:
    """A licence that is handed out. `photo_digest` is the SHA-256 of its photo, where that is asked for."""

    kind: LicenceKind
    status: LicenceStatus
    freshness: Freshness
    as_of: datetime
    fields: list[DisclosedField]
    photo_digest: str | None


def payload(
    *,
    pull_id: str,
    client_id: str,
    consent_id: str,
    purpose: dict[str, str],
    annotation: Annotation,
    licences: Sequence[PulledLicence],
    missing: Sequence[dict[str, str]],
    now: datetime,
) -> dict[str, Any]:
    """Return `data`."""
    return {
        "jti": pull_id,
        "aud": client_id,
        "consent_id": consent_id,
        "iat": int(now.timestamp()),
        "exp": int(annotation.expires_at.timestamp()),
        "purpose": purpose,
        "licences": [
            _said(one, f"/v1/pulls/{pull_id}/photos/{place}", annotation, now)
            for place, one in enumerate(licences)
        ],
        "missing": list(missing),
    }


def sign(signer: Signer, data: dict[str, Any]) -> str:
    """Return `data` as a JWS."""
    return sign_compact(orjson.dumps(data), signer, TYP)


def absent(kind: str, reason: str) -> dict[str, str]:
    """Return how a kind is told of that the holder has no licence of."""
    return {"kind": kind, "title": all_kinds()[kind].title, "reason": reason}


def instant(moment: datetime) -> str:
    """Return an instant as the wire has it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _said(one: PulledLicence, photo_path: str, annotation: Annotation, now: datetime) -> dict[str, Any]:
    fresh = one.freshness is Freshness.FRESH
    return {
        "kind": one.kind.code,
        "title": one.kind.title,
        "status": one.status,
        "freshness": one.freshness,
        "as_of": instant(one.as_of),
        "registry": "ok" if fresh else "unavailable",
        "note": None if fresh else f"证照库暂时不可用，数据截至{instant(one.as_of)}",
        "annotation": annotation.said(),
        "fields": [
            {
                "key": field.key,
                "label": field.label,
                "type": field.type,
                "value": _photo(one, photo_path, now) if field.type == "image" else field.value,
                "masked": field.masked,
            }
            for field in one.fields
        ],
    }


def _photo(one: PulledLicence, path: str, now: datetime) -> dict[str, str] | None:
    if one.photo_digest is None:
        return None
    return {
        "path": path,
        "media_type": "image/png",
        "sha256": one.photo_digest,
        "available_until": instant(now + PHOTO_LIFETIME),
    }
