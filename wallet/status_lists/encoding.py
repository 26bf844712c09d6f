"""Status lists as bytes and as text (IETF draft-ietf-oauth-status-list, section 4).

Every entry has 1, 2, 4 or 8 bits, entry 0 in the lowest bits of the first byte. On the wire the bytes are
compressed with DEFLATE in the ZLIB format (RFC 1950) and written in base64url.
"""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass
from enum import IntEnum

WIDTHS = (1, 2, 4, 8)
COMPRESSION = 9
# 2^20 entries of 8 bits. What claims to be larger when it's unpacked is none of ours.
MAX_BYTES = 2**20
MAX_CHARACTERS = 2 * MAX_BYTES

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")


class ListStatus(IntEnum):
    """What a list says of an entry (section 7.1)."""

    VALID = 0
    INVALID = 1
    SUSPENDED = 2


class StatusListMalformed(ValueError):
    """Not a status list, or larger than one may be."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """An unpacked list."""

    bits: int
    data: bytes

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self.data) * 8 // self.bits

    def status(self, index: int) -> int:
        """Return an entry. Raises IndexError."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        byte, shift = divmod(index * self.bits, 8)
        return self.data[byte] >> shift & (1 << self.bits) - 1


def put(data: bytearray, bits: int, index: int, status: int) -> None:
    """Set an entry. Raises IndexError."""
    byte, shift = divmod(index * bits, 8)
    mask = (1 << bits) - 1 << shift
    data[byte] = data[byte] & ~mask | status << shift


def pack(data: bytes) -> str:
    """Return the `lst` of a list's bytes."""
    return base64.urlsafe_b64encode(zlib.compress(data, COMPRESSION)).rstrip(b"=").decode()


def unpack(unverified: str, bits: int) -> StatusList:
    """Return the list that an `lst` holds. Raises StatusListMalformed, before it has grown past MAX_BYTES."""
    if bits not in WIDTHS or len(unverified) > MAX_CHARACTERS or not _BASE64URL.fullmatch(unverified):
        raise StatusListMalformed
    inflater = zlib.decompressobj()
    try:
        packed = base64.urlsafe_b64decode(unverified + "=" * (-len(unverified) % 4))
        data = inflater.decompress(packed, MAX_BYTES)
    except (zlib.error, binascii.Error) as error:
        raise StatusListMalformed from error
    if not inflater.eof or inflater.unused_data or not data:
        raise StatusListMalformed
    return StatusList(bits, data)
