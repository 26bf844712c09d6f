"""Letting something happen within one request, between two moments of it: by force where it happens by chance."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from api import admitting
from api.call import Call
from tests.sandbox import Sandbox


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


@contextmanager
def after_first(sandbox: Sandbox, words: str, act: Callable[[], object]) -> Iterator[None]:
    """Act once, elsewhere, right after the first statement that has these words."""
    seen: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if words in statement and not seen:
            seen.append(statement)
            elsewhere(act)

    engine = sandbox.parts.database.engine
    event.listen(engine, "after_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(engine, "after_cursor_execute", look)
    assert seen, f"no statement has the words {words!r}"


def after_first_call(
    monkeypatch: pytest.MonkeyPatch, owner: object, method: str, act: Callable[[], object]
) -> None:
    """Act once, elsewhere, right after the first call of a method or function."""
    original = getattr(owner, method)

    def call(*args: Any, **kwargs: Any) -> object:
        monkeypatch.setattr(owner, method, original)
        result = original(*args, **kwargs)
        elsewhere(act)
        return result

    monkeypatch.setattr(owner, method, call)
