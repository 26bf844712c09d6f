"""`flask keys re-encrypt`, and what stands in the way of retiring a key that values still lie under."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError

from api.config import Config
from api.upkeep import resealing
from api.upkeep.resealing import Batch
from identity.crypto.cipher import PiiCipher
from identity.crypto.keyring import KeyRing
from identity.orm import Database
from identity.resealing import SealedColumn


def re_encrypt(config: Config, ring: KeyRing, size: int) -> None:
    """Move every sealed value to the ring's key in use. Raises ClickException where some are left."""
    cipher = PiiCipher(ring)
    with _database(config) as database:
        batches = [batch for column in resealing.SEALED for batch in _column(database, cipher, column, size)]
        left = sum(resealing.left(database, cipher, column) for column in resealing.SEALED)
    unreadable = sum(batch.unreadable for batch in batches)
    click.echo(f"{sum(batch.written for batch in batches)} values moved to {cipher.kid}")
    if left:
        msg = f"{left} values still lie under former keys ({unreadable} could not be opened): run it again"
        raise click.ClickException(msg)


def require_unused(config: Config, kid: str) -> None:
    """Raise ClickException where a value lies under a key: nobody could open it once that is retired."""
    with _database(config) as database:
        values = resealing.under(database, kid)
    if values:
        msg = f"{values} values still lie under {kid}: run `flask keys re-encrypt` first"
        raise click.ClickException(msg)


def _column(database: Database, cipher: PiiCipher, column: SealedColumn, size: int) -> list[Batch]:
    left, batches = resealing.left(database, cipher, column), []
    with click.progressbar(length=left, label=column.name, show_pos=True) as bar:
        for batch in resealing.walk(database, cipher, column, size):
            batches.append(batch)
            bar.update(batch.written)
    return batches


@contextmanager
def _database(config: Config) -> Iterator[Database]:
    database = Database(config.database_url)
    try:
        yield database
    except SQLAlchemyError as error:
        # Statements hold values; what kind of trouble it is must do.
        msg = f"the database can't be asked: {type(error).__name__}"
        raise click.ClickException(msg) from error
    finally:
        database.dispose()
