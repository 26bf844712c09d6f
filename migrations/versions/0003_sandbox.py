"""Sandbox: a population registry, departments' registries, a clock. Empty in production."""

import sqlalchemy as sa
from alembic import op

revision = "0003_sandbox"
down_revision = "0002_wallet"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "sandbox_clock",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("offset_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_sandbox_clock_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_clock")),
    )
    op.create_table(
        "sandbox_registries",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_sandbox_registries")),
    )
    op.create_table(
        "sandbox_persons",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("number_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("persona_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sandbox_persons")),
        sa.UniqueConstraint("number_index", name=op.f("uq_sandbox_persons_number_index")),
    )
    op.create_table(
        "sandbox_licences",
        sa.Column("identifier", sa.String(length=128), nullable=False),
        sa.Column("registry_code", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("licence_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("photo_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registry_code"], ["sandbox_registries.code"], name=op.f("fk_sandbox_licences_registry_code")
        ),
        sa.PrimaryKeyConstraint("identifier", name=op.f("pk_sandbox_licences")),
    )
    op.create_index(op.f("ix_sandbox_licences_registry_code"), "sandbox_licences", ["registry_code"])
    op.create_table(
        "sandbox_licence_holders",
        sa.Column("identifier", sa.String(length=128), nullable=False),
        sa.Column("number_index", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["identifier"],
            ["sandbox_licences.identifier"],
            name=op.f("fk_sandbox_licence_holders_identifier"),
        ),
        sa.PrimaryKeyConstraint("identifier", "number_index", name=op.f("pk_sandbox_licence_holders")),
    )
    op.create_index(
        op.f("ix_sandbox_licence_holders_number_index"), "sandbox_licence_holders", ["number_index"]
    )


def downgrade() -> None:
    """Drop them; their indexes go with them."""
    op.drop_table("sandbox_licence_holders")
    op.drop_table("sandbox_licences")
    op.drop_table("sandbox_persons")
    op.drop_table("sandbox_registries")
    op.drop_table("sandbox_clock")
