"""The challenge: before anything is told to a server, it says back a value that nobody can guess.

So nobody makes us send to a server that does not expect it. The value travels in the signed body (`challenge`) and,
for receivers that read no JWS yet, in the header `Webhook-Challenge`. The answer is 2xx within the usual time, and its
body is the value as plain text, or JSON `{"challenge": value}`, or the signed body itself, sent back as it came.
"""

import hmac
import json
import secrets
from datetime import datetime

from identity.crypto.signer import Signer
from identity.ids import new_id
from wallet.webhooks import bodies
from wallet.webhooks.errors import WebhookChallengeFailed
from wallet.webhooks.sending import Sender
from wallet.webhooks.urls import Endpoint

HEADER = "Webhook-Challenge"
WRONG_ANSWER = "wrong-answer"
MAX_ANSWER_BYTES = 4096


def ask(sender: Sender, signer: Signer, endpoint: Endpoint, webhook_id: str, now: datetime) -> None:
    """Challenge a receiver. Raises WebhookChallengeFailed."""
    value = secrets.token_urlsafe(32)
    body = bodies.challenge(signer, challenge_id=new_id(), webhook_id=webhook_id, value=value, at=now)
    attempt = sender.post(endpoint, body, {HEADER: value}, read=MAX_ANSWER_BYTES)
    if attempt.error:
        raise WebhookChallengeFailed(attempt.error)
    if not _is_answer(attempt.body, value.encode(), body):
        raise WebhookChallengeFailed(WRONG_ANSWER)


def _is_answer(unverified: bytes, value: bytes, body: bytes) -> bool:
    if len(unverified) > MAX_ANSWER_BYTES:
        return False
    said = unverified.strip()
    return any(hmac.compare_digest(said, right) for right in (value, body)) or hmac.compare_digest(
        _in_json(said), value
    )


def _in_json(said: bytes) -> bytes:
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return b""
    inside = found.get("challenge") if isinstance(found, dict) else None
    return inside.encode(errors="replace") if isinstance(inside, str) else b""
