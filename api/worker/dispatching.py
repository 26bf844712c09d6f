"""Sends what is due to webhooks: many receivers at once, one delivery at a time to each.

A thread serves one webhook until nothing more is due, an attempt fails, or others have waited long enough. A receiver
that is slow keeps one thread busy, for the ten seconds that an attempt may take, and then rests.
"""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.services import Services
from identity.clock import SystemClock
from identity.notices import NoticeKind
from identity.organisations import telling
from wallet.webhooks import bodies, delivering, urls
from wallet.webhooks.delivering import Due, Noted, Turn
from wallet.webhooks.sending import Attempt

THREADS = 16
# Longer than an attempt and the time in which its outcome is written down together.
LEASE = timedelta(seconds=30)
NOTING_SECONDS, PAUSE_SECONDS = 10.0, 0.5
# A receiver with a long queue makes way for others after this.
TURN_SECONDS = 10.0
DELIVERED = "delivered"
ATTEMPTS = Counter("lz_webhook_attempts_total", "Attempts to tell webhooks", ["outcome"])

log = structlog.get_logger("worker")


class Dispatcher:
    """Takes turns at webhooks, and sends in threads of its own."""

    def __init__(self, parts: Services, stop: threading.Event) -> None:
        self._parts, self._stop = parts, stop
        self._free = threading.Semaphore(THREADS)
        self._threads = ThreadPoolExecutor(THREADS, "webhook")
        self._real = SystemClock()
        # Spreads retries; nothing depends on its being hard to guess.
        self._random = random.Random()  # noqa: S311

    def start_turns(self) -> int:
        """Begin with every webhook that has something due, as far as there are threads; return how many."""
        started = 0
        while not self._stop.is_set() and self._free.acquire(timeout=PAUSE_SECONDS):
            turn = None
            try:
                turn = self._take()
            finally:
                if turn is None:
                    self._free.release()
            if turn is None:
                break
            self._threads.submit(self._serve, turn)
            started += 1
        return started

    def close(self) -> None:
        """Wait for what is on its way; what is only due stays due."""
        self._threads.shutdown(wait=True)

    def _take(self) -> Turn | None:
        parts, now, real_now = self._parts, self._parts.clock.now(), self._real.now()
        with parts.database.read() as session:
            if not delivering.is_anything_due(session, now, real_now):
                return None
        with parts.database.write() as session:
            return delivering.take_turn(session, now, real_now, LEASE)

    def _serve(self, turn: Turn) -> None:
        try:
            self._send_all(turn)
        except Exception as error:  # noqa: BLE001  whatever it is, the other webhooks go on
            log.error("a webhook's turn failed", webhook_id=turn.webhook_id, error=type(error).__name__)  # noqa: TRY400
        finally:
            with suppress(SQLAlchemyError), self._parts.database.write() as session:
                delivering.end_turn(session, turn)
            self._free.release()

    def _send_all(self, turn: Turn) -> None:
        until = time.monotonic() + TURN_SECONDS
        with self._parts.database.write() as session:
            due = self._next(session, turn)
        while due is not None:
            began = self._parts.clock.now()
            attempt = self._attempt(turn, due)
            goes_on = not self._stop.is_set() and time.monotonic() < until
            due = self._note(turn, due, attempt, began, goes_on=goes_on)

    def _attempt(self, turn: Turn, due: Due) -> Attempt:
        desk = self._parts.webhooks
        body = bodies.event(
            desk.signer, event_id=due.event_id, event_type=due.type, at=due.at, resource_id=due.resource_id
        )
        attempt = desk.sender.post(urls.read(turn.url, plain_http=desk.plain_http), body)
        outcome = str(attempt.error or DELIVERED)
        ATTEMPTS.labels(outcome).inc()
        log.info(
            "webhook told",
            webhook_id=turn.webhook_id,
            delivery_id=due.id,
            outcome=outcome,
            status=attempt.status,
            ms=attempt.latency_ms,
        )
        return attempt

    def _note(self, turn: Turn, due: Due, attempt: Attempt, began: datetime, *, goes_on: bool) -> Due | None:
        """Write down what came of an attempt, and return what comes next; a database that is away is waited for."""
        until = time.monotonic() + NOTING_SECONDS
        while True:
            try:
                with self._parts.database.write() as session:
                    noted = self._noted(session, turn, due, attempt, began)
                    return self._next(session, turn) if noted.goes_on and goes_on else None
            except SQLAlchemyError:
                # What can't be noted will be sent once more: better wait a little.
                if time.monotonic() >= until:
                    raise
                time.sleep(PAUSE_SECONDS)

    def _noted(self, session: Session, turn: Turn, due: Due, attempt: Attempt, began: datetime) -> Noted:
        now = self._parts.clock.now()
        noted = delivering.note(
            session, turn, due, attempt, began=began, now=now, random=self._random.random()
        )
        if noted.switched_off:
            host = urls.read(turn.url, plain_http=True).host
            telling.tell_admins(
                session,
                self._parts.cipher,
                turn.organisation_id,
                kind=NoticeKind.WEBHOOK_DISABLED,
                about={"host": host, "webhook_id": turn.webhook_id},
                now=now,
            )
        return noted

    def _next(self, session: Session, turn: Turn) -> Due | None:
        return delivering.next_due(session, turn, self._parts.clock.now(), self._real.now(), LEASE)
