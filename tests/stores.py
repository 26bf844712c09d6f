"""Fresh, filled databases for tests: one is filled once, and copied for each test.

SQLite by default. With DATABASE_URL=postgresql+psycopg://… every test gets a database of its own there,
made from a template; the role needs CREATEDB.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

SERVER_URL = os.environ.get("DATABASE_URL", "")
ON_POSTGRES = SERVER_URL.startswith("postgresql")


def fresh_url(folder: Path) -> str:
    """Return the URL of a new, empty database."""
    if not ON_POSTGRES:
        return f"sqlite:///{folder / 'test.sqlite3'}"
    name = f"lz_test_{uuid.uuid4().hex[:12]}"
    _on_server(f'CREATE DATABASE "{name}"')
    return _url_of(name)


@contextmanager
def copy_of(template_url: str, folder: Path) -> Iterator[str]:
    """Lend a copy of a database that nobody is connected to."""
    if not ON_POSTGRES:
        target = folder / "liangzheng.sqlite3"
        shutil.copyfile(make_url(template_url).database or "", target)
        yield f"sqlite:///{target}"
        return
    name = f"lz_test_{uuid.uuid4().hex[:12]}"
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{make_url(template_url).database}"')
    try:
        yield _url_of(name)
    finally:
        drop(_url_of(name))


def drop(url: str) -> None:
    """Remove a database."""
    if ON_POSTGRES:
        _on_server(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')


def _url_of(name: str) -> str:
    return make_url(SERVER_URL).set(database=name).render_as_string(hide_password=False)


def _on_server(statement: str) -> None:
    engine = create_engine(SERVER_URL, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
