"""Work that is done now and then, by one machine of all: whoever takes the turn, step by step.

The sandbox's worker does not purge: its clock goes back as well as forth, and what was purged at the far end of a leap
would be missing on the way back. `flask purge` does it there when asked.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import structlog

from api.services import Services
from api.upkeep import purging
from identity import turns
from identity.clock import SystemClock
from identity.turns import JobTurn
from wallet import reminding
from wallet.enterprise import expiring
from wallet.showing.records import anchors

LEASE = timedelta(minutes=5)
REMINDERS_A_STEP = 200

log = structlog.get_logger("worker")


@dataclass(frozen=True, slots=True)
class Job:
    """Work with a name: how often it is due, and how it is done. Each step yields once it is committed."""

    name: str
    every: timedelta
    steps: Callable[[Services], Iterator[object]]
    in_sandbox: bool = True


def _purge(parts: Services) -> Iterator[object]:
    now = parts.clock.now()
    for rule in purging.RULES:
        yield from purging.batches(parts, rule, now)


def _anchor(parts: Services) -> Iterator[object]:
    with parts.database.write() as session:
        signed = anchors.anchor(session, parts.receipts, parts.clock.now())
    yield signed


def _remind(parts: Services) -> Iterator[object]:
    told = REMINDERS_A_STEP
    while told == REMINDERS_A_STEP:
        with parts.database.write() as session:
            told = reminding.remind(session, parts.cipher, parts.clock.now(), REMINDERS_A_STEP)
        yield told


def _expire(parts: Services) -> Iterator[object]:
    expired = expiring.BATCH
    while expired == expiring.BATCH:
        with parts.database.write() as session:
            expired = expiring.expire(session, parts.clock.now())
        yield expired


JOBS = (
    # An anchor is a day's: asked every hour, it is signed soon after midnight.
    Job("anchor", timedelta(hours=1), _anchor),
    # Who asked for consent is told that nobody answered in time.
    Job("expire", timedelta(minutes=1), _expire),
    Job("remind", timedelta(hours=1), _remind),
    Job("purge", timedelta(hours=24), _purge, in_sandbox=False),
)


def run_due(parts: Services, stop: threading.Event, jobs: tuple[Job, ...] = JOBS) -> list[str]:
    """Do what is due and nobody else is at; return the names of what was done."""
    return [job.name for job in jobs if _is_wanted(parts, job) and _run(parts, job, stop)]


def _is_wanted(parts: Services, job: Job) -> bool:
    if parts.config.is_sandbox and not job.in_sandbox:
        return False
    now, real_now = parts.clock.now(), SystemClock().now()
    with parts.database.read() as session:
        return turns.is_due(session, job.name, every=job.every, now=now, real_now=real_now)


def _run(parts: Services, job: Job, stop: threading.Event) -> bool:
    now, real = parts.clock.now(), SystemClock()
    with parts.database.write() as session:
        turn = turns.take(session, job.name, every=job.every, lease=LEASE, now=now, real_now=real.now())
    if turn is None:
        return False
    steps = 0
    for _ in job.steps(parts):
        steps += 1
        if stop.is_set() or not _hold(parts, turn, real):
            # Stopped, or another took over: what is left is due again.
            with parts.database.write() as session:
                turns.give_back(session, turn)
            return False
    with parts.database.write() as session:
        turns.finish(session, turn, now)
    log.info("job done", job=job.name, steps=steps)
    return True


def _hold(parts: Services, turn: JobTurn, real: SystemClock) -> bool:
    with parts.database.write() as session:
        return turns.extend(session, turn, lease=LEASE, real_now=real.now())
