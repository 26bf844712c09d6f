"""What somebody sees of an unknown staff account beside a wrong password: the times of both, in turns.

`python -m tests.bench.staff_timing [tries]`: argon2id at its real cost, over the whole WSGI app. The two
distributions should lie on one another; what sets them apart is within the machine's noise.
"""

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from api import migrating, seeding
from api.config import Config
from api.services import build
from tests.sandbox import Sandbox, running

TRIES = 60
LOGINS = "/v1/staff/sessions"


def main(tries: int) -> None:
    """Log in wrongly in both ways, in random order, and print the distributions."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config.from_env(
            {
                "LZ_ENV": "sandbox",
                "DATA_DIR": folder,
                "DATABASE_URL": f"sqlite:///{Path(folder) / 'timing.sqlite3'}",
                "LOG_LEVEL": "error",
                "RATE_LIMIT_LOGINS": "999999/minute",
                "RATE_LIMIT_STAFF_TRIES": "999999/minute",
                "RATE_LIMIT_STAFF_GUESSES": "999999/minute",
            },
        )
        parts = build(config)
        migrating.upgrade(parts.database)
        seeding.fill_once(parts)
        parts.close()
        with running(config) as sandbox:
            times = measure(sandbox, tries)
    for name, taken in times.items():
        quartiles = statistics.quantiles(taken, n=4)
        spread = ", ".join(f"{ms:.1f}" for ms in quartiles)
        print(f"{name:>14}: quartiles {spread} ms, from {min(taken):.1f} to {max(taken):.1f}")
    gap = abs(statistics.median(times["unknown"]) - statistics.median(times["wrong password"]))
    print(f"medians differ by {gap:.2f} ms")


def measure(sandbox: Sandbox, tries: int) -> dict[str, list[float]]:
    """Return the milliseconds of each try, by kind. Every try comes from an address of its own."""
    numbers = {"unknown": "X999", "wrong password": "V001"}
    order = [kind for kind in numbers for _ in range(tries)]
    random.shuffle(order)
    times: dict[str, list[float]] = {kind: [] for kind in numbers}
    client = sandbox.app.test_client()
    for n, kind in enumerate(order):
        body = {"organisation_code": "traffic-police", "staff_number": numbers[kind], "password": "wrong"}
        address = {"REMOTE_ADDR": f"10.0.{n // 250}.{n % 250}"}
        began = time.perf_counter()
        response = client.post(LOGINS, json=body, environ_overrides=address)
        times[kind].append((time.perf_counter() - began) * 1000)
        if response.status_code != 401:
            raise RuntimeError(response.status_code)
    return times


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TRIES)
