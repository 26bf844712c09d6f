"""Serve `wsgi:app` with granian, a WSGI server in Rust: `python -m api.serve`.

HOST, PORT, WORKERS (processes), THREADS (each) and RUN_WORKER come from the environment. Chosen over gunicorn's gthread
by measurement; the README has the figures.
"""

import os
import shutil
import signal
import socket
import sys
from contextlib import nullcontext
from pathlib import Path

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from api.config import Config, ConfigError
from api.worker.minding import WorkerMinder

MAX_WORKERS, MAX_THREADS = 64, 128
ENDING = (signal.SIGINT, signal.SIGTERM)
# A worker that is told to end may finish what it is answering; after that it is killed.
END_SECONDS = 30
MULTIPROCESS_METRICS = "PROMETHEUS_MULTIPROC_DIR"


def main() -> None:
    """Start the server; a wrong value stops the start with a sentence that names it."""
    try:
        config = Config.from_env(os.environ)
        host = os.environ.get("HOST") or "127.0.0.1"
        port = _number("PORT", 8000, 65535)
        workers = _number("WORKERS", 2, MAX_WORKERS)
        threads = _number("THREADS", 16, MAX_THREADS)
        with_worker = _yes("RUN_WORKER")
    except ConfigError as error:
        sys.exit(f"liangzheng can't start: {error}")
    address = _free_address(host, port)
    _share_metrics(config.data_dir / "metrics" / f"{address}:{port}")
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
    with WorkerMinder() if with_worker else nullcontext():
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
    for asked in ENDING:
        signal.signal(asked, signal.SIG_DFL)
    _let_signals()


def _share_metrics(folder: Path) -> None:
    # Counters of a server that is gone must not be counted again. Another server's, which may share DATA_DIR, live on:
    # the folder is that of an address, which nobody else listens on.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[MULTIPROCESS_METRICS] = str(folder)


if __name__ == "__main__":
    main()
