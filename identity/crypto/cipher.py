"""The PII cipher and the blind index: how personal data lies in the database.

A sealed value is  version (1 byte) ‖ length of kid (1) ‖ kid ‖ nonce (12) ‖ AES-256-GCM ciphertext and tag.
The associated data names table, column and row, so a value can't be moved to another row unnoticed.

A blind index is HMAC-SHA-256 of a normalised value under a key of its own: equal values can be found
without any of them being readable. It is keyed apart from the cipher, because rotating the cipher's
key re-encrypts rows one by one while an index must stay comparable across all of them.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from identity.crypto.keyring import Key, KeyRing, UnknownKey

VERSION = 1
NONCE_BYTES = 12


class CipherError(Exception):
    """A sealed value was altered, moved, or its key is gone."""


def head_of(kid: str) -> bytes:
    """Return what every value begins with that is sealed with a key."""
    return bytes((VERSION, len(kid))) + kid.encode()


class PiiCipher:
    """AES-256-GCM with the PII ring's keys (NIST SP 800-38D)."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._by_kid: dict[str, AESGCM] = {}

    @property
    def kid(self) -> str:
        """The key that seals now."""
        return self._ring.signing().kid

    def seal(self, plain: str | bytes, place: str) -> bytes:
        """Encrypt a value for one place, written `table.column:row id`."""
        key = self._ring.signing()
        nonce = os.urandom(NONCE_BYTES)
        data = plain.encode() if isinstance(plain, str) else plain
        return head_of(key.kid) + nonce + self._aead(key).encrypt(nonce, data, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt a value found at `place`. Raises CipherError."""
        try:
            kid_end = 2 + sealed[1]
            if sealed[0] != VERSION:
                raise ValueError(sealed[0])
            key = self._ring.trusted(sealed[2:kid_end].decode())
            nonce, data = sealed[kid_end : kid_end + NONCE_BYTES], sealed[kid_end + NONCE_BYTES :]
            return self._aead(key).decrypt(nonce, data, place.encode())
        except (IndexError, UnicodeDecodeError, UnknownKey, InvalidTag, ValueError) as error:
            msg = f"sealed value at {place} can't be opened"
            raise CipherError(msg) from error

    def open_text(self, sealed: bytes, place: str) -> str:
        """Decrypt text. Raises CipherError."""
        return self.open(sealed, place).decode()

    def _aead(self, key: Key) -> AESGCM:
        aead = self._by_kid.get(key.kid)
        if aead is None:
            aead = self._by_kid[key.kid] = AESGCM(key.secret)
        return aead


class BlindIndex:
    """HMAC-SHA-256 look-ups of values that lie encrypted."""

    def __init__(self, ring: KeyRing) -> None:
        # The ring names the key, which stays in the file (retired at last) however often the cipher's
        # key is rotated.
        self._key = HKDFExpand(SHA256(), 32, b"liangzheng blind index v1").derive(ring.index_key().secret)

    def of(self, label: str, value: str) -> bytes:
        """Return the 32-byte index of a value; `label` keeps kinds of values apart."""
        return hmac.new(self._key, f"{label}\0{value}".encode(), hashlib.sha256).digest()
