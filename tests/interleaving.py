"""Letting something happen between two statements of one request: by force where it happens by chance."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.sandbox import Sandbox


@contextmanager
def after_first(sandbox: Sandbox, words: str, act: Callable[[], object]) -> Iterator[None]:
    """Act once, elsewhere, right after the first statement that has these words."""
    seen: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if words in statement and not seen:
            seen.append(statement)
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(act).result()

    engine = sandbox.parts.database.engine
    event.listen(engine, "after_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(engine, "after_cursor_execute", look)
    assert seen, f"no statement has the words {words!r}"
