"""Client secrets: 256 random bits, shown once, kept as a digest.

A plain SHA-256 is enough. Argon2 and salts make guessing dear where people choose passwords that can be guessed;
nobody guesses 256 random bits, with or without the digest in hand, and a slow hash would only let strangers keep us
busy.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

# Scanners that look for secrets in repositories know them by it.
PREFIX = "lzcs_"
SECRET_BYTES = 32
MAX_CHARACTERS = 200
MAX_ACTIVE = 2


def new_secret() -> str:
    """Make a secret: visible ASCII that percent-encoding leaves as it is."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def matching(unverified: str, digests: Sequence[bytes]) -> int | None:
    """Return the place of the digest that a secret has, None without one.

    The time taken tells neither which it is, nor how many there are, nor how near a guess came.
    """
    wanted = digest(unverified[: MAX_CHARACTERS + 1])
    nobodys = [bytes(len(wanted))] * (MAX_ACTIVE - len(digests))
    hits = [hmac.compare_digest(wanted, one) for one in (*digests, *nobodys)]
    return hits.index(True) if any(hits) else None
