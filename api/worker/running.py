"""The worker's loops: one looks for webhooks with something due, one for jobs. Neither ends for a failure."""

import os
import threading

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.services import Services
from api.worker import jobs
from api.worker.dispatching import Dispatcher

POLL_SECONDS, JOBS_SECONDS, AWAY_SECONDS = 0.25, 5.0, 1.0

log = structlog.get_logger("worker")


class Worker:
    """Runs until it is stopped, or its parent is gone (`parent` is the process it was started beside)."""

    def __init__(self, parts: Services, parent: int | None = None) -> None:
        self._parts, self._parent = parts, parent
        self.stop = threading.Event()
        self._dispatcher = Dispatcher(parts, self.stop)

    def run(self) -> None:
        """Work; return when what was on its way has been written down."""
        housekeeping = threading.Thread(target=self._keep_house, name="jobs")
        housekeeping.start()
        try:
            while not self.stop.is_set() and not self._is_orphan():
                self.stop.wait(self._dispatch())
        finally:
            self.stop.set()
            self._dispatcher.close()
            housekeeping.join()

    def _is_orphan(self) -> bool:
        return self._parent is not None and os.getppid() != self._parent

    def _dispatch(self) -> float:
        """Start what is due; return after how many seconds to look again."""
        try:
            self._dispatcher.start_turns()
        except SQLAlchemyError as error:
            log.warning("the worker can't reach the database", error=type(error).__name__)
            return AWAY_SECONDS
        return POLL_SECONDS

    def _keep_house(self) -> None:
        while not self.stop.is_set():
            try:
                jobs.run_due(self._parts, self.stop)
            except Exception as error:  # noqa: BLE001  a job that fails is due again when its lease has run out
                log.error("a job failed", error=type(error).__name__)  # noqa: TRY400
            self.stop.wait(JOBS_SECONDS)
