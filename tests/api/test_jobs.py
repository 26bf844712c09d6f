"""What the worker does now and then: each job by one machine of all, and again when it is due."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select, update

from api.config import Environment
from api.services import Services
from api.worker import jobs
from api.worker.jobs import Job
from identity.clock import civil_date
from identity.turns import JobTurnRow
from tests import webhooks
from tests.sandbox import JSON, Sandbox, at_once
from wallet.models import LicenceRow
from wallet.showing.models import AccessAnchorRow
from wallet.webhooks.models import WebhookEventRow

GO_ON = threading.Event()
HOUR = timedelta(hours=1)
KIND = "DRIVING_LICENCE"


def test_of_many_workers_one_does_a_job_and_it_is_done_again_when_it_is_due(sandbox: Sandbox) -> None:
    done: list[int] = []

    def step(_parts: Services) -> Iterator[object]:
        done.append(1)
        yield None

    job = (Job("test", HOUR, step),)
    parts = sandbox.parts
    at_once(*[lambda: jobs.run_due(parts, GO_ON, job)] * 4)
    first = len(done)
    sandbox.pass_time(HOUR - timedelta(minutes=1))
    early = jobs.run_due(parts, GO_ON, job)
    sandbox.pass_time(timedelta(minutes=2))

    assert (first, early) == (1, [])
    assert jobs.run_due(parts, GO_ON, job) == ["test"]


def test_a_job_whose_worker_was_stopped_or_died_is_done_by_another(sandbox: Sandbox) -> None:
    stopped, parts = threading.Event(), sandbox.parts
    stopped.set()
    job = (Job("test", HOUR, lambda _parts: iter([1, 2])),)

    given_back = jobs.run_due(parts, stopped, job)
    again = jobs.run_due(parts, GO_ON, job)
    sandbox.pass_time(2 * HOUR)
    with parts.database.write() as session:
        session.execute(update(JobTurnRow).values(leased_until=sandbox.now() + timedelta(days=365)))
    leased = jobs.run_due(parts, GO_ON, job)
    with parts.database.write() as session:
        session.execute(update(JobTurnRow).values(leased_until=sandbox.now() - timedelta(days=365)))

    assert (given_back, again, leased) == ([], ["test"], [])
    assert jobs.run_due(parts, GO_ON, job) == ["test"]


def test_a_clock_that_went_back_keeps_no_job_waiting(sandbox: Sandbox) -> None:
    job = (Job("test", HOUR, lambda _parts: iter([1])),)
    sandbox.pass_time(timedelta(days=3650))
    jobs.run_due(sandbox.parts, GO_ON, job)
    sandbox.pass_time(-timedelta(days=3650))

    assert jobs.run_due(sandbox.parts, GO_ON, job) == ["test"]


def test_chains_are_anchored_every_day(sandbox: Sandbox) -> None:
    for _ in range(3):
        jobs.run_due(sandbox.parts, GO_ON)
        sandbox.pass_time(timedelta(hours=23))

    with sandbox.parts.database.read() as session:
        assert session.scalar(select(func.count()).select_from(AccessAnchorRow)) == 3


def test_what_was_kept_long_enough_is_purged_by_the_worker_but_in_the_sandbox_not(sandbox: Sandbox) -> None:
    webhooks.happen(sandbox)
    sandbox.pass_time(timedelta(days=60))
    (job,) = [one for one in jobs.JOBS if one.name == "purge"]
    production = replace(sandbox.parts.config, environment=Environment.PRODUCTION)

    in_sandbox = jobs.run_due(sandbox.parts, GO_ON, (job,))
    in_production = jobs.run_due(replace(sandbox.parts, config=production), GO_ON, (job,))

    assert (in_sandbox, in_production) == ([], ["purge"])
    with sandbox.parts.database.read() as session:
        assert session.scalar(select(func.count()).select_from(WebhookEventRow)) == 0


def reminders(sandbox: Sandbox) -> list[JSON]:
    items = sandbox.log_in("zhang-wei").expect(200, "GET", "/v1/notices")["items"]
    return [one["about"] for one in items if one["kind"] == "licence_expiring"]


def test_a_holder_is_told_60_and_10_days_before_a_licence_ends_each_once(sandbox: Sandbox) -> None:
    parts, licence_id = sandbox.parts, sandbox.citizen("zhang-wei").licence(KIND)["id"]
    last_day = civil_date(sandbox.now()) + timedelta(days=61)
    with parts.database.write() as session:
        session.execute(update(LicenceRow).values(valid_to=None))
        session.execute(update(LicenceRow).where(LicenceRow.id == licence_id).values(valid_to=last_day))
    told = []
    for days in (0, 1, 1, 48, 1, 1, 5, 10):
        sandbox.pass_time(timedelta(days=days))
        at_once(*[lambda: jobs.run_due(parts, GO_ON)] * 2)
        told.append(len(reminders(sandbox)))

    assert told == [0, 1, 1, 1, 2, 2, 2, 2]
    assert {one["licence_id"] for one in reminders(sandbox)} == {licence_id}
    assert reminders(sandbox)[0]["valid_to"] == last_day.isoformat()
