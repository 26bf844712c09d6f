"""The record of a consent: what was agreed to, as a signed JWS that both sides keep (`typ: lz-consent`).

It names who may pull what, why, until when and how often, and as what somebody agreed; whose data it is, only
the consent's id leads to.
"""

import json
from datetime import datetime

from identity.acting import ActorWord
from identity.crypto.signer import Signer, sign_compact
from wallet.enterprise.items import Item
from wallet.enterprise.request_views import ConsentRequest
from wallet.kinds import all_kinds

TYP = "lz-consent"


def sign(
    signer: Signer,
    request: ConsentRequest,
    *,
    consent_id: str,
    items: tuple[Item, ...],
    actor: ActorWord,
    level: int,
    approved_at: datetime,
    expires_at: datetime,
) -> str:
    """Return the signed record of a consent to a request."""
    claims = {
        "jti": consent_id,
        "iat": int(approved_at.timestamp()),
        "exp": int(expires_at.timestamp()),
        "aud": request.requester.client_id,
        "request_id": request.id,
        "client": {"id": request.requester.client_id, "name": request.requester.client_name},
        "organisation": {"code": request.requester.code, "name": request.requester.name},
        "purpose": {"code": request.purpose.code, "text": request.purpose.text},
        "items": [
            {"kind": item.kind, "title": all_kinds()[item.kind].title, "fields": item.fields}
            for item in items
        ],
        "uses": request.uses,
        "actor": actor,
        "assurance_level": level,
    }
    return sign_compact(json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode(), signer, TYP)
