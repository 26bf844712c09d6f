"""A circuit breaker per registry: who has failed often is left alone for a while, then tried by one question.

closed ──5 failures in a row──► open ──10 s──► half open ──it answers──► closed
                                 ▲                 └──────it fails─────────┘ open again
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from identity.errors import RegistryUnavailable
from wallet.errors import RegistryRefuses
from wallet.registries.protocol import LicenceRegistry, RegistryRecord

FAILURES_TO_OPEN = 5
OPEN_FOR = timedelta(seconds=10)
# A trial that never came back (its thread died) must not keep the circuit half open for ever.
TRIAL_LASTS = timedelta(seconds=30)

Answered = TypeVar("Answered")


class CircuitState(StrEnum):
    """Whether questions go through."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


class Breaker:
    """Counts failures and decides whether to ask. Threads share it."""

    def __init__(
        self,
        now: Callable[[], datetime],
        on_change: Callable[[CircuitState], None] = lambda _state: None,
    ) -> None:
        self._now, self._on_change = now, on_change
        self._lock = threading.Lock()
        self._failures = 0
        self._state = CircuitState.CLOSED
        self._since = now()
        on_change(self._state)

    @property
    def state(self) -> CircuitState:
        """The state as the last question left it."""
        return self._state

    def admits(self) -> bool:
        """Tell whether to ask; of those who come when the circuit half opens, one may."""
        with self._lock:
            if self._state is CircuitState.CLOSED:
                return True
            rest = OPEN_FOR if self._state is CircuitState.OPEN else TRIAL_LASTS
            waited = self._now() - self._since
            # A clock that was put back would keep it open for as long as that.
            if timedelta(0) <= waited < rest:
                return False
            self._become(CircuitState.HALF_OPEN)
            return True

    def succeeded(self) -> None:
        """Note that the registry answered."""
        with self._lock:
            self._failures = 0
            if self._state is not CircuitState.CLOSED:
                self._become(CircuitState.CLOSED)

    def failed(self) -> None:
        """Note that it did not."""
        with self._lock:
            self._failures += 1
            tried = self._state is CircuitState.HALF_OPEN
            if tried or (self._state is CircuitState.CLOSED and self._failures >= FAILURES_TO_OPEN):
                self._become(CircuitState.OPEN)

    def _become(self, state: CircuitState) -> None:
        self._state, self._since = state, self._now()
        self._on_change(state)


class GuardedRegistry:
    """A registry behind a circuit breaker."""

    def __init__(self, registry: LicenceRegistry, breaker: Breaker) -> None:
        self._registry, self.breaker = registry, breaker
        self.code, self.name = registry.code, registry.name

    def by_holder(self, id_number: str) -> list[RegistryRecord]:
        """See LicenceRegistry."""
        return self._guarded(lambda: self._registry.by_holder(id_number))

    def by_identifier(self, identifier: str, holder_number: str | None = None, /) -> RegistryRecord | None:
        """See LicenceRegistry."""
        return self._guarded(lambda: self._registry.by_identifier(identifier, holder_number))

    def _guarded(self, ask: Callable[[], Answered]) -> Answered:
        if not self.breaker.admits():
            raise RegistryUnavailable
        try:
            answer = ask()
        except RegistryRefuses:
            # It is there, and says no.
            self.breaker.succeeded()
            raise
        except BaseException:
            self.breaker.failed()
            raise
        self.breaker.succeeded()
        return answer
