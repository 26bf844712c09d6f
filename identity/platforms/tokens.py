"""The access token of a system outside: fetched once, shared by all threads until it is about to expire.

WeChat gives every worker the same token until shortly before its end (`stable_token`), and allows only
20 forced renewals a day: one is asked for only where the platform itself still hands out what it refuses.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from identity.errors import DomainError, PlatformBusy

# The platform renews five minutes early, and lets the old token live that long.
RENEW_SECONDS = 300.0
NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token and how long it lives from now."""

    text: str = field(repr=False)
    seconds: float


class StableToken:
    """The token that all threads share."""

    def __init__(
        self,
        fetch: Callable[[bool], AccessToken],
        monotonic: Callable[[], float],
        busy: type[DomainError] = PlatformBusy,
    ) -> None:
        """Take how a token is fetched (by force if True; may raise a domain error) and a clock in seconds.

        `busy` is what those get who waited for a fetch that failed.
        """
        self._fetch, self._monotonic, self._busy = fetch, monotonic, busy
        self._turn = threading.Lock()
        # The token and when to renew it, in one: threads read it without waiting for their turn.
        self._held = ("", NEVER)
        self._failed_at = NEVER

    def get(self) -> str:
        """Return a token that is good for a while. Raises what fetching raises."""
        asked_at = self._monotonic()
        text, renew_at = self._held
        if asked_at < renew_at:
            return text
        with self._turn:
            text, renew_at = self._held
            return text if self._monotonic() < renew_at else self._fetched(asked_at, by_force=False)

    def instead_of(self, refused: str) -> str:
        """Return a token other than one that the platform refuses. Raises what fetching raises."""
        asked_at = self._monotonic()
        with self._turn:
            if self._held[0] != refused:
                # Another thread met the same refusal, and was here first.
                return self._held[0]
            fetched = self._fetched(asked_at, by_force=False)
            return fetched if fetched != refused else self._fetched(asked_at, by_force=True)

    def _fetched(self, asked_at: float, *, by_force: bool) -> str:
        if self._failed_at >= asked_at:
            # Whoever queued behind a failure shares it, or the queue would try one by one.
            raise self._busy
        try:
            token = self._fetch(by_force)
        except Exception:
            self._failed_at = self._monotonic()
            raise
        life = token.seconds - min(RENEW_SECONDS, token.seconds / 2)
        self._held = (token.text, self._monotonic() + life)
        return token.text
