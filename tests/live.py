"""A server process of one's own, as `make run` starts it, for tests from the outside."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import IO

from api.config import Config
from tests.paths import ROOT

START_SECONDS = 60
# Below the ports that systems give to outgoing connections (on Linux from 32768 on).
PORTS, MANY_TRIES = range(20_000, 32_000), 100


@dataclass(frozen=True)
class Server:
    """A server that runs: where it answers, and its processes."""

    address: str
    process: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL), the one that minds the workers first."""
        main = self.process.pid
        workers = Path(f"/proc/{main}/task/{main}/children").read_text(encoding="ascii").split()
        for pid in (main, *map(int, workers)):
            os.kill(pid, signal.SIGKILL)
        self.process.wait(timeout=START_SECONDS)


@contextmanager
def serving(config: Config, log: IO[bytes] | None = None) -> Iterator[str]:
    """Lend the address of a sandbox server on a migrated and filled database; `log` gets what it writes."""
    with running_server(config, log) as server:
        yield server.address


@contextmanager
def pair(config: Config) -> Iterator[tuple[Server, Server]]:
    """Lend two sandbox servers on one database; they start side by side."""
    here, there = free_ports(2)
    with starting(config, here) as first, starting(config, there) as second:
        _wait_for(first, here)
        _wait_for(second, there)
        yield _server(here, first), _server(there, second)


@contextmanager
def running_server(config: Config, log: IO[bytes] | None = None, **more: str) -> Iterator[Server]:
    """Lend a sandbox server that a test may kill; `more` stands in its environment too."""
    (port,) = free_ports(1)
    with starting(config, port, log, **more) as process:
        _wait_for(process, port)
        yield _server(port, process)


def _server(port: int, process: "subprocess.Popen[bytes]") -> Server:
    return Server(f"http://127.0.0.1:{port}", process)


@contextmanager
def starting(
    config: Config, port: int, log: IO[bytes] | None = None, **more: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """Lend the process of a server that may not answer yet."""
    process = subprocess.Popen(
        [sys.executable, "-m", "api.serve"],
        cwd=ROOT,
        env=environment(config) | {"HOST": "127.0.0.1", "PORT": str(port), "WORKERS": "1"} | more,
        stdout=log or subprocess.DEVNULL,
        stderr=log,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def environment(config: Config) -> dict[str, str]:
    """Return the environment of a process that works on a sandbox's database."""
    return os.environ | {
        "LZ_ENV": "sandbox",
        "DATABASE_URL": config.database_url,
        "DATA_DIR": str(config.data_dir),
        "KEYS_DIR": str(config.keys_dir),
        "LOG_LEVEL": config.log_level,
    }


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on and that no outgoing connection is given before a server has started."""
    with ExitStack() as held:
        return [_free_port(held) for _ in range(count)]


def _free_port(held: ExitStack) -> int:
    for _ in range(MANY_TRIES):
        probe = held.enter_context(socket.socket())
        with suppress(OSError):
            port = random.choice(PORTS)  # noqa: S311  nobody guards it
            probe.bind(("127.0.0.1", port))
            return port
    msg = "no port is free"
    raise OSError(msg)


def _wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended at its start"
        if _is_ready(port):
            return
        time.sleep(0.1)
    msg = "the server does not get ready"
    raise TimeoutError(msg)


def _is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
