"""Rate limits, counted in Redis when there is one, else in each worker's memory.

Every route has two without asking for them: of an address, counted before anything else, and of an account,
counted once it is known who calls. A route may name a third, tighter one.

This is the engine of Flask-Limiter without its wrapping: that counts before a route's guard knows the caller,
and costs a request 90 µs where this costs 14.
"""

import ipaddress
import time
from collections.abc import Callable
from functools import wraps

import structlog
from flask import Flask, Response, current_app, request
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from api.call import Call
from api.callers import caller_of
from api.config import Config, RateLimits
from api.errors import TooManyRequests
from api.worker_memory import WorkerMemory

View = Callable[..., Response]
ADDRESS, ACCOUNT = "address", "account"
LOGINS, SHOWS, VERIFICATIONS, REAL_NAME = "logins", "shows", "verifications", "real_name"
STAFF_TRIES, STAFF_GUESSES, CLIENT_TRIES = "staff_tries", "staff_guesses", "client_tries"
EXTENSION = "lz-limits"
NO_ROUTE = "(none)"
# Who has one IPv6 address has its whole /64.
IPV6_PREFIX = 64
# Seconds. A counter that hangs must not hang whoever waits with a code in front of a scanner.
REDIS_PATIENCE = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}

log = structlog.get_logger(__name__)


class Limits:
    """Counts requests per window."""

    def __init__(self, config: Config) -> None:
        url = config.redis_url
        store = storage_from_string(url, **REDIS_PATIENCE) if url else WorkerMemory()
        self._counter = FixedWindowRateLimiter(store)
        self._rates: dict[str, RateLimitItem] = {
            name: parse(getattr(config.rate_limits, name)) for name in RateLimits.__slots__
        }

    def count(self, name: str, *who: str) -> None:
        """Count a request. Raises TooManyRequests."""
        rate = self._rates[name]
        try:
            allowed = self._counter.hit(rate, name, *who)
        except Exception as error:  # noqa: BLE001  whatever the store's client raises
            # Without its counters the service goes on: a limit is a guard against abuse, not a lock.
            log.warning("rate limit store unavailable", error=type(error).__name__)
            return
        if not allowed:
            reset_at = self._counter.get_window_stats(rate, name, *who).reset_time
            raise TooManyRequests(max(1, int(reset_at - time.time()) + 1))


def register(app: Flask, limits: Limits) -> None:
    """Count every request of an app by its address and route."""
    app.extensions[EXTENSION] = limits
    app.before_request(lambda: limits.count(ADDRESS, address(), _route()))


def count(name: str, *who: str) -> None:
    """Count a request of the app that runs. Raises TooManyRequests."""
    limits: Limits = current_app.extensions[EXTENSION]
    limits.count(name, *who)


def count_caller(call: Call) -> None:
    """Count a request by who calls, on this route. Raises TooManyRequests."""
    if call.principal:
        count(ACCOUNT, caller_of(call), _route())


def limited(view: View, name: str) -> View:
    """Wrap a view so that calls of an account (before login: of an address) are counted."""

    @wraps(view)
    def wrapper(call: Call, *args: object, **path: object) -> Response:
        count(name, caller_of(call) if call.principal else f"address:{address()}")
        return view(call, *args, **path)

    return wrapper


def address() -> str:
    """Return the caller's address, as far as the proxies in front are our own."""
    sent = request.remote_addr or ""
    try:
        known = ipaddress.ip_address(sent)
    except ValueError:
        return sent
    if isinstance(known, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((known, IPV6_PREFIX), strict=False))
    return str(known)


def _route() -> str:
    return request.url_rule.rule if request.url_rule else NO_ROUTE
