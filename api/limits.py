"""Rate limits, counted in Redis when there is one, else in each worker's memory."""

import time
from collections.abc import Callable
from functools import wraps

import structlog
from flask import Response, current_app, request
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from api.call import Call
from api.config import Config
from api.errors import TooManyRequests
from api.guards import caller_of
from api.worker_memory import WorkerMemory
from identity.errors import DomainError

View = Callable[..., Response]
LOGINS, SHOWS, VERIFICATIONS = "logins", "shows", "verifications"
EXTENSION = "lz-limits"
# Seconds. A counter that hangs must not hang whoever waits with a code in front of a scanner.
REDIS_PATIENCE = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}

log = structlog.get_logger(__name__)


class Limits:
    """Counts requests per window."""

    def __init__(self, config: Config) -> None:
        url = config.redis_url
        store = storage_from_string(url, **REDIS_PATIENCE) if url else WorkerMemory()
        self._counter = FixedWindowRateLimiter(store)
        rates = config.rate_limits
        self._rates: dict[str, RateLimitItem] = {
            LOGINS: parse(rates.logins),
            SHOWS: parse(rates.shows),
            VERIFICATIONS: parse(rates.verifications),
        }

    def count(self, name: str, who: str) -> None:
        """Count a request. Raises TooManyRequests."""
        rate = self._rates[name]
        try:
            allowed = self._counter.hit(rate, name, who)
        except DomainError:
            raise
        except Exception as error:  # noqa: BLE001  whatever the store's client raises
            # Without its counters the service goes on: a limit is a guard against abuse, not a lock.
            log.warning("rate limit store unavailable", error=type(error).__name__)
            return
        if not allowed:
            reset_at = self._counter.get_window_stats(rate, name, who).reset_time
            raise TooManyRequests(max(1, int(reset_at - time.time()) + 1))


def limited(view: View, name: str) -> View:
    """Wrap a view so that calls of an account (before login: of an address) are counted."""

    @wraps(view)
    def wrapper(call: Call, *args: object, **path: object) -> Response:
        who = caller_of(call) if call.principal else f"address:{request.remote_addr}"
        limits: Limits = current_app.extensions[EXTENSION]
        limits.count(name, who)
        return view(call, *args, **path)

    return wrapper
