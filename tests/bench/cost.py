"""What showing and verifying cost over two floors, side by side in one run: `make bench`.

Every request goes through the whole WSGI app in this process, without a network, on a database with durable
commits (SQLite synchronous=FULL; PostgreSQL with its own setting). The app and its floors take turns, request
by request, so that a machine that slows down slows all of them alike. Medians are compared.
"""

import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from werkzeug.test import EnvironBuilder

from api import migrating, seeding
from api.app import create_app
from api.config import Config
from api.services import Services, build
from identity.clock import SystemClock
from tests import stores
from tests.bench.floors import bare_floor, lend, like_floor
from tests.sandbox import Citizen, Sandbox, Staff

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "600"))
WARM_UP = 60
GOALS = {"like": 1.25, "bare": 3.0}

Sender = Callable[[], dict[str, Any]]


def main() -> None:
    """Print one table per database."""
    with tempfile.TemporaryDirectory() as folder:
        url = stores.fresh_url(Path(folder))
        try:
            _measure(url, Path(folder))
        finally:
            stores.drop(url)


def _measure(url: str, folder: Path) -> None:
    env = {
        "LZ_ENV": "sandbox",
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "error",
        "RATE_LIMIT_SHOWS": "9999999/minute",
        "RATE_LIMIT_VERIFICATIONS": "9999999/minute",
    }
    config = Config.from_env(env)
    parts = build(config)
    migrating.upgrade(parts.database)
    seeding.fill_once(parts)
    # The clock that moves is the sandbox's alone; production reads the machine's.
    parts = replace(parts, clock=SystemClock())
    sandbox = Sandbox(create_app(config, parts))
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    with lend(parts) as raw:
        like = like_floor(parts, raw)
        bare = bare_floor(ec.generate_private_key(ec.SECP256R1()), raw)
        _report(parts, _timed(sandbox.app, like, bare, citizen, officer))
    parts.close()


def _timed(app: Flask, like: Flask, bare: Flask, citizen: Citizen, officer: Staff) -> dict[str, list[float]]:
    licence = citizen.licence("DRIVING_LICENCE")["id"]
    show = _sender(app, f"/v1/licences/{licence}/show-tokens", citizen.token)
    verify = _sender(app, "/v1/verifications", officer.token)
    like_show = _sender(like, f"/show/{licence}", citizen.token)
    like_verify = _sender(like, "/verify", officer.token)
    bare_sign, bare_check = _sender(bare, "/sign", None), _sender(bare, "/check", None)
    times: dict[str, list[float]] = {}
    gc.disable()
    for round_number in range(ROUNDS + WARM_UP):
        ours, theirs = show({}), like_show({})
        # Where the show tokens used up here come from is not what is measured.
        samples = {
            "show app": ours[0],
            "show like": theirs[0],
            "show bare": bare_sign({})[0],
            "verify app": verify({"qr_text": ours[1]["token"], "purpose": "bench"})[0],
            "verify like": like_verify({"qr_text": theirs[1]["token"]})[0],
            "verify bare": bare_check({})[0],
        }
        if round_number >= WARM_UP:
            for name, seconds in samples.items():
                times.setdefault(name, []).append(seconds)
        if round_number % 50 == 0:
            gc.collect()
    gc.enable()
    return times


def _sender(app: Flask, path: str, token: str | None) -> Callable[[dict[str, Any]], tuple[float, Any]]:
    headers = [("Authorization", f"Bearer {token}")] if token else []
    template = EnvironBuilder(method="POST", path=path, headers=headers, json={}).get_environ()

    def send(body: dict[str, Any]) -> tuple[float, Any]:
        # What a server hands over, and what it gets back: no client's work is measured.
        sent = json.dumps(body).encode()
        environ = template | {"wsgi.input": BytesIO(sent), "CONTENT_LENGTH": str(len(sent))}
        started = time.perf_counter()
        answer = b"".join(app(environ, _start_response))
        seconds = time.perf_counter() - started
        return seconds, json.loads(answer)

    return send


def _start_response(status: str, *_rest: object) -> Callable[[bytes], object]:
    assert status.startswith("20"), status
    return bytes


def _report(parts: Services, times: dict[str, list[float]]) -> None:
    print(f"{parts.database.url.get_backend_name()}, {ROUNDS} rounds, microseconds at the median")
    for job in ("show", "verify"):
        medians = {kind: statistics.median(times[f"{job} {kind}"]) * 1e6 for kind in ("app", "like", "bare")}
        ratios = " ".join(
            f"· {medians['app'] / medians[floor]:.2f} × {floor} (goal {goal:g})"
            for floor, goal in GOALS.items()
        )
        figures = " ".join(f"{kind} {value:6.0f}" for kind, value in medians.items())
        print(f"  {job:7} {figures}  {ratios}")


if __name__ == "__main__":
    main()
