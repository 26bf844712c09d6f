"""Asking registries side by side, with a limit on how long any of them is waited for."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import structlog

from identity.errors import RegistryUnavailable
from wallet.registries.protocol import LicenceRegistry, PartialList, RegistryRecord

PATIENCE_SECONDS = 3.0
# Of one registry. Each has threads of its own, so that a slow one keeps nobody else's.
MAX_QUESTIONS = 4

Answered = TypeVar("Answered")

log = structlog.get_logger(__name__)


class AnswerStatus(StrEnum):
    """How asking a registry went."""

    OK = "ok"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """What one registry said about a holder. `records` is empty unless status is ok.

    Not `complete` where some of its records could not be read: those may be licences that we know.
    """

    code: str
    name: str
    status: AnswerStatus
    records: tuple[RegistryRecord, ...] = ()
    complete: bool = True

    @property
    def found(self) -> int:
        """How many licences it has."""
        return len(self.records)


class _Line:
    """The way to one registry: its threads, and how many questions it still owes an answer to."""

    def __init__(self, registry: LicenceRegistry) -> None:
        self.registry = registry
        self._threads = ThreadPoolExecutor(MAX_QUESTIONS, thread_name_prefix=f"registry-{registry.code}")
        self._late: set[Future[Any]] = set()

    def ask(self, question: Callable[..., Answered], *about: str | None) -> Future[Answered] | None:
        """Send a question off; None when all threads hang on questions that were given up long ago."""
        if len(self._late) >= MAX_QUESTIONS:
            return None
        return self._threads.submit(question, *about)

    def give_up(self, future: Future[Any]) -> None:
        """Stop waiting; the thread that asked is only free again when the registry lets go of it."""
        if not future.cancel():
            self._late.add(future)
            future.add_done_callback(self._late.discard)

    def close(self) -> None:
        """Let the threads go without waiting for them."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class RegistryDesk:
    """All registries of this installation. None waits for another, and a stuck one is not waited for."""

    def __init__(self, registries: Sequence[LicenceRegistry]) -> None:
        self._lines = {registry.code: _Line(registry) for registry in registries}

    def ask_all(self, id_number: str) -> list[RegistryAnswer]:
        """Ask every registry for a holder's licences, side by side."""
        asked = [(line, line.ask(line.registry.by_holder, id_number)) for line in self._lines.values()]
        wait([future for _, future in asked if future is not None], timeout=PATIENCE_SECONDS)
        return [_answer(line, future) for line, future in asked]

    def ask_one(
        self,
        code: str,
        identifier: str,
        patience: float | None = None,
        holder_number: str | None = None,
    ) -> RegistryRecord | None:
        """Ask one registry for one licence. Raises RegistryUnavailable, also when it is too slow."""
        line = self._lines.get(code)
        future = line.ask(line.registry.by_identifier, identifier, holder_number) if line else None
        if line is None or future is None:
            raise RegistryUnavailable
        try:
            error = future.exception(timeout=PATIENCE_SECONDS if patience is None else patience)
        except TimeoutError as late:
            line.give_up(future)
            raise RegistryUnavailable from late
        if error is None:
            return future.result()
        _note(line.registry, error)
        raise RegistryUnavailable from error

    def close(self) -> None:
        """Let the threads go without waiting for slow registries."""
        for line in self._lines.values():
            line.close()


def _answer(line: _Line, future: Future[list[RegistryRecord]] | None) -> RegistryAnswer:
    registry = line.registry
    if future is None or not future.done():
        if future is not None:
            line.give_up(future)
        return RegistryAnswer(registry.code, registry.name, AnswerStatus.TIMEOUT)
    try:
        found = future.result()
        records = tuple(found)
    except Exception as error:  # noqa: BLE001  whatever a registry's client raises, or returns
        _note(registry, error)
    else:
        return RegistryAnswer(
            registry.code, registry.name, AnswerStatus.OK, records, not isinstance(found, PartialList)
        )
    return RegistryAnswer(registry.code, registry.name, AnswerStatus.UNAVAILABLE)


def _note(registry: LicenceRegistry, error: BaseException) -> None:
    # One registry's nonsense must not cost the citizen the other fifteen; who runs it has to know.
    if not isinstance(error, RegistryUnavailable):
        log.error("registry failed", registry=registry.code, error=type(error).__name__)
