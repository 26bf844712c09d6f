"""Enterprises and their members; the sandbox's enterprise registry."""

import sqlalchemy as sa
from alembic import op

revision = "0012_enterprises"
down_revision = "0011_login_places"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    """Say of each organisation what it is, and create the tables."""
    op.add_column(
        "organisations",
        sa.Column("kind", sa.String(length=16), server_default="department", nullable=False),
    )
    op.create_table(
        "enterprises",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["organisations.id"], name=op.f("fk_enterprises_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_enterprises_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprises")),
        sa.UniqueConstraint("person_id", name=op.f("uq_enterprises_person_id")),
    )
    op.create_table(
        "memberships",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("number_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("scopes", sa.String(length=300), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('legal_representative', 'admin', 'agent')", name=op.f("ck_memberships_role")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["enterprises.id"], name=op.f("fk_memberships_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_organisation_id_id"), "memberships", ["organisation_id", "id"])
    op.create_index(op.f("ix_memberships_number_index"), "memberships", ["number_index"])
    op.create_table(
        "sandbox_enterprises",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("uscc_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("enterprise_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sandbox_enterprises")),
        sa.UniqueConstraint("uscc_index", name=op.f("uq_sandbox_enterprises_uscc_index")),
    )


def downgrade() -> None:
    """Drop them; their indexes go with them."""
    op.drop_table("sandbox_enterprises")
    op.drop_table("memberships")
    op.drop_table("enterprises")
    op.drop_column("organisations", "kind")
