"""Everything that a server leaves behind on the disk, and what of it can be read."""

from pathlib import Path

from sqlalchemy import select

from api.config import Config
from identity.orm import Base, Database

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")


def everything_in(folder: Path) -> bytes:
    return b"\0".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def everything_in_the_database(config: Config) -> bytes:
    """Return every value of every row: what a database's own files hold, where we can't read them."""
    database = Database(config.database_url)
    with database.read() as session:
        values = [
            value
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table))
            for value in row
        ]
    database.dispose()
    return b"\0".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


def found(words: list[str], content: bytes) -> list[str]:
    return [word for word in words for encoding in ENCODINGS if word.encode(encoding) in content]
