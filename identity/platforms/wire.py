"""HTTP to a system outside: how long it is waited for, what is asked again, which answers are believed.

Every kind of trouble becomes one domain error that the owner of the line chooses. Nothing of a question
or an answer gets into a log or an exception: both hold secrets and people.
"""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

import httpx
import orjson
import structlog

from identity.errors import DomainError

MAX_ANSWER_BYTES = 256 * 1024
JSON_TYPE = "application/json"
# Closed before most servers would: a code that goes down a dying connection is lost, since nobody can
# tell whether it was read.
IDLE_SECONDS = 3.0
OK, TOO_MANY_REQUESTS, SERVER_ERROR = 200, 429, 500

Read = TypeVar("Read")

log = structlog.get_logger(__name__)
# httpx writes every URL into its log, and WeChat's hold the secret, codes and access tokens.
logging.getLogger("httpx").addFilter(lambda _record: False)


class Trouble(StrEnum):
    """What can be wrong with an attempt."""

    UNREACHABLE = "unreachable"  # nothing was sent
    BUSY = "busy"  # it says that it did nothing, and to come again
    RATE = "rate"
    LATE = "late"
    CUT = "cut"
    FAILED = "failed"  # it says that it failed, and perhaps not before it had begun
    REFUSED = "refused"
    TOO_LARGE = "too-large"
    WRONG_TYPE = "wrong-type"
    NOT_JSON = "not-json"
    WRONG_SHAPE = "wrong-shape"
    BAD_SIGNATURE = "bad-signature"


# Repeating can't do harm: nothing was done. The others may be repeated where doing it twice is doing it once.
NOTHING_DONE = frozenset({Trouble.UNREACHABLE, Trouble.BUSY})
MAY_BE_DONE = frozenset({Trouble.LATE, Trouble.CUT, Trouble.FAILED})


class Unusable(Exception):
    """An answer can't be used. Stays inside this package; `Line.ask` turns it into a domain error."""

    def __init__(self, trouble: Trouble = Trouble.WRONG_SHAPE) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, and how often asked again (a pause each, times a half to one and a half)."""

    connect_seconds: float = 2.0
    answer_seconds: float = 3.0
    # No further attempt begins after this. Binding a name asks up to seven times in a row, within a key's lease.
    total_seconds: float = 4.0
    pauses: tuple[float, ...] = (0.1, 0.4)
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = secrets.SystemRandom().random
    monotonic: Callable[[], float] = time.monotonic


DEFAULT_PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Question:
    """A request. `name` is its word in the log; `idempotent` says that asking twice is asking once."""

    name: str
    method: str
    path: str
    idempotent: bool
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object, as text and as values."""

    text: str = field(repr=False)
    body: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that gave no answer, and the HTTP status if there was one."""

    trouble: Trouble
    status: int | None = None


def _believe(_body: dict[str, Any]) -> Trouble | None:
    return None


@dataclass(frozen=True, slots=True)
class Manners:
    """What is peculiar to a system.

    `refuse` makes the domain error of a trouble. `content_types` are those that its JSON comes under.
    `trouble_in` finds the trouble that a readable answer tells of.
    """

    system: str
    refuse: Callable[[Trouble], DomainError]
    content_types: frozenset[str] = frozenset({JSON_TYPE})
    trouble_in: Callable[[dict[str, Any]], Trouble | None] = _believe
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Line:
    """The way to one system. Threads share it."""

    def __init__(self, base_url: str, manners: Manners, patience: Patience = DEFAULT_PATIENCE) -> None:
        self._base_url = base_url.rstrip("/")
        self._manners, self._patience = manners, patience
        self._client = httpx.Client(
            # Unpacked answers have no bounds that could be known beforehand.
            headers={"Accept": JSON_TYPE, "Accept-Encoding": "identity", **manners.headers},
            timeout=httpx.Timeout(patience.answer_seconds, connect=patience.connect_seconds),
            limits=httpx.Limits(max_connections=32, keepalive_expiry=IDLE_SECONDS),
            # No proxies, certificates or passwords out of the environment.
            trust_env=False,
            follow_redirects=False,
        )

    def ask(self, question: Question, read: Callable[[Answer], Read]) -> Read:
        """Ask, and return what `read` makes of the answer; it may raise Unusable or a domain error.

        Raises what the manners say for a trouble, after the retries that are allowed.
        """
        outcome = self._attempts(question)
        if isinstance(outcome, Answer):
            try:
                return read(outcome)
            except Unusable as unusable:
                outcome = Failure(unusable.trouble)
        self._note(question, outcome)
        raise self._manners.refuse(outcome.trouble)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _attempts(self, question: Question) -> Answer | Failure:
        patience = self._patience
        deadline = patience.monotonic() + patience.total_seconds
        outcome = self._attempt(question)
        for pause in patience.pauses:
            if isinstance(outcome, Answer) or not _may_repeat(question, outcome.trouble):
                break
            wait = pause * (0.5 + patience.random())
            if patience.monotonic() + wait >= deadline:
                break
            patience.sleep(wait)
            outcome = self._attempt(question)
        return outcome

    def _attempt(self, question: Question) -> Answer | Failure:
        # Errors of httpx hold the request, and with it its secrets: none of them leaves this function.
        try:
            with self._client.stream(
                question.method,
                self._base_url + question.path,
                params=dict(question.query) or None,
                json=question.json,
                data=question.form,
            ) as response:
                return self._distrust(response) or self._read(response)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return Failure(Trouble.UNREACHABLE)
        except httpx.TimeoutException:
            return Failure(Trouble.LATE)
        except httpx.HTTPError:
            return Failure(Trouble.CUT)

    def _distrust(self, response: httpx.Response) -> Failure | None:
        status = response.status_code
        if status == TOO_MANY_REQUESTS:
            return Failure(Trouble.RATE, status)
        if status >= SERVER_ERROR:
            return Failure(Trouble.FAILED, status)
        if status != OK:
            return Failure(Trouble.REFUSED, status)
        packed = response.headers.get("content-encoding", "identity") != "identity"
        if packed or not self._is_expected(response.headers.get("content-type", "")):
            return Failure(Trouble.WRONG_TYPE)
        return None

    def _is_expected(self, content_type: str) -> bool:
        kind, *parameters = (part.strip() for part in content_type.lower().split(";"))
        charsets = {
            part.removeprefix("charset=").strip('"') for part in parameters if part.startswith("charset=")
        }
        return kind in self._manners.content_types and charsets <= {"utf-8"}

    def _read(self, response: httpx.Response) -> Answer | Failure:
        patience, content = self._patience, bytearray()
        deadline = patience.monotonic() + patience.answer_seconds
        for chunk in response.iter_raw():
            content += chunk
            if len(content) > MAX_ANSWER_BYTES:
                return Failure(Trouble.TOO_LARGE)
            # Each read has its time-out; who drips a byte at a time would never meet it.
            if patience.monotonic() > deadline:
                return Failure(Trouble.LATE)
        try:
            body = orjson.loads(content)
        except orjson.JSONDecodeError:
            return Failure(Trouble.NOT_JSON)
        if not isinstance(body, dict):
            return Failure(Trouble.WRONG_SHAPE)
        trouble = self._manners.trouble_in(body)
        return Failure(trouble) if trouble else Answer(content.decode(), body)

    def _note(self, question: Question, failure: Failure) -> None:
        log.warning(
            "a system outside failed",
            system=self._manners.system,
            call=question.name,
            trouble=failure.trouble.value,
            status=failure.status,
        )


def _may_repeat(question: Question, trouble: Trouble) -> bool:
    return trouble in NOTHING_DONE or (question.idempotent and trouble in MAY_BE_DONE)


def text_in(body: Mapping[str, Any], name: str, most: int = 2048) -> str:
    """Return a text of an answer that is not empty. Raises Unusable."""
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise Unusable
    return value


def number_in(body: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """Return a whole number of an answer. Raises Unusable."""
    value = body.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unusable
    return value


def flag_in(body: Mapping[str, Any], name: str) -> bool:
    """Return a yes or no of an answer. Raises Unusable."""
    value = body.get(name)
    if not isinstance(value, bool):
        raise Unusable
    return value


def object_in(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return an object of an answer. Raises Unusable."""
    value = body.get(name)
    if not isinstance(value, dict):
        raise Unusable
    return value
