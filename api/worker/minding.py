"""A worker beside a server, in its process group: started with it, again when it dies, ended with it."""

import os
import subprocess
import sys
import threading
from types import TracebackType
from typing import Self

import structlog

AGAIN_SECONDS, END_SECONDS = 1.0, 30.0

log = structlog.get_logger("worker")


class WorkerMinder:
    """Minds one worker. However the server ends, the worker sees that its parent is gone, and stops."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._process = self._start()
        self._thread = threading.Thread(target=self._mind, name="minder", daemon=True)

    def __enter__(self) -> Self:
        """Begin to mind."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the worker, and wait until it has finished what was on its way."""
        self._ending.set()
        self._process.terminate()
        self._thread.join(END_SECONDS)

    def _mind(self) -> None:
        while True:
            code = self._process.wait()
            if self._ending.wait(AGAIN_SECONDS):
                return
            log.warning("the worker ended and is started again", code=code)
            self._process = self._start()
            if self._ending.is_set():
                self._process.terminate()

    @staticmethod
    def _start() -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-m", "api.worker", "--beside", str(os.getpid())])  # noqa: S603  our own words
