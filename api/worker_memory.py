"""A store of `limits` for one worker: a dictionary, swept when it has grown.

The library's own memory store starts a timer thread at nearly every hit in order to sweep; that costs a
request a quarter of a millisecond.
"""

import threading
import time

from limits.storage import Storage

# How many counters may lie about before those that are over are swept out.
SWEEP_AT = 10_000


class WorkerMemory(Storage):
    """Counters in this process, each until its window ends."""

    # Built directly, never from a URL.
    STORAGE_SCHEME = None

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: str) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._lock = threading.Lock()
        self._counters: dict[str, tuple[int, float]] = {}
        self._sweep_at = SWEEP_AT

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """Nothing can fail here."""
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count up, in a window of `expiry` seconds from its first hit; return the count."""
        now = time.time()
        with self._lock:
            count, ends_at = self._counters.get(key, (0, 0.0))
            if ends_at <= now:
                count, ends_at = 0, now + expiry
            self._counters[key] = count + amount, ends_at
            if len(self._counters) > self._sweep_at:
                self._sweep(now)
        return count + amount

    def get(self, key: str) -> int:
        """Return a count."""
        count, ends_at = self._counters.get(key, (0, 0.0))
        return count if ends_at > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """Return when a window ends, in seconds since the epoch."""
        return self._counters.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        """Tell that the store works."""
        return True

    def reset(self) -> int:
        """Forget every counter; return how many there were."""
        with self._lock:
            forgotten = len(self._counters)
            self._counters.clear()
        return forgotten

    def clear(self, key: str) -> None:
        """Forget a counter."""
        with self._lock:
            self._counters.pop(key, None)

    def _sweep(self, now: float) -> None:
        self._counters = {key: kept for key, kept in self._counters.items() if kept[1] > now}
        # A crowd of live counters is not walked through again until it has doubled.
        self._sweep_at = max(SWEEP_AT, 2 * len(self._counters))
