"""The refit of the ranking in a process of its own: seconds of arithmetic that no request waits for.

The server sends what is to be learnt from through a pipe and gets back what was learnt: nothing lies on a disk. The
child knows no database and no key, runs at a low priority, and ends when its server does, however that ends.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast

from hotservices.ranking import Ranker
from hotservices.signals.settings import Settings

# Requests go first on a core that both want, ten to one. With the lowest niceness, 19, it would be seventy to one, and
# on a machine that is always busy a minute of arithmetic would not end within an hour.
NICENESS = 10
# Against a child that hangs; one that is starved does no harm.
TIMEOUT_SECONDS = 1800.0
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-m", "hotservices.usage.refitting")
# What an interpreter may need to start at all; everything else, such as secrets, stays with the server.
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "LANG")
THREAD_COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class RefitError(Exception):
    """The child gave no answer; says in a few words why."""


class Refitter:
    """Runs one child at a time, for at most `timeout` seconds; can be closed from any thread."""

    def __init__(self, program: Sequence[str] = PROGRAM, timeout: float = TIMEOUT_SECONDS) -> None:
        self._program, self._timeout = program, timeout
        self._turn, self._guard = threading.Lock(), threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False

    def refit(self, lessons: bytes, settings: Settings, at: int) -> bytes:
        """Return what `Ranker.refresh` learns at `at` seconds from exported lessons. Raises RefitError."""
        order = {"bytes": len(lessons), "settings": asdict(settings), "at": at}
        try:
            with self._turn, self._start(json.dumps(order)) as child:
                timer = threading.Timer(self._timeout, child.kill)
                timer.start()
                try:
                    # Nobody may raise a priority, not even from that of a server that is nicer still.
                    niceness = max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0))
                    os.setpriority(os.PRIO_PROCESS, child.pid, niceness)
                    return _ask(child, lessons)
                finally:
                    timer.cancel()
                    child.kill()
        except OSError as error:
            raise RefitError(type(error).__name__) from error

    def close(self) -> None:
        """End the child that runs, and start no other."""
        with self._guard:
            self._closed = True
            if self._child is not None:
                self._child.kill()

    def _start(self, order: str) -> "subprocess.Popen[bytes]":
        pipe = subprocess.PIPE
        with self._guard:
            if self._closed:
                msg = "closed"
                raise RefitError(msg)
            self._child = subprocess.Popen(  # noqa: S603  our own words
                [*self._program, order],
                bufsize=0,
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                cwd=ROOT,
                env=_environment(),
            )
            return self._child


def _ask(child: "subprocess.Popen[bytes]", lessons: bytes) -> bytes:
    """Send the lessons, wait for the answer. The pipe stays open: its end tells the child that nobody waits."""
    stdin, stdout, stderr = (cast("IO[bytes]", pipe) for pipe in (child.stdin, child.stdout, child.stderr))
    # As much as the pipe takes at once: `communicate` sends 4 KB at a time, and wants the interpreter for each.
    left = memoryview(lessons)
    with suppress(BrokenPipeError):
        while left:
            left = left[stdin.write(left) :]
    answer, said = stdout.read(), stderr.read()
    if child.wait() == 0:
        return answer
    # Only the name of what went wrong: its text might quote what people did.
    name = said.decode(errors="replace").strip().rpartition("\n")[2].partition(":")[0]
    msg = f"ended with {child.returncode} {name}".rstrip()
    raise RefitError(msg)


def _environment() -> dict[str, str]:
    """Return enough for an interpreter that finds what this one finds, with one thread."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    return passed_on | dict.fromkeys(THREAD_COUNTS, "1") | {"PYTHONPATH": path}


def _main(order: Mapping[str, Any]) -> None:
    # A Ctrl-C is the server's to hear.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ranker = Ranker([], **order["settings"])
    ranker.load_lessons(sys.stdin.buffer.read(order["bytes"]))
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    ranker.refresh(order["at"])
    sys.stdout.buffer.write(ranker.export_learnt())


def _end_with_the_server() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


if __name__ == "__main__":
    _main(json.loads(sys.argv[1]))
