"""No sealed column is forgotten when personal data moves to another key."""

from sqlalchemy import LargeBinary

from api import app
from api.upkeep import resealing
from identity.orm import Base
from identity.resealing import SUFFIX


def test_every_sealed_column_of_every_table_is_walked_when_a_key_is_changed() -> None:
    assert app.BLUEPRINTS
    sealed = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith(SUFFIX)
    }
    walked = [column.name for column in resealing.SEALED]

    assert set(walked) == sealed
    assert len(walked) == len(set(walked))


def test_every_sealed_column_holds_bytes_in_a_row_of_one_key() -> None:
    for column in resealing.SEALED:
        assert isinstance(column.attribute.type, LargeBinary), column.name
        assert len(column.table.primary_key.columns) == 1, column.name
