"""Fresh, filled databases for tests: one is filled once, and copied for each test.

SQLite by default. With DATABASE_URL=postgresql+psycopg://… every test gets a database to itself there,
made from a template and put back after the test; the role needs CREATEDB.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text

from tests.lending import Lent

SERVER_URL = os.environ.get("DATABASE_URL", "")
ON_POSTGRES = SERVER_URL.startswith("postgresql")
# By the URL of their template, databases that nobody has at the moment.
_shelves: dict[str, list[Lent]] = {}


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
    shelf = _shelves.setdefault(template_url, [])
    lent = shelf.pop() if shelf else Lent(make_url(_made_from(template_url)))
    try:
        yield _text(lent.url)
    finally:
        is_clean = False
        try:
            is_clean = lent.put_back()
        finally:
            if is_clean:
                shelf.append(lent)
            else:
                _drop(lent)


def drop(url: str) -> None:
    """Remove a database, and those that were made from it."""
    for lent in _shelves.pop(url, []):
        _drop(lent)
    if ON_POSTGRES:
        _on_server(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')


def _drop(lent: Lent) -> None:
    lent.close()
    drop(_text(lent.url))


def _made_from(template_url: str) -> str:
    name = f"lz_test_{uuid.uuid4().hex[:12]}"
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{make_url(template_url).database}"')
    # No test cuts the power; waiting for the disk at every commit would be a third of their time.
    _on_server(f'ALTER DATABASE "{name}" SET synchronous_commit TO off')
    return _url_of(name)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _url_of(name: str) -> str:
    return _text(make_url(SERVER_URL).set(database=name))


def _on_server(statement: str) -> None:
    engine = create_engine(SERVER_URL, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
