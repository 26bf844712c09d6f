"""Status lists: lists, their blocks and entries, and what changed when."""

import secrets
import string
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0009_status_lists"
down_revision = "0008_devices"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)
LIST_ID = sa.String(length=8)
ID_ALPHABET = string.ascii_letters + string.digits


def upgrade() -> None:
    """Create the tables."""
    lists = op.create_table(
        "status_lists",
        sa.Column("id", LIST_ID, nullable=False),
        sa.Column("bits", sa.SmallInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_lists")),
    )
    # The first list is there before anything is shown offline, so that no verifier meets one it doesn't know.
    now = datetime.now(UTC)
    first = {"id": "".join(secrets.choice(ID_ALPHABET) for _ in range(3)), "bits": 2, "size": 2**20}
    op.bulk_insert(lists, [first | {"allocated": 0, "version": 1, "created_at": now, "changed_at": now}])
    op.create_table(
        "status_blocks",
        sa.Column("list_id", LIST_ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["status_lists.id"], name=op.f("fk_status_blocks_list_id")),
        sa.PrimaryKeyConstraint("list_id", "number", name=op.f("pk_status_blocks")),
    )
    op.create_table(
        "status_entries",
        sa.Column("list_id", LIST_ID, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("licence_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("lost", sa.Boolean(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licences.id"], name=op.f("fk_status_entries_licence_id")),
        sa.ForeignKeyConstraint(["list_id"], ["status_lists.id"], name=op.f("fk_status_entries_list_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_status_entries_person_id")),
        sa.PrimaryKeyConstraint("list_id", "place", name=op.f("pk_status_entries")),
    )
    op.create_index(
        op.f("ix_status_entries_licence_id_person_id"), "status_entries", ["licence_id", "person_id"]
    )
    op.create_index(op.f("ix_status_entries_person_id"), "status_entries", ["person_id"])
    op.create_table(
        "status_changes",
        sa.Column("list_id", LIST_ID, nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["status_lists.id"], name=op.f("fk_status_changes_list_id")),
        sa.PrimaryKeyConstraint("list_id", "version", "place", name=op.f("pk_status_changes")),
    )
    op.create_index(op.f("ix_status_changes_list_id_place_at"), "status_changes", ["list_id", "place", "at"])
    op.create_table(
        "licence_status_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("licence_id", ID, nullable=False),
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_licence_status_changes_licence_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_status_changes")),
    )
    op.create_index(
        op.f("ix_licence_status_changes_licence_id_at"), "licence_status_changes", ["licence_id", "at"]
    )


def downgrade() -> None:
    """Drop them; their indexes go with them."""
    op.drop_table("licence_status_changes")
    op.drop_table("status_changes")
    op.drop_table("status_entries")
    op.drop_table("status_blocks")
    op.drop_table("status_lists")
