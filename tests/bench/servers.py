"""granian against gunicorn's gthread, on hello-world and on the verify route, in turns in one run.

`python -m tests.bench.servers` (needs `pip install gunicorn`; it is no dependency of the project). Each server
gets the same workers and threads; sixteen connections are kept busy from another process. Every verification
scans a fresh code and is accepted.
"""

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import cycle, islice

from api import migrating, seeding
from api.app import create_app
from api.config import Config
from api.services import Services, build
from identity.clock import SystemClock
from tests.sandbox import Sandbox
from wallet.licences import Freshness
from wallet.showing.show_tokens import _INSERT, ShowRequest

WORKERS, THREADS, CONNECTIONS = 2, 4, 16
REQUESTS, ROUNDS = int(os.environ.get("BENCH_REQUESTS", "1500")), 3
SERVERS = ("granian", "gunicorn")


def main() -> None:
    """Print requests per second and latencies of both servers."""
    with tempfile.TemporaryDirectory() as folder:
        env = {
            "LZ_ENV": "sandbox",
            "DATA_DIR": folder,
            "LOG_LEVEL": "error",
            "RATE_LIMIT_VERIFICATIONS": "999999/minute",
        }
        parts = build(Config.from_env(env))
        migrating.upgrade(parts.database)
        seeding.fill_once(parts)
        sandbox = Sandbox(create_app(parts.config, replace(parts, clock=SystemClock())))
        citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
        licence_id = citizen.licence("DRIVING_LICENCE")["id"]
        results: dict[str, list[tuple[float, float, float]]] = {}
        for _ in range(ROUNDS):
            for server in SERVERS:
                hello = _request("GET", "/", "", b"")
                results.setdefault(f"{server} hello", []).append(
                    _measured(
                        server, "tests.bench.hello:app", env, list(islice(cycle([hello]), REQUESTS * 4))
                    ),
                )
                scans = [
                    _request("POST", "/v1/verifications", officer.token or "", body)
                    for body in _bodies(parts, licence_id)
                ]
                results.setdefault(f"{server} verify", []).append(_measured(server, "wsgi:app", env, scans))
        for name, figures in sorted(results.items(), key=lambda item: item[0].split()[::-1]):
            rate, p50, p99 = (statistics.median(column) for column in zip(*figures, strict=True))
            print(f"{name:16} {rate:8.0f} requests/s   p50 {p50 * 1e3:6.2f} ms   p99 {p99 * 1e3:6.2f} ms")


def _bodies(parts: Services, licence_id: str) -> Iterator[bytes]:
    request = ShowRequest(lifetime=timedelta(seconds=300))
    with parts.database.write() as session:
        (person_id,) = session.connection().exec_driver_sql("SELECT person_id FROM accounts").one()
        for _ in range(REQUESTS):
            place = {"licence_id": licence_id, "person_id": str(person_id)}
            token = parts.show._new_token(session, place, request, Freshness.FRESH, parts.clock.now())
            _INSERT.run(session, **place, **parts.show._columns(token))
            yield json.dumps({"qr_text": token.qr_text}).encode()


def _request(method: str, path: str, token: str, body: bytes) -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _measured(
    server: str, app: str, env: dict[str, str], requests: list[bytes]
) -> tuple[float, float, float]:
    with _serving(server, app, env) as port:
        started = time.perf_counter()
        latencies = sorted(asyncio.run(_load(port, requests)))
        seconds = time.perf_counter() - started
    return len(requests) / seconds, latencies[len(latencies) // 2], latencies[len(latencies) * 99 // 100]


@contextmanager
def _serving(server: str, app: str, env: dict[str, str]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    commands = {
        "granian": ["--interface", "wsgi", "--port", str(port), "--workers", str(WORKERS),
                    "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "error", app],
        "gunicorn": ["--worker-class", "gthread", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS),
                     "--threads", str(THREADS), "--keep-alive", "60", "--log-level", "error", app],
    }  # fmt: skip
    command = [sys.executable, "-m", server, *commands[server]]
    process = subprocess.Popen(command, env=os.environ | env)
    try:
        _wait_until_up(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_up(port: int) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    msg = "the server did not come up"
    raise RuntimeError(msg)


async def _load(port: int, requests: list[bytes]) -> list[float]:
    latencies: list[float] = []
    await asyncio.gather(
        *(_connection(port, requests[n::CONNECTIONS], latencies) for n in range(CONNECTIONS))
    )
    return latencies


async def _connection(port: int, requests: list[bytes], latencies: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        started = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        latencies.append(time.perf_counter() - started)
        assert head.startswith(b"HTTP/1.1 200"), (head, body)
    writer.close()


if __name__ == "__main__":
    main()
