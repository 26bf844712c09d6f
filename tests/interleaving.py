"""Letting something happen between two statements of one request: by force where it happens by chance."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.sandbox import Sandbox


@contextmanager
def after_first(sandbox: Sandbox, words: str, act: Callable[[], object]) -> Iterator[None]:
    """Act once, elsewhere, right after the first statement that has these words."""
    seen: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if words in statement and not seen:
            seen.append(statement)
            _elsewhere(act)

    engine = sandbox.parts.database.engine
    event.listen(engine, "after_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(engine, "after_cursor_execute", look)
    assert seen, f"no statement has the words {words!r}"


def after_first_call(
    monkeypatch: pytest.MonkeyPatch, owner: type, method: str, act: Callable[[], object]
) -> None:
    """Act once, elsewhere, right after the first call of a method."""
    original = getattr(owner, method)

    def call(*args: Any, **kwargs: Any) -> object:
        monkeypatch.setattr(owner, method, original)
        result = original(*args, **kwargs)
        _elsewhere(act)
        return result

    monkeypatch.setattr(owner, method, call)


def _elsewhere(act: Callable[[], object]) -> None:
    with ThreadPoolExecutor(1) as threads:
        threads.submit(act).result()
