"""What comes between a call's guard and its work: done elsewhere, once, at exactly that moment."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from api import admitting
from api.call import Call


def elsewhere(action: Callable[[], Any]) -> Any:
    """Do something in a thread of its own, as another request would, and wait for it."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(action).result()


@contextmanager
def meanwhile(action: Callable[[], Any]) -> Iterator[None]:
    """Once the next citizen's call of this thread has passed its guard, do something before it goes on."""
    guard, here, done = admitting.citizen, threading.get_ident(), list[bool]()

    def admit(call: Call) -> None:
        guard(call)
        if not done and threading.get_ident() == here:
            done.append(True)
            elsewhere(action)

    admitting.citizen = admit
    try:
        yield
    finally:
        admitting.citizen = guard
    assert done, "no citizen's call came by"
