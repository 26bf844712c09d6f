"""What a list of 2^20 entries costs to change and to serve, in time and memory: `python -m tests.bench.status_lists`."""

import resource
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from api import migrating
from identity.crypto.keyring import KeyRing, Purpose, create_ring
from identity.crypto.signer import KeyRingSigner
from identity.orm import Database
from tests import stores
from wallet.status_lists import blocks, publishing
from wallet.status_lists.encoding import ListStatus
from wallet.status_lists.publishing import StatusListDesk

ROUNDS = 100
BEGIN = datetime(2026, 11, 22, 2, tzinfo=UTC)
SIZE = 2**20
# What has been revoked before: one in a hundred.
REVOKED = SIZE // 100


def main() -> None:
    """Print one table."""
    with tempfile.TemporaryDirectory() as folder:
        url = stores.fresh_url(Path(folder))
        database = Database(url)
        try:
            migrating.upgrade(database)
            create_ring(Path(folder), Purpose.OFFLINE)
            desk = StatusListDesk(KeyRingSigner(KeyRing(Path(folder), Purpose.OFFLINE)))
            _measure(database, desk)
        finally:
            database.dispose()
            stores.drop(url)


def _measure(database: Database, desk: StatusListDesk) -> None:
    dice = Random(2026)  # noqa: S311  a repeatable bench, no secret
    with database.write() as session:
        (list_id,) = publishing.all_ids(session)
        blocks.write(
            session, list_id, dict.fromkeys(dice.sample(range(SIZE), REVOKED), ListStatus.INVALID), BEGIN
        )
    rounds = iter(range(10**6))

    def change() -> None:
        with database.write() as session:
            now = BEGIN + timedelta(seconds=next(rounds))
            blocks.write(session, list_id, {dice.randrange(SIZE): ListStatus.SUSPENDED}, now)

    def serve(now: datetime) -> str:
        with database.read() as session:
            return desk.publish(session, list_id, now).jwt

    def build() -> str:
        return serve(BEGIN + next(rounds) * publishing.TTL)

    kept = BEGIN + timedelta(days=900)
    size = len(serve(kept))
    print(
        f"{database.url.get_backend_name()}: {SIZE} entries of 2 bits, {REVOKED} revoked, token of {size} characters"
    )
    for name, job in (
        ("change one entry", change),
        ("build and sign", build),
        ("serve as kept", lambda: serve(kept)),
    ):
        serve(kept)
        print(
            f"  {name:18} {_median(job) * 1e3:8.3f} ms  peak {_peak(job) / 1024:8.1f} KiB of Python's memory"
        )
    print(
        f"  the whole process  {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.1f} MiB at its most"
    )


def _median(job: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        job()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _peak(job: Callable[[], object]) -> int:
    tracemalloc.start()
    job()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


if __name__ == "__main__":
    main()
