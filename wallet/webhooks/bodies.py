"""What is sent: a compact ES256 JWS (`typ: lz-webhook`) of `{id, type, at, resource_id}`, and nothing of a person.

The challenge is such a body too, with `challenge` beside them, so that a receiver reads one form.
"""

import json
from datetime import UTC, datetime

from identity.crypto.signer import Signer, sign_compact

TYP = "lz-webhook"
CHALLENGE = "webhook.challenge"


def event(signer: Signer, *, event_id: str, event_type: str, at: datetime, resource_id: str) -> bytes:
    """Return the body that tells of an event."""
    return _signed(signer, {"id": event_id, "type": event_type, "at": _said(at), "resource_id": resource_id})


def challenge(signer: Signer, *, challenge_id: str, webhook_id: str, value: str, at: datetime) -> bytes:
    """Return the body that asks a receiver whether it is one."""
    claims = {"id": challenge_id, "type": CHALLENGE, "at": _said(at), "resource_id": webhook_id}
    return _signed(signer, claims | {"challenge": value})


def _signed(signer: Signer, claims: dict[str, str]) -> bytes:
    payload = json.dumps(claims, separators=(",", ":"))
    return sign_compact(payload.encode(), signer, TYP).encode()


def _said(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
