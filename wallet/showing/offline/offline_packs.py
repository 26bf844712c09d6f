"""Offline packs (离线核验包): all that a verifier's device needs to judge offline codes, in one signed answer.

`typ: lz-pack`. A caller who says what it has (`since`, a pack's `version`) gets of each list only what changed
since then, where that is shorter. What a delta says of an entry is its status, not a difference: put on twice,
it comes to the same.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.crypto.keyring import KeyRing
from identity.crypto.signer import Signer, sign_compact
from identity.principals import StaffMember
from wallet.kinds import all_kinds
from wallet.showing.models import VerifierGrantRow
from wallet.showing.offline.pack_reading import TYP
from wallet.status_lists import blocks, publishing
from wallet.status_lists.publishing import PublishedList, StatusListDesk

# What a pack says of itself is fresh for this long, and stale until its end.
MAX_AGE = timedelta(hours=4)
LIFETIME = timedelta(hours=24)
# A changed entry takes about this much room in a delta.
CHARACTERS_AN_ENTRY = 8
# `aB3.17~x9Q.4`: lists and their versions. A bare number stands for every list.
SINCE = re.compile(r"[0-9]{1,15}|[A-Za-z0-9]{1,8}\.[0-9]{1,15}(~[A-Za-z0-9]{1,8}\.[0-9]{1,15}){0,63}")


@dataclass(frozen=True, slots=True)
class PackDesk:
    """Puts packs together and signs them."""

    ring: KeyRing
    signer: Signer
    status_lists: StatusListDesk

    def build(self, session: Session, verifier: StaffMember, since: str | None, now: datetime) -> str:
        """Return the pack of a verifier's organisation; `since` has the form of SINCE."""
        known = _versions(since)
        lists = [self.status_lists.publish(session, i, now) for i in publishing.all_ids(session)]
        issued = int(now.timestamp())
        claims = {
            "iat": issued,
            "exp": issued + int(LIFETIME.total_seconds()),
            "server_time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "max_age_seconds": int(MAX_AGE.total_seconds()),
            "version": "~".join(f"{published.id}.{published.version}" for published in lists),
            "organisation": verifier.organisation_code,
            "kinds": _kinds(session, verifier),
            "keys": self.ring.jwks(),
            "lists": [_list(session, published, known) for published in lists],
        }
        payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()
        return sign_compact(payload, self.signer, TYP)


def _versions(since: str | None) -> dict[str, int] | int:
    if since is None:
        return {}
    if since.isdigit():
        return int(since)
    pairs = (pair.split(".") for pair in since.split("~"))
    return {list_id: int(version) for list_id, version in pairs}


def _list(session: Session, published: PublishedList, known: dict[str, int] | int) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": published.id, "version": published.version}
    version = known if isinstance(known, int) else known.get(published.id, 0)
    # Nobody has version 0, and who says to have one that is yet to come has none that could be built upon.
    if not 0 < version <= published.version:
        return entry | {"jwt": published.jwt}
    most = len(published.jwt) // CHARACTERS_AN_ENTRY
    changed = blocks.changed_since(session, published.id, version, most)
    if changed is None:
        return entry | {"jwt": published.jwt}
    delta = {"from": version, "entries": [[place, status] for place, status in changed.items()]}
    return entry | {"delta": delta}


def _kinds(session: Session, verifier: StaffMember) -> list[dict[str, str]]:
    granted = select(VerifierGrantRow.kind).where(
        VerifierGrantRow.organisation_id == verifier.organisation_id,
    )
    codes = set(session.scalars(granted))
    return [
        {"code": kind.code, "title": kind.title}
        for kind in all_kinds().values()
        if kind.offline_allowed and kind.code in codes
    ]
