"""Serve `wsgi:app` with granian, a WSGI server in Rust: `python -m api.serve`.

HOST, PORT, WORKERS (processes), THREADS (each) and RUN_WORKER come from the environment. Chosen over gunicorn's gthread
by measurement; the README has the figures.
"""

import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from api.config import Config, ConfigError
from api.worker.minding import WorkerMinder

MAX_WORKERS, MAX_THREADS = 64, 128
ENDING = (signal.SIGINT, signal.SIGTERM)
# A worker that is told to end may finish what it is answering; after that it is killed, as is one that lost the word in
# the moment between its handlers and its loop.
END_SECONDS = 10
MULTIPROCESS_METRICS = "PROMETHEUS_MULTIPROC_DIR"


def main() -> None:
    """Start the server; a wrong value stops the start with a sentence that names it."""
    try:
        # Every worker reads it for itself; what is wrong is said here, and once.
        Config.from_env(os.environ)
        host = os.environ.get("HOST") or "127.0.0.1"
        port = _number("PORT", 8000, 65535)
        workers = _number("WORKERS", 2, MAX_WORKERS)
        threads = _number("THREADS", 16, MAX_THREADS)
        with_worker = _yes("RUN_WORKER")
    except ConfigError as error:
        sys.exit(f"liangzheng can't start: {error}")
    address = _free_address(host, port)
    os.register_at_fork(before=_hold_signals, after_in_parent=_let_signals, after_in_child=_end_when_told)
    server = Server(
        "wsgi:app",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        # Unread connections wait in the kernel, not in a worker that is busy.
        backlog=1024,
        log_access=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=END_SECONDS,
    )
    with _shared_metrics(), WorkerMinder() if with_worker else nullcontext():
        server.serve()


def _free_address(host: str, port: int) -> str:
    """Return the IP address of a host, if nobody listens on that port yet.

    Workers share the port (SO_REUSEPORT), so a second server would start in silence and take half of the
    first one's requests.
    """
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        sys.exit(f"liangzheng can't start: HOST {host!r} with PORT {port}: {error.strerror}")
    return str(place[0])


def _number(name: str, default: int, largest: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= largest:
        msg = f"{name} must be a number from 1 to {largest}, not {text!r}."
        raise ConfigError(msg)
    return int(text)


def _yes(name: str) -> bool:
    text = os.environ.get(name) or "no"
    if text not in {"yes", "no"}:
        msg = f"{name} must be 'yes' or 'no', not {text!r}."
        raise ConfigError(msg)
    return text == "yes"


def _hold_signals() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


def _let_signals() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def _end_when_told() -> None:
    # A worker is forked with its parent's handlers, which only set a flag that nobody reads there: told to end while
    # it still loads the app, it would serve for ever and its parent wait for it. Later it has handlers of its own.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Ctrl-C reaches the parent too, which then ends its workers by SIGTERM: one that was told twice might not end.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


@contextmanager
def _shared_metrics() -> Iterator[None]:
    # Of this server's processes and no others: servers may share DATA_DIR, and those in containers their address as well.
    with tempfile.TemporaryDirectory(prefix="liangzheng-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[MULTIPROCESS_METRICS] = folder
        yield


if __name__ == "__main__":
    main()
