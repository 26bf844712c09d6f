"""How `make run` starts and ends: beside other servers, and in the middle of its start."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from api.config import Config
from api.serve import END_SECONDS
from tests import live, outside

MANY = 20


def answered(address: str) -> float:
    """Return how many requests a server's metrics tell of."""
    with outside.client(address) as anybody:
        lines = anybody.get("/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("lz_requests_total{"))


def child_of(process: "subprocess.Popen[bytes]") -> int:
    """Wait for a server's first worker, which then loads the app."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not (found := children.read_text(encoding="ascii").split()):
        assert process.poll() is None
        time.sleep(0.001)
    return int(found[0])


def is_gone(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    return False


def counts(folder: Path) -> list[Path]:
    return list(folder.glob("liangzheng-metrics-*"))


def test_servers_that_share_a_folder_keep_their_counts_apart(addresses: tuple[str, str]) -> None:
    one, other = addresses
    with outside.client(one) as anybody:
        for _ in range(MANY):
            anybody.get("/healthz")

    assert answered(one) >= MANY > answered(other) > 0


@pytest.mark.parametrize("seconds", [0, 0.2])
def test_a_server_that_is_ended_while_it_starts_ends_with_its_worker(config: Config, seconds: float) -> None:
    (port,) = live.free_ports(1)
    with live.starting(config, port) as process:
        worker = child_of(process)
        time.sleep(seconds)
        process.terminate()
        # Sooner than a worker is killed.
        process.wait(timeout=END_SECONDS - 1)

    assert is_gone(worker)


def test_ctrl_c_which_reaches_every_process_ends_a_server_at_once(config: Config) -> None:
    with live.running_server(config) as server:
        worker = child_of(server.process)
        for process_id in (worker, server.process.pid):
            os.kill(process_id, signal.SIGINT)

        server.process.wait(timeout=END_SECONDS - 1)

    assert is_gone(worker)


def test_a_worker_that_does_not_end_is_killed(config: Config) -> None:
    with live.running_server(config) as server:
        worker = child_of(server.process)
        os.kill(worker, signal.SIGSTOP)

        server.process.terminate()
        server.process.wait(timeout=live.START_SECONDS)

    assert is_gone(worker)


def test_a_server_leaves_no_counts_behind(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    with live.serving(config) as address:
        assert answered(address) > 0
        assert len(counts(tmp_path)) == 1

    assert counts(tmp_path) == []
