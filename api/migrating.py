"""Migrations from inside the program: bring a database up to date, and tell whether it is."""

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from identity.orm import Database

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def alembic_config(database: Database) -> AlembicConfig:
    """Return alembic's configuration for a database."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = database.engine
    return config


def upgrade(database: Database) -> None:
    """Bring a database up to the newest migration."""
    command.upgrade(alembic_config(database), "head")


def is_current(database: Database) -> bool:
    """Tell whether a database stands at the newest migration."""
    newest = ScriptDirectory.from_config(alembic_config(database)).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest
