"""What it costs to seal an offline token and to judge one without a network: `python -m tests.bench.offline`."""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from identity.crypto.keyring import KeyRing, Purpose, create_ring
from identity.crypto.signer import KeyRingSigner
from wallet.showing.offline import offline_codec
from wallet.showing.offline.offline_codec import OfflineClaims
from wallet.showing.offline.offline_decision import Pack, decide
from wallet.showing.token_codec import new_jti
from wallet.status_lists.encoding import StatusList

ROUNDS = 500
BEGIN = datetime(2026, 11, 22, 2, tzinfo=UTC)


def main() -> None:
    """Print medians."""
    with tempfile.TemporaryDirectory() as folder:
        create_ring(Path(folder), Purpose.OFFLINE)
        ring = KeyRing(Path(folder), Purpose.OFFLINE)
        signer = KeyRingSigner(ring)
        claims = OfflineClaims(
            jti=new_jti(),
            issued_at=BEGIN,
            expires_at=BEGIN + timedelta(seconds=60),
            kind="DRIVING_LICENCE",
            name="*伟",
            number="1000**********0119",
            valid_to=date(2032, 8, 20),
            list_id="aB3",
            place=104_857,
        )
        token = offline_codec.seal(claims, signer)
        pack = Pack(
            version="aB3.1",
            issued_at=BEGIN,
            expires_at=BEGIN + timedelta(days=1),
            max_age=timedelta(hours=4),
            keys=ring,
            kinds={"DRIVING_LICENCE": "机动车驾驶证"},
            lists={"aB3": StatusList(2, bytes(2**18))},
            list_versions={"aB3": 1},
        )

        def judge() -> object:
            return decide(token, pack, device_now=BEGIN, clock_offset=timedelta(0)).signal

        print(f"a token of {len(token)} characters, {ROUNDS} rounds, milliseconds at the median")
        print(f"  seal   {_median(lambda: offline_codec.seal(claims, signer)):.3f}")
        print(f"  decide {_median(judge):.3f}  ({judge()})")


def _median(job: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        job()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
