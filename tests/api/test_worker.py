"""The worker as a process: two at once, killed in the middle, told to stop, minded by a server."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.config import Config
from identity.crypto.keyring import Purpose
from tests import live, webhooks
from tests.paths import ROOT
from tests.platforms.fake_server import Asked, Fake, Handler
from tests.receivers import PATH, Receiver, receiving, until
from tests.sandbox import Sandbox
from wallet.webhooks.models import DeliveryState

Process = subprocess.Popen[bytes]
END_SECONDS = 120


@pytest.fixture
def receiver(sandbox: Sandbox) -> Iterator[Receiver]:
    with receiving(sandbox.parts.rings[Purpose.WEBHOOKS]) as receiver:
        yield receiver


@contextmanager
def working(config: Config) -> Iterator[Process]:
    """Lend a worker process on a sandbox's database."""
    process = subprocess.Popen(
        [sys.executable, "-m", "api.worker"],
        cwd=ROOT,
        env=live.environment(config),
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(END_SECONDS)


def are_done(sandbox: Sandbox, *webhook_ids: str) -> Callable[[], bool]:
    """Return whether all that was to be told to webhooks has been, as a question."""
    return lambda: all(
        delivery.state == DeliveryState.DELIVERED
        for webhook_id in webhook_ids
        for delivery in webhooks.deliveries(sandbox, webhook_id)
    )


def test_two_workers_tell_everything_and_nothing_twice(sandbox: Sandbox, receiver: Receiver) -> None:
    told = [webhooks.a_webhook(sandbox, receiver.url) for _ in range(4)]
    config = sandbox.parts.config
    with working(config), working(config):
        before = [webhooks.happen(sandbox)]
        receiver.wait_for(4)
        events = before + [webhooks.happen(sandbox) for _ in range(10)]
        until(are_done(sandbox, *told))

    assert Counter(receiver.ids()) == dict.fromkeys(events, 4)


def test_a_worker_killed_in_mid_delivery_loses_nothing_and_doubles_only_what_was_on_its_way(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    webhook_id = webhooks.a_webhook(sandbox, receiver.url)
    config = sandbox.parts.config
    held: list[Asked] = []
    done = webhooks.happen(sandbox)
    with working(config) as first:
        receiver.wait_for(1)
        until(are_done(sandbox, webhook_id))
        receiver.next(PATH, _hold(held))
        on_its_way = webhooks.happen(sandbox)
        after = webhooks.happen(sandbox)
        until(lambda: held)
        first.send_signal(signal.SIGKILL)
        first.wait(END_SECONDS)
    unnoted = webhooks.deliveries(sandbox, webhook_id)[1]
    webhooks.free_leases(sandbox)
    with working(config):
        receiver.wait_for(3)
        until(are_done(sandbox, webhook_id))

    assert (unnoted.state, unnoted.attempts) == (DeliveryState.PENDING, [])
    assert [receiver.read(asked.body)["id"] for asked in held] == [on_its_way]
    assert receiver.ids() == [done, on_its_way, after]


def test_a_worker_told_to_stop_finishes_what_is_on_its_way_and_notes_it(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    webhook_id = webhooks.a_webhook(sandbox, receiver.url)
    held: list[Asked] = []

    def answer_after_the_signal(fake: Fake, asked: Asked, handler: Handler) -> None:
        held.append(asked)
        worker.send_signal(signal.SIGTERM)
        handler.reply(fake.answer(asked))

    receiver.next(PATH, answer_after_the_signal)
    with working(sandbox.parts.config) as worker:
        webhooks.happen(sandbox)
        code = worker.wait(END_SECONDS)

    assert (code, len(held)) == (0, 1)
    assert are_done(sandbox, webhook_id)()
    assert webhooks.row(sandbox, webhook_id).lease_id is None


def test_a_server_minds_a_worker_of_its_own(sandbox: Sandbox, receiver: Receiver) -> None:
    webhook_id = webhooks.a_webhook(sandbox, receiver.url)
    with live.running_server(sandbox.parts.config, RUN_WORKER="yes") as server:
        until(lambda: _workers_of(server.process.pid))
        (first,) = _workers_of(server.process.pid)
        group = os.getpgid(first) == os.getpgid(server.process.pid)
        webhooks.happen(sandbox)
        receiver.wait_for(1)
        os.kill(first, signal.SIGKILL)
        until(lambda: set(_workers_of(server.process.pid)) - {first})
        (second,) = set(_workers_of(server.process.pid)) - {first}
        webhooks.free_leases(sandbox)
        webhooks.happen(sandbox)
        receiver.wait_for(2)
        until(are_done(sandbox, webhook_id))
        server.process.kill()
        until(lambda: not _is_alive(second))

    assert group


def _hold(held: list[Asked]) -> Callable[[Fake, Asked, Handler], None]:
    def hold(fake: Fake, asked: Asked, handler: Handler) -> None:
        held.append(asked)
        fake.released.wait(END_SECONDS)
        handler.hang_up()

    return hold


def _workers_of(pid: int) -> list[int]:
    # Whom a thread has started is listed with the thread.
    lists = [path.read_text(encoding="ascii") for path in Path(f"/proc/{pid}/task").glob("*/children")]
    children = [int(child) for text in lists for child in text.split()]
    return [child for child in children if "api.worker" in _command(child)]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""


def _is_alive(pid: int) -> bool:
    return "api.worker" in _command(pid)
