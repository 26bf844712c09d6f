"""Nobody's data is forgotten: every table that holds something of a person is copied and erased with them."""

from sqlalchemy import Table

from api import app
from api.upkeep import personal_data
from identity.orm import Base

OWNERS = {"accounts.id", "persons.id"}
# Tables with something sealed, or of a person, that no part has, and why.
EXCEPTIONS = {
    "idempotency_keys": "answers that live for a day, under digests that can't be traced to a person",
    "usage_log": "uses without an account, deleted once the shared tables have learnt them",
    "usage_snapshots": "what all people's use adds up to",
    "staff": "members of agencies by their number alone; what is sealed is a second factor's secret",
    "enterprises": "legal persons: their name and code are public",
    "sandbox_enterprises": "fictitious enterprises of the sandbox's registry",
    "sandbox_persons": "fictitious people of the sandbox's registries",
    "sandbox_licences": "fictitious licences of the sandbox's registries",
}


def of_a_person(table: Table) -> bool:
    """Tell whether a table points to an account or a person, or holds something that had to be sealed."""
    keys = {key.target_fullname for key in table.foreign_keys}
    columns = {column.name for column in table.columns}
    named = any(name.endswith(("account_id", "person_id", "_sealed")) for name in columns)
    return bool(keys & OWNERS) or named or table.name in {"accounts", "persons"}


def test_every_table_that_holds_something_of_a_person_is_in_a_part_or_excepted_with_a_reason() -> None:
    assert app.BLUEPRINTS
    parts = {table for part in personal_data.PARTS for table in part.tables}
    personal = {name for name, table in Base.metadata.tables.items() if of_a_person(table)}

    assert personal - parts - set(EXCEPTIONS) == set()
    assert parts - set(Base.metadata.tables) == set()
    assert set(EXCEPTIONS) - personal == set()
    assert parts & set(EXCEPTIONS) == set()


def test_the_schema_of_the_copy_tells_of_every_part() -> None:
    schema = personal_data.schema()
    names = [part.name for part in personal_data.PARTS]

    assert len(names) == len(set(names))
    assert set(schema["properties"]) == {"format", "version", "exported_at", *names}
    assert set(schema["required"]) == set(schema["properties"])
    assert schema["additionalProperties"] is False
