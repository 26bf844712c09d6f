"""What the apps and databases of a test run have in common, made once for a worker instead of once for a test.

Every test builds an app and opens a database of its own. SQLAlchemy would compile each statement anew for
each of these databases, and werkzeug each route for each of these apps: half of what a test takes.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import Dialect, Engine, create_engine, event
from werkzeug.routing import Rule

from identity import orm

_dialects: dict[str, Dialect] = {}
_statements: dict[Any, Any] = {}
_builders: dict[tuple[str, bool], Callable[..., tuple[str, str]]] = {}


def compile_once() -> None:
    """Let all databases share their compiled statements, and all apps those of their routes."""
    orm.create_engine = _engine  # type: ignore[assignment, attr-defined]
    Flask.url_rule_class = _Rule


def _engine(url: str, **options: Any) -> Engine:
    engine = create_engine(url, **options)
    backend = engine.url.get_backend_name()
    if backend in _dialects:
        # What is compiled belongs to a dialect.
        engine.dialect = _dialects[backend]
    else:
        # A dialect knows all about its server with the first connection.
        event.listen(engine, "connect", lambda *_: _dialects.setdefault(backend, engine.dialect))
    engine.update_execution_options(compiled_cache=_statements)
    return engine


class _Rule(Rule):
    """A route whose function that builds addresses is compiled for its first app only."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, append_unknown)
        if key not in _builders:
            _builders[key] = super()._compile_builder(append_unknown)
        return _builders[key]
