"""Changes that registries push: the events, and what they leave behind on a licence."""

import sqlalchemy as sa
from alembic import op

revision = "0013_registry_changes"
down_revision = "0012_enterprises"
branch_labels = None
depends_on = None

LINK = "fk_licences_superseded_by"


def upgrade() -> None:
    """Add two columns that may be empty, and the table of events."""
    with op.batch_alter_table("licences") as licences:
        licences.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        licences.add_column(sa.Column("superseded_by", sa.Uuid(as_uuid=False), nullable=True))
        licences.create_foreign_key(op.f(LINK), "licences", ["superseded_by"], ["id"])
    op.create_table(
        "registry_events",
        sa.Column("registry_code", sa.String(length=32), nullable=False),
        sa.Column("jti", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("identifier", sa.String(length=128), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("registry_code", "jti", name=op.f("pk_registry_events")),
    )
    op.create_index(
        op.f("ix_registry_events_identifier_issued_at"), "registry_events", ["identifier", "issued_at"]
    )


def downgrade() -> None:
    """Drop them; the table's index goes with it."""
    op.drop_table("registry_events")
    with op.batch_alter_table("licences") as licences:
        licences.drop_constraint(op.f(LINK), type_="foreignkey")
        licences.drop_column("superseded_by")
        licences.drop_column("changed_at")
