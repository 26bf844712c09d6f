"""What hostile accounts can do to the public hot list: `python -m tests.bench.hostile`.

Ten thousand people use 279 services for ten days, Zipf-like, three uses each. Then one account, and then one
in a hundred of all accounts, push a service that hardly anybody uses: each tells of it two hundred times a day
for ten days. Printed is where the service stands in the public list, with the damping of repeated uses and as
it would be without, and how many of the honest first ten are still there.
"""

import zlib
from collections.abc import Iterator

import numpy as np

from hotservices.ranking import Ranker
from hotservices.signals import people

SERVICES, PEOPLE, USES, DAYS = 279, 10_000, 30_000, 10
HOSTILE_SHARE = 0.01
USES_A_DAY = 200
DAY, START = 86_400, 1_780_000_000
TARGET = f"service-{SERVICES - 1}"
UNDAMPED = (1.0,) * 10**6

Event = tuple[int, str, str]


def honest() -> list[Event]:
    """Return what honest people do."""
    rng = np.random.default_rng(11)
    weights = 1 / np.arange(1, SERVICES + 1) ** 0.9
    chosen = rng.choice(SERVICES, USES, p=weights / weights.sum())
    users, times = rng.integers(0, PEOPLE, USES), rng.integers(0, DAYS * DAY, USES) + START
    return [
        (int(at), f"person-{user}", f"service-{item}")
        for at, user, item in zip(times, users, chosen, strict=True)
    ]


def hostile(accounts: int) -> Iterator[Event]:
    """Yield what hostile accounts tell, spread over each day."""
    for account in range(accounts):
        for day in range(DAYS):
            for n in range(USES_A_DAY):
                yield START + day * DAY + n * DAY // USES_A_DAY + account % 60, f"robot-{account}", TARGET


def listed(events: list[Event], damping: tuple[float, ...], a_day: int) -> list[str]:
    """Return the public list after all that."""
    people.DAMPING, people.USES_A_DAY = damping, a_day
    ranker = Ranker([f"service-{n}" for n in range(SERVICES)], exploration_rate=0.0)
    for at, user, item in sorted(events):
        ranker.observe(user, item, at)
    return ranker.rank(None, SERVICES, START + DAYS * DAY)


def main() -> None:
    """Print one line for each attack."""
    usual = people.DAMPING, people.USES_A_DAY
    peaceful = honest()
    before = listed(peaceful, *usual)
    known = {item for _, _, item in peaceful}
    print(f"{len(known)} services in use, target {TARGET} (checksum {zlib.crc32(repr(before).encode()):08x})")
    print(f"  nobody hostile:                target at {before.index(TARGET) + 1:3}")
    for accounts in (1, int(PEOPLE * HOSTILE_SHARE)):
        attack = peaceful + list(hostile(accounts))
        for name, limits in (("damped", usual), ("undamped", (UNDAMPED, 10**9))):
            after = listed(attack, *limits)
            kept = len(set(before[:10]) & set(after[:10]))
            print(
                f"  {accounts:4} hostile, {name:9}        target at {after.index(TARGET) + 1:3},"
                f" {kept} of the first ten kept",
                flush=True,
            )


if __name__ == "__main__":
    main()
