"""What an event and a hot list cost through the API and the database: `python -m tests.bench.usage`.

Every request goes through the whole WSGI app in this process, on a database with durable commits (SQLite
synchronous=FULL; PostgreSQL with its own setting, where DATABASE_URL names one). Twelve people who hold
licences tell of services one by one, each under an id of its own, while the background learns from the log.
"""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from werkzeug.test import EnvironBuilder

from api import migrating, seeding
from api.app import create_app
from api.config import Config
from api.services import build
from hotservices.catalogue import shipped
from identity.clock import SystemClock
from identity.sandbox import personas
from tests import stores
from tests.sandbox import Citizen, Sandbox

# Of each person: past forty a day an event is damped, and costs less.
EVENTS_EACH = 36
WARM_UP = 24
PEOPLE = 12
# Seconds on the clock, and seconds that the request's own thread worked: the rest is waiting for disk and machine.
Sample = tuple[float, float]
Times = dict[str, list[Sample]]
LIMITS_MS = {"event": 3.0, "list": 5.0, "opening": 3.0}


def main() -> None:
    """Print one table."""
    with tempfile.TemporaryDirectory() as folder:
        url = stores.fresh_url(Path(folder))
        try:
            _measure(url, Path(folder))
        finally:
            stores.drop(url)


def _measure(url: str, folder: Path) -> None:
    env = {"LZ_ENV": "sandbox", "DATABASE_URL": url, "DATA_DIR": str(folder), "LOG_LEVEL": "error"}
    config = Config.from_env(env)
    parts = build(config)
    migrating.upgrade(parts.database)
    seeding.fill_once(parts)
    parts = replace(parts, clock=SystemClock())
    sandbox = Sandbox(create_app(config, parts))
    people = list(islice(_bound(sandbox), PEOPLE))
    codes = cycle(shipped().services)
    times: Times = {name: [] for name in LIMITS_MS}
    for number in range(len(people) * EVENTS_EACH):
        token = people[number % len(people)].token
        event = {"id": f"bench-{number}", "service_code": next(codes), "action": "apply"}
        samples = {
            "event": _send(sandbox, "POST", "/v1/service-events", token, {"events": [event]}),
            "list": _send(sandbox, "GET", "/v1/hot-services", token),
            "opening": _send(sandbox, "GET", f"/v1/services/{event['service_code']}", token),
        }
        if number >= WARM_UP:
            for name, sample in samples.items():
                times[name].append(sample)
    learnt = parts.ranking.ranker.visits() if parts.ranking.ranker else 0
    _report(parts.database.url.get_backend_name(), times, learnt)
    parts.close()


def _bound(sandbox: Sandbox) -> Iterator[Citizen]:
    for person in personas.source():
        try:
            yield sandbox.citizen(person["key"])
        except AssertionError:
            continue  # children and foreigners whom the population registry does not let in alone


def _send(sandbox: Sandbox, method: str, path: str, token: str | None, body: Any = None) -> Sample:
    headers = [("Authorization", f"Bearer {token}")]
    environ = EnvironBuilder(method=method, path=path, headers=headers, json=body).get_environ()
    if body is not None:
        sent = json.dumps(body).encode()
        environ |= {"wsgi.input": BytesIO(sent), "CONTENT_LENGTH": str(len(sent))}
    started, worked = time.perf_counter(), time.thread_time()
    b"".join(sandbox.app(environ, _start_response))
    return time.perf_counter() - started, time.thread_time() - worked


def _start_response(status: str, *_rest: object) -> Callable[[bytes], object]:
    assert status.startswith("20"), status
    return bytes


def _report(database: str, times: Times, learnt: int) -> None:
    print(
        f"{database}, {len(times['event'])} of each, {len(shipped().services)} services, {learnt} visits learnt from"
    )
    for name, taken in times.items():
        wall, work = (statistics.quantiles(seconds, n=100) for seconds in zip(*taken, strict=True))
        print(
            f"  {name:8} p50 {wall[49] * 1000:6.2f} ms   p99 {wall[98] * 1000:6.2f} ms   (limit {LIMITS_MS[name]:g} ms"
            f" at p99)   of that work p50 {work[49] * 1000:.2f}, p99 {work[98] * 1000:.2f}"
        )
    print(f"  load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
