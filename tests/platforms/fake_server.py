"""A real HTTP server on loopback that plays a system outside, and can be told to go wrong."""

import gzip
import ssl
import threading
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import orjson

JSON_TYPE = "application/json; charset=utf-8"
LONGEST_WAIT_SECONDS = 20


@dataclass(frozen=True)
class Asked:
    """A request that came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        got: dict[str, Any] = orjson.loads(self.body)
        return got

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    """What is sent back."""

    body: bytes
    content_type: str = JSON_TYPE
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def said(content: object, content_type: str = JSON_TYPE) -> Reply:
    """Return a reply of JSON."""
    return Reply(orjson.dumps(content), content_type)


class Handler(BaseHTTPRequestHandler):
    """Reads a request whole, and lets the fake answer it."""

    protocol_version = "HTTP/1.1"
    fake: "Fake"

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def _handle(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        asked = Asked(
            self.command,
            url.path,
            dict(parse_qsl(url.query)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
        )
        self.fake.take(asked, self)

    def reply(self, reply: Reply) -> None:
        self.send_response(reply.status)
        headers = {"Content-Type": reply.content_type, "Content-Length": str(len(reply.body))}
        for name, value in (headers | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def hang_up(self) -> None:
        self.close_connection = True

    def log_message(self, *_args: object) -> None:
        pass


Mishap = Callable[["Fake", Asked, Handler], None]


class Fake(ABC):
    """Answers like the real one, unless the next answer to a call was told to be another."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.released = threading.Event()
        self.address = ""
        self._next: dict[str, deque[Mishap]] = defaultdict(deque)

    @abstractmethod
    def answer(self, asked: Asked) -> Reply:
        """Return what the real one would answer."""

    def call_of(self, asked: Asked) -> str:
        """Return the word under which a call is counted and made to go wrong."""
        return asked.path

    def next(self, call: str, *mishaps: Mishap) -> None:
        """Let the next answers to a call go wrong, one after the other."""
        self._next[call].extend(mishaps)

    def forgive(self) -> None:
        """Go on as if nothing had gone wrong, and no code been used."""
        self._next.clear()

    def calls(self, call: str) -> list[Asked]:
        """Return how often and with what a call was made."""
        return [asked for asked in self.asked if self.call_of(asked) == call]

    def take(self, asked: Asked, handler: Handler) -> None:
        self.asked.append(asked)
        mishaps = self._next[self.call_of(asked)]
        if mishaps:
            mishaps.popleft()(self, asked, handler)
        else:
            handler.reply(self.answer(asked))


Played = TypeVar("Played", bound=Fake)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args: object) -> None:
        """Say nothing of a client that hung up on a reply it did not want."""


@contextmanager
def playing(fake: Played, tls: ssl.SSLContext | None = None) -> Iterator[Played]:
    """Serve a fake on a free port, under TLS if that is given."""
    handler = type("FakeHandler", (Handler,), {"fake": fake})
    with _Server(("127.0.0.1", 0), handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        fake.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            # Whoever is being late may go home.
            fake.released.set()
            server.shutdown()
            thread.join()


def replies(reply: Reply) -> Mishap:
    """Send something else."""
    return lambda _fake, _asked, handler: handler.reply(reply)


def late(fake: Fake, _asked: Asked, handler: Handler) -> None:
    """Say nothing for as long as anybody waits."""
    fake.released.wait(LONGEST_WAIT_SECONDS)
    handler.hang_up()


def hangs_up(_fake: Fake, _asked: Asked, handler: Handler) -> None:
    """Close the connection without a word."""
    handler.hang_up()


def cut(fake: Fake, asked: Asked, handler: Handler) -> None:
    """Close the connection in the middle of the true answer."""
    reply = fake.answer(asked)
    handler.send_response(reply.status)
    handler.send_header("Content-Type", reply.content_type)
    handler.send_header("Content-Length", str(len(reply.body)))
    handler.end_headers()
    handler.wfile.write(reply.body[: len(reply.body) // 2])
    handler.hang_up()


def drips(fake: Fake, _asked: Asked, handler: Handler) -> None:
    """Send a byte now and then, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Type", JSON_TYPE)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    with suppress(OSError):
        while not fake.released.wait(0.02):
            handler.wfile.write(b" ")
    handler.hang_up()


def packed(fake: Fake, asked: Asked, handler: Handler) -> None:
    """Send the true answer packed, though nobody asked for that."""
    reply = fake.answer(asked)
    packed_body = gzip.compress(reply.body)
    handler.reply(Reply(packed_body, reply.content_type, headers={"Content-Encoding": "gzip"}))


def lost(fake: Fake, asked: Asked, handler: Handler) -> None:
    """Do what was asked, and close the connection before saying so."""
    fake.answer(asked)
    handler.hang_up()
