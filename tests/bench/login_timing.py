"""What an attacker learns from how long a staff login takes: `make bench-login`.

Two logins are refused in turn, on one sandbox: a member of staff with a wrong password, and a number that nobody
has. Printed are both distributions side by side, and the difference of their medians against the spread of each.
A difference well inside the spread tells nothing.
"""

import statistics
import sys
import tempfile
import time
from itertools import count

from api import migrating, seeding
from api.config import Config
from tests.sandbox import Sandbox, running

ROUNDS = 150
WARM_UP = 5
PERCENTILES = (5, 25, 50, 75, 95, 99)
GUESS = {"organisation_code": "traffic-police", "password": "a wrong password"}
LOGINS = {
    "wrong password": GUESS | {"staff_number": "V001"},
    "unknown account": GUESS | {"staff_number": "V999"},
    "unknown agency": GUESS | {"organisation_code": "nowhere", "staff_number": "V001"},
}


# An attacker with many addresses: from one, the lock would end the guessing after a few.
ADDRESSES = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count())


def milliseconds(sandbox: Sandbox, login: dict[str, str]) -> float:
    """Return how long a refusal takes; every one must look the same."""
    client, headers = sandbox.app.test_client(), {"X-Forwarded-For": next(ADDRESSES)}
    started = time.perf_counter()
    response = client.post("/v1/staff/sessions", json=login, headers=headers)
    taken = (time.perf_counter() - started) * 1000
    refused = (response.status_code, (response.get_json() or {}).get("code"))
    if refused != (401, "invalid-credentials"):
        sys.exit(f"not refused as a guess: {refused}")
    return taken


def measure(sandbox: Sandbox) -> dict[str, list[float]]:
    """Take each in turn, so that whatever else the machine does falls on all alike."""
    for _ in range(WARM_UP):
        for login in LOGINS.values():
            milliseconds(sandbox, login)
    taken: dict[str, list[float]] = {name: [] for name in LOGINS}
    for _ in range(ROUNDS):
        for name, login in LOGINS.items():
            taken[name].append(milliseconds(sandbox, login))
    return taken


def report(taken: dict[str, list[float]]) -> None:
    """Print one line for each, and how far the medians lie apart."""
    print(f"staff logins refused, ms, {ROUNDS} of each in turn")
    print(" " * 18 + "".join(f"{f'p{each}':>9}" for each in PERCENTILES))
    medians, spreads = [], []
    for name, values in taken.items():
        cuts = statistics.quantiles(values, n=100)
        print(f"  {name:16}" + "".join(f"{cuts[each - 1]:9.2f}" for each in PERCENTILES))
        medians.append(cuts[49])
        spreads.append(cuts[74] - cuts[24])
    apart = max(medians) - min(medians)
    print(f"  medians apart by {apart:.2f} ms; half of each lies within {min(spreads):.2f} ms")


def main() -> None:
    """Measure on a fresh sandbox, with every limit out of the way and passwords at their full cost."""
    with tempfile.TemporaryDirectory() as folder:
        env = {"LZ_ENV": "sandbox", "DATA_DIR": folder, "LOG_LEVEL": "error", "TRUSTED_PROXIES": "1"}
        limits = ("LOGINS", "ADDRESS", "STAFF_TRIES", "STAFF_GUESSES")
        env |= {f"RATE_LIMIT_{name}": "999999/minute" for name in limits}
        with running(Config.from_env(env)) as sandbox:
            migrating.upgrade(sandbox.parts.database)
            seeding.fill_once(sandbox.parts)
            report(measure(sandbox))


if __name__ == "__main__":
    main()
