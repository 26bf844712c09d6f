"""Asking registries side by side, with a limit on how long any of them is waited for."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum

import structlog

from identity.errors import RegistryUnavailable
from wallet.registries.protocol import LicenceRegistry, RegistryRecord

PATIENCE_SECONDS = 3.0
# Two syncs' worth of questions at a time; a third waits its turn inside its own patience.
MAX_QUESTIONS = 32

log = structlog.get_logger(__name__)


class AnswerStatus(StrEnum):
    """How asking a registry went."""

    OK = "ok"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """What one registry said about a holder. `records` is empty unless status is ok."""

    code: str
    name: str
    status: AnswerStatus
    records: tuple[RegistryRecord, ...] = ()

    @property
    def found(self) -> int:
        """How many licences it has."""
        return len(self.records)


class RegistryDesk:
    """All registries of this installation, and the threads that ask them."""

    def __init__(self, registries: Sequence[LicenceRegistry]) -> None:
        self._registries = {registry.code: registry for registry in registries}
        self._threads = ThreadPoolExecutor(MAX_QUESTIONS, thread_name_prefix="registry")

    def ask_all(self, id_number: str) -> list[RegistryAnswer]:
        """Ask every registry for a holder's licences; none waits for another."""
        asked = [
            (registry, self._threads.submit(registry.by_holder, id_number))
            for registry in self._registries.values()
        ]
        wait([future for _, future in asked], timeout=PATIENCE_SECONDS)
        return [_answer(registry, future) for registry, future in asked]

    def ask_one(self, code: str, identifier: str) -> RegistryRecord | None:
        """Ask one registry for one licence. Raises RegistryUnavailable, also when it is too slow."""
        registry = self._registries.get(code)
        if registry is None:
            raise RegistryUnavailable
        question: Callable[[str], RegistryRecord | None] = registry.by_identifier
        future = self._threads.submit(question, identifier)
        try:
            error = future.exception(timeout=PATIENCE_SECONDS)
        except TimeoutError as late:
            raise RegistryUnavailable from late
        if error is None:
            return future.result()
        _note(registry, error)
        raise RegistryUnavailable from error

    def close(self) -> None:
        """Let the threads go without waiting for slow registries."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _answer(registry: LicenceRegistry, future: Future[list[RegistryRecord]]) -> RegistryAnswer:
    if not future.done():
        future.cancel()
        return RegistryAnswer(registry.code, registry.name, AnswerStatus.TIMEOUT)
    try:
        records = tuple(future.result())
    except Exception as error:  # noqa: BLE001  whatever a registry's client raises, or returns
        _note(registry, error)
    else:
        return RegistryAnswer(registry.code, registry.name, AnswerStatus.OK, records)
    return RegistryAnswer(registry.code, registry.name, AnswerStatus.UNAVAILABLE)


def _note(registry: LicenceRegistry, error: BaseException) -> None:
    # One registry's nonsense must not cost the citizen the other fifteen; who runs it has to know.
    if not isinstance(error, RegistryUnavailable):
        log.error("registry failed", registry=registry.code, error=type(error).__name__)
