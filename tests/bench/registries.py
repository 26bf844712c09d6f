"""What a registry's event costs over its floor, and a sync over HTTP over one from tables: `python -m tests.bench.registries`.

The floor of an event is Flask, one ES256 check, and one durable write; app and floor take turns, request by
request. A sync asks 16 registries of the stand-in, in this process too, so that its own work is in the figure.
"""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from api import migrating, registries_file, seeding
from api.app import create_app
from api.config import Config
from api.services import Services, build
from identity.clock import SystemClock
from identity.ids import new_id
from tests.bench.floors import bare_floor, lend
from tests.registries.server import ACCESS_TOKEN, TOKEN_VARIABLE, serving
from tests.sandbox import Citizen, Sandbox

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "300"))
SYNCS = int(os.environ.get("BENCH_SYNCS", "40"))
WARM_UP = 20
EVENTS = "/v1/registry-events"
KIND, REGISTRY = "DRIVING_LICENCE", "traffic-police"


def main() -> None:
    """Print medians and the 95th percentile, in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config.from_env({"LZ_ENV": "sandbox", "DATA_DIR": folder, "LOG_LEVEL": "error"})
        parts = build(config)
        migrating.upgrade(parts.database)
        seeding.fill_once(parts)
        parts = replace(parts, clock=SystemClock())
        sandbox = Sandbox(create_app(config, parts))
        citizen = sandbox.citizen("zhang-wei")
        _events(parts, sandbox, citizen)
        tables = _timed(citizen.sync, SYNCS)
        parts.close()
        _print("sync, 16 registries in tables", tables)
        _print("sync, 16 registries over HTTP", _over_http(config, Path(folder)))


def _events(parts: Services, sandbox: Sandbox, citizen: Citizen) -> None:
    identifier = citizen.licence(KIND)["identifier"]
    turns = cycle([("suspend", "suspended"), ("restore", "valid")])
    signed = iter([_signed(parts, identifier, *next(turns)) for _ in range(ROUNDS + WARM_UP)])
    with lend(parts) as raw:
        bare = bare_floor(ec.generate_private_key(ec.SECP256R1()), raw)
        app_times: list[float] = []
        floor_times: list[float] = []
        for turn in range(ROUNDS + WARM_UP):
            took = _once(lambda: _push(sandbox.app, next(signed)))
            floor = _once(lambda: _check(bare))
            if turn >= WARM_UP:
                app_times.append(took)
                floor_times.append(floor)
    _print("event: suspend or restore, list and notice", app_times)
    _print("bare floor", floor_times)
    ratio = statistics.median(app_times) / statistics.median(floor_times)
    print(f"  an event costs {ratio:.2f} × its bare floor")


def _signed(parts: Services, identifier: str, event: str, status: str) -> str:
    if parts.departments is None:
        raise AssertionError
    claims = {
        "jti": new_id(),
        "iat": int(parts.clock.now().timestamp()),
        "event": event,
        "identifier": identifier,
        "version": 1,
        "status": status,
    }
    return parts.departments.sign(REGISTRY, claims)


def _push(app: Flask, jws: str) -> None:
    answer = app.test_client().post(EVENTS, data=jws, content_type="application/jose")
    if answer.get_json().get("outcome") != "applied":
        raise AssertionError(answer.text)


def _check(bare: Flask) -> None:
    if bare.test_client().post("/check").status_code != 200:
        raise AssertionError


def _over_http(config: Config, folder: Path) -> list[float]:
    with serving() as stand_in:
        path = folder / "registries.json"
        path.write_text(json.dumps(stand_in.settings()), encoding="utf-8")
        registries = registries_file.read(path, {TOKEN_VARIABLE: ACCESS_TOKEN}, is_sandbox=True)
        parts = replace(build(replace(config, registries=registries)), clock=SystemClock())
        sandbox = Sandbox(create_app(replace(config, registries=registries), parts))
        citizen = sandbox.log_in("zhang-wei")
        times = _timed(citizen.sync, SYNCS)
        parts.close()
    return times


def _timed(action: Callable[[], object], times: int) -> list[float]:
    for _ in range(3):
        action()
    return [_once(action) for _ in range(times)]


def _once(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def _print(what: str, times: list[float]) -> None:
    median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    print(f"{what:45} median {median:7.2f} ms   p95 {p95:7.2f} ms   n {len(times)}", flush=True)


if __name__ == "__main__":
    main()
