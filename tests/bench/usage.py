"""What an event and a hot list cost through the API and the database: `python -m tests.bench.usage [events [people ...]]`.

Every request goes through the whole WSGI app in this process, on SQLite with durable commits (synchronous=FULL), or on
PostgreSQL with its own setting, where DATABASE_URL names one; there events are committed asynchronously. For each number of people (10 000
and 1 000 000 unless told otherwise) a crowd is loaded, see `tests.bench.crowd`; then a few thousand of it tell of
100 000 events one by one, each under an id of its own, while the background learns from the log. After every tenth
event somebody who holds licences asks for their list, opens a service, and searches; and two floors are measured
in turn, *like* (`tests.bench.usage_floor`) and *bare* (Flask, one signature and one durable row), which tell what this
machine and its disk need for so much. The yardstick of `tests.bench.rank_speed` is timed now and then: the limits
suppose 13 microseconds, and a machine that is shared takes twice as long from one second to the next.
"""

import gc
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from werkzeug.test import EnvironBuilder

from api import migrating, seeding
from api.app import create_app
from api.config import Config
from api.services import Services, build
from identity.clock import SystemClock
from identity.sandbox import personas
from tests import stores
from tests.bench import crowd
from tests.bench.floors import bare_floor, lend
from tests.bench.rank_speed import yardstick, zipf_events
from tests.bench.search import QUERIES
from tests.bench.usage_floor import event_floor
from tests.sandbox import Citizen, Sandbox

EVENTS, PEOPLE = 100_000, (10_000, 1_000_000)
# Of each person: past forty a day an event is damped, and costs less.
EVENTS_EACH = 36
ASK_EVERY = 10
PACE_EVERY = 250
WARM_UP = 20
# Seconds on the clock, and seconds that the request's own thread worked: the rest is waiting for disk and machine.
Sample = tuple[float, float]
Times = dict[str, list[Sample]]
LIMITS_MS = {"event": 3.0, "list": 5.0, "opening": 3.0}
SEARCH_P95_MS = 20.0


def main(events: int, crowds: list[int]) -> None:
    """Print one table for each number of people."""
    with tempfile.TemporaryDirectory() as folder:
        for people in crowds:
            url = stores.fresh_url(Path(folder))
            try:
                _measure(url, Path(folder), events, people)
            finally:
                stores.drop(url)
                Path(folder, "test.sqlite3").unlink(missing_ok=True)


def _measure(url: str, folder: Path, events: int, people: int) -> None:
    env = {"LZ_ENV": "sandbox", "DATABASE_URL": url, "DATA_DIR": str(folder), "LOG_LEVEL": "error"}
    config = Config.from_env(env)
    parts = build(config)
    migrating.upgrade(parts.database)
    seeding.fill_once(parts)
    parts = replace(parts, clock=SystemClock())
    began, now = time.perf_counter(), parts.clock.now()
    crowd.sell(parts)
    tellers = min(-(-events // EVENTS_EACH), people)
    told = crowd.move_in(parts, crowd.first_people(parts, now), people, tellers, now)
    print(f"{people} people are there after {time.perf_counter() - began:.0f} s", flush=True)
    sandbox = Sandbox(create_app(config, parts))
    # As `wsgi` does.
    gc.freeze()
    with lend(parts) as raw:
        floors = {
            "like": (event_floor(parts, raw), "/event"),
            "bare": (bare_floor(ec.generate_private_key(ec.SECP256R1()), raw), "/sign"),
        }
        times, paces = _ask(sandbox, floors, told, list(_bound(sandbox)), events)
    learnt = parts.ranking.ranker.visits() if parts.ranking.ranker else 0
    _report(f"{parts.database.url.get_backend_name()}, {people} people", times, paces, learnt)
    parts.close()


def _ask(
    sandbox: Sandbox,
    floors: dict[str, tuple[Flask, str]],
    told: list[str],
    holders: list[Citizen],
    events: int,
) -> tuple[Times, list[float]]:
    app, services = sandbox.app, _services(sandbox.parts)
    queries = cycle(row["query"] for row in json.loads(QUERIES.read_bytes()))
    paces: list[float] = []
    times: Times = {name: [] for name in (*LIMITS_MS, "search", *floors)}

    def event(number: int, of: str) -> dict[str, Any]:
        return {"events": [{"id": f"{of}-{number}", "service_code": next(services), "action": "apply"}]}

    for number in range(events):
        teller = told[number % len(told)]
        times["event"].append(_send(app, "POST", "/v1/service-events", teller, event(number, "bench")))
        if number % PACE_EVERY == 0:
            paces.append(yardstick())
        if number % ASK_EVERY == 0:
            token = holders[number // ASK_EVERY % len(holders)].token
            times["list"].append(_send(app, "GET", "/v1/hot-services", token))
            times["opening"].append(_send(app, "GET", f"/v1/services/{next(services)}", token))
            times["search"].append(_send(app, "GET", f"/v1/services?q={quote(next(queries))}", token))
            for name, (floor, path) in floors.items():
                times[name].append(_send(floor, "POST", path, teller, event(number, name)))
    return {name: taken[WARM_UP:] for name, taken in times.items()}, paces


def _services(parts: Services) -> Iterator[str]:
    """Return services without end, the popular ones more often."""
    codes = list(parts.catalogue.current().services)
    drawn = zipf_events(1, EVENTS, 4, start=0, span=86_400, repeats=0)
    return cycle([codes[int(item.removeprefix("service-"))] for _, item, _ in drawn])


def _bound(sandbox: Sandbox) -> Iterator[Citizen]:
    for person in personas.source():
        try:
            yield sandbox.citizen(person["key"])
        except AssertionError:
            continue  # children and foreigners whom the population registry does not let in alone


def _send(app: Flask, method: str, path: str, token: str | None, body: Any = None) -> Sample:
    headers = [("Authorization", f"Bearer {token}")]
    environ = EnvironBuilder(path=path, method=method, headers=headers, json=body).get_environ()
    if body is not None:
        sent = json.dumps(body).encode()
        environ |= {"wsgi.input": BytesIO(sent), "CONTENT_LENGTH": str(len(sent))}
    started, worked = time.perf_counter(), time.thread_time()
    b"".join(app(environ, _start_response))
    return time.perf_counter() - started, time.thread_time() - worked


def _start_response(status: str, *_rest: object) -> Callable[[bytes], object]:
    assert status.startswith("20"), status
    return bytes


def _report(what: str, times: Times, paces: list[float], learnt: int) -> None:
    print(f"{what}, {len(times['event'])} events, {learnt} visits learnt from")
    for name, taken in times.items():
        wall, work = (statistics.quantiles(seconds, n=100) for seconds in zip(*taken, strict=True))
        print(
            f"  {name:8} p50 {wall[49] * 1000:6.2f} ms  p95 {wall[94] * 1000:6.2f} ms  p99 {wall[98] * 1000:6.2f} ms"
            f"  {_limit(name)}  of that work p50 {work[49] * 1000:.2f}, p99 {work[98] * 1000:.2f}"
        )
    medians = {name: statistics.median(wall for wall, _ in taken) for name, taken in times.items()}
    ratios = (f"{medians['event'] / medians[floor]:.2f} × {floor}" for floor in ("like", "bare"))
    print(f"  an event costs {', '.join(ratios)}")
    print(
        f"  the yardstick took {min(paces):.1f} to {max(paces):.1f} us, {statistics.median(paces):.1f} at the median"
        " (the limits suppose 13)"
    )
    print(f"  load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)


def _limit(name: str) -> str:
    if name in LIMITS_MS:
        return f"(limit: p99 {LIMITS_MS[name]:g} ms)"
    return f"(limit: p95 {SEARCH_P95_MS:g} ms)" if name == "search" else " " * 19


if __name__ == "__main__":
    asked = [int(argument) for argument in sys.argv[1:]]
    main(asked[0] if asked else EVENTS, asked[1:] or list(PEOPLE))
