"""The signature of WeChat's open data (`signature = sha1(rawData + session_key)`).

It proves to whoever holds a session_key that data a client brings is the platform's. SHA-1 is the platform's choice.
"""

import hashlib


def signature_of(raw_data: str, session_key: str) -> str:
    """Return the lower-case hex signature of open data."""
    return hashlib.sha1((raw_data + session_key).encode(), usedforsecurity=False).hexdigest()
