"""A genuine show token, what it is made of, and how to ask whether one is trusted."""

import base64
from datetime import UTC, datetime
from typing import Any

from identity.crypto.keyring import KeyRing
from tests.forging import sign
from wallet.showing.jws import Untrusted
from wallet.showing.reasons import Reason
from wallet.showing.token_codec import open_token

EXPIRES_AT = datetime(2026, 11, 22, 2, 1, tzinfo=UTC)
JTI = "AbCdEfGhIjKlMnOpQrStUw"
PAYLOAD = {"jti": JTI, "exp": int(EXPIRES_AT.timestamp())}


def refusal(unverified: str, keys: KeyRing) -> Reason | None:
    """Return why a token is refused, None if it is not."""
    try:
        open_token(unverified, keys)
    except Untrusted as untrusted:
        return untrusted.reason
    return None


def header(keys: KeyRing, **change: Any) -> dict[str, Any]:
    """Return the header of a genuine token, changed."""
    return {"alg": "ES256", "kid": keys.signing().kid, "typ": "lz"} | change


def ours(keys: KeyRing, head: Any, payload: Any) -> str:
    """Sign anything with our own key, as a forger with access to it would."""
    return sign(keys.signing().private, head, payload)


def decoded(part: str) -> bytes:
    """Return the bytes of a token's part."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
