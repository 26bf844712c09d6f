"""Migrations run up, down and up again, and end where the models are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect

from api import migrating
from identity.orm import Base, Database
from tests import stores


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    url = stores.fresh_url(tmp_path)
    database = Database(url)
    yield database
    database.dispose()
    stores.drop(url)


def test_migrations_run_up_down_and_up_again(database: Database) -> None:
    config = migrating.alembic_config(database)

    command.upgrade(config, "head")
    up = _tables(database)
    command.downgrade(config, "base")
    down = _tables(database)
    command.upgrade(config, "head")
    again = _tables(database)

    assert up == again == set(Base.metadata.tables) | {"alembic_version"}
    assert down == {"alembic_version"}


def test_every_single_migration_can_be_taken_back(database: Database) -> None:
    config = migrating.alembic_config(database)
    newest_first = list(ScriptDirectory.from_config(config).walk_revisions())

    for script in reversed(newest_first):
        command.upgrade(config, script.revision)
        command.downgrade(config, "-1")
        command.upgrade(config, script.revision)

    assert migrating.is_current(database)


def test_the_models_are_what_the_migrations_make(database: Database) -> None:
    migrating.upgrade(database)

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "compare_server_default": True},
        )
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_check_constraints_are_in_the_database_by_their_names(database: Database) -> None:
    migrating.upgrade(database)
    inspector = inspect(database.engine)
    declared = {
        str(constraint.name)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }

    found = {
        str(constraint["name"])
        for table in Base.metadata.tables
        for constraint in inspector.get_check_constraints(table)
    }

    assert declared == found


def test_every_constraint_has_a_name_that_a_later_migration_can_speak_of(database: Database) -> None:
    migrating.upgrade(database)
    inspector = inspect(database.engine)

    unnamed = [
        table
        for table in Base.metadata.tables
        for constraint in (
            inspector.get_pk_constraint(table),
            *inspector.get_foreign_keys(table),
            *inspector.get_unique_constraints(table),
        )
        if not constraint["name"]
    ]

    assert unnamed == []


def test_an_empty_database_is_not_current_and_a_migrated_one_is(database: Database) -> None:
    before = migrating.is_current(database)
    migrating.upgrade(database)

    assert (before, migrating.is_current(database)) == (False, True)


def _tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())
