"""One POST to a stranger's server: to an address that was checked, in bounded time, believing little of the answer.

No redirect is followed, no proxy or certificate is taken from the environment, nothing is unpacked, and of the answer
no more is read than was asked for. TLS names and checks the host of the URL, whatever address it stands for.
"""

import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

import httpcore

from wallet.webhooks import addresses
from wallet.webhooks.addresses import AddressGuard, AddressRefused, HostUnknown, Resolve
from wallet.webhooks.urls import Endpoint

JOSE = "application/jose"
USER_AGENT = "liangzheng-webhooks"
OK, REDIRECTS, CLIENT_ERRORS = 200, 300, 400


class Trouble(StrEnum):
    """Why an attempt failed: the word that the log of deliveries shows."""

    DNS = "dns"
    ADDRESS = "address-refused"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    CUT = "cut"
    REDIRECT = "redirect"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. How long a connection may take, and the whole of an attempt with it."""

    connect: float = 3.0
    whole: float = 10.0
    monotonic: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of an attempt: no `error` is success. `body` is the beginning of the answer, if it was asked for."""

    status: int | None
    error: Trouble | None
    latency_ms: int
    body: bytes = field(default=b"", repr=False)


class _TlsFailed(Exception):
    """The other side's certificate is not the host's, or there is none."""


@cache
def _trusted() -> ssl.SSLContext:
    """Believe whom the machine believes; reading its certificates takes longer than sending, so it is done once."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends. Threads share it."""

    guard: AddressGuard
    patience: Patience = Patience()
    resolve: Resolve = addresses.ask_system
    tls: ssl.SSLContext = field(default_factory=_trusted)

    def post(
        self, endpoint: Endpoint, body: bytes, headers: dict[str, str] | None = None, *, read: int = 0
    ) -> Attempt:
        """Post a JWS, and return what came of it, with at most `read` bytes of the answer."""
        began = self.patience.monotonic()
        try:
            status, answer = self._exchange(endpoint, body, headers or {}, read, began)
            error = _trouble_of(status)
        except (HostUnknown, AddressRefused, _TlsFailed, httpcore.TimeoutException) as failure:
            status, answer, error = None, b"", WORDS[_kind(failure)]
        except httpcore.ConnectError:
            status, answer, error = None, b"", Trouble.CONNECT
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol):
            status, answer, error = None, b"", Trouble.CUT
        took = self.patience.monotonic() - began
        return Attempt(status, error, round(took * 1000), answer)

    def _exchange(
        self, endpoint: Endpoint, body: bytes, headers: dict[str, str], read: int, began: float
    ) -> tuple[int, bytes]:
        backend = _CheckedBackend(self, began + self.patience.whole)
        seconds = self.patience.whole
        timeouts = {"connect": self.patience.connect, "read": seconds, "write": seconds, "pool": seconds}
        url = httpcore.URL(
            scheme=endpoint.scheme.encode(),
            host=endpoint.host.encode(),
            port=endpoint.port,
            target=endpoint.target.encode(),
        )
        said = {
            "Host": endpoint.authority,
            "User-Agent": USER_AGENT,
            "Content-Type": JOSE,
            "Accept-Encoding": "identity",
            "Connection": "close",
            **headers,
        }
        # A connection for each attempt, so that each goes to an address that was checked for it.
        with (
            httpcore.ConnectionPool(ssl_context=self.tls, max_connections=1, network_backend=backend) as pool,
            pool.stream(
                "POST", url, headers=list(said.items()), content=body, extensions={"timeout": timeouts}
            ) as response,
        ):
            return response.status, _beginning(response, read)


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to what a host stands for, after all of it was allowed."""

    def __init__(self, sender: Sender, deadline: float) -> None:
        self._sender, self._deadline = sender, deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers."""
        sender = self._sender
        seconds = min(timeout or sender.patience.connect, self._left())
        allowed = sender.guard.addresses(sender.resolve, host, port, seconds)
        failure: Exception = HostUnknown()
        for address in allowed:
            try:
                stream = self._inner.connect_tcp(
                    address, port, min(seconds, self._left()), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _BoundedStream(stream, self._left)
        raise failure

    def _left(self) -> float:
        left = self._deadline - self._sender.patience.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


class _BoundedStream(httpcore.NetworkStream):
    """A stream whose every wait ends with the attempt: who drips a byte at a time would never meet a time-out."""

    def __init__(self, inner: httpcore.NetworkStream, left: Callable[[], float]) -> None:
        self._inner, self._left = inner, left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        return self._inner.read(max_bytes, _sooner(timeout, self._left()))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._inner.write(buffer, _sooner(timeout, self._left()))

    def close(self) -> None:
        """Hang up."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Go on under TLS."""
        try:
            stream = self._inner.start_tls(ssl_context, server_hostname, _sooner(timeout, self._left()))
        except (httpcore.ConnectError, ValueError) as error:
            # ValueError: a host that no certificate can be for.
            raise _TlsFailed from error
        return _BoundedStream(stream, self._left)

    def get_extra_info(self, info: str) -> Any:
        """Tell what httpcore asks of a stream."""
        return self._inner.get_extra_info(info)


WORDS: dict[type[Exception], Trouble] = {
    HostUnknown: Trouble.DNS,
    AddressRefused: Trouble.ADDRESS,
    _TlsFailed: Trouble.TLS,
    httpcore.TimeoutException: Trouble.TIMEOUT,
}


def _kind(failure: Exception) -> type[Exception]:
    return next(kind for kind in WORDS if isinstance(failure, kind))


def _trouble_of(status: int) -> Trouble | None:
    if OK <= status < REDIRECTS:
        return None
    return Trouble.REDIRECT if REDIRECTS <= status < CLIENT_ERRORS else Trouble.STATUS


def _beginning(response: httpcore.Response, most: int) -> bytes:
    """Return the answer; one that is longer than `most` is cut a byte after, so that the reader can tell."""
    content = bytearray()
    if most:
        for chunk in response.iter_stream():
            content += chunk
            if len(content) > most:
                break
    return bytes(content[: most + 1])


def _sooner(timeout: float | None, left: float) -> float:
    return left if timeout is None else min(timeout, left)
