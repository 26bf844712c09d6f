"""Trials: some lists give their last place to a service that too few people have used to be ranked."""

import zlib

from hotservices.signals.settings import DAY, Settings

_HASH_RANGE = 2**32


def draw(settings: Settings, user: str | None, k: int, at: int) -> int | None:
    """Return the lot that a list of `k` at `at` seconds has drawn, None for one that tries nothing out.

    It depends on the person and the day alone, so that a list does not flicker.
    """
    if k < settings.exploration_from:
        return None
    lot = zlib.crc32(f"{user} {int(at // DAY)}".encode())
    return lot if lot < settings.exploration_rate * _HASH_RANGE else None
