"""Versions of the catalogue of services, and whose services an agency may change."""

import sqlalchemy as sa
from alembic import op

revision = "0025_catalogue"
down_revision = "0024_helper_codes_told"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "catalogue_versions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", ID, nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_catalogue_versions_made_by")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_catalogue_versions")),
    )
    op.create_table(
        "catalogue_services",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["since"], ["catalogue_versions.number"], name=op.f("fk_catalogue_services_since")
        ),
        sa.ForeignKeyConstraint(
            ["until"], ["catalogue_versions.number"], name=op.f("fk_catalogue_services_until")
        ),
        sa.PrimaryKeyConstraint("code", "since", name=op.f("pk_catalogue_services")),
    )
    op.create_index(op.f("ix_catalogue_services_until"), "catalogue_services", ["until"])
    op.create_table(
        "service_grants",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("department", sa.String(length=50), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_service_grants_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "department", name=op.f("pk_service_grants")),
    )


def downgrade() -> None:
    """Drop them; their index goes with them."""
    op.drop_table("service_grants")
    op.drop_table("catalogue_services")
    op.drop_table("catalogue_versions")
