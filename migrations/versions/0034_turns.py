"""Turns at work that one machine of many does; who was told of a licence that ends."""

import sqlalchemy as sa
from alembic import op

revision = "0034_turns"
down_revision = "0033_case_reads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and two columns that are empty in what is there."""
    op.create_table(
        "job_turns",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_turns")),
    )
    op.add_column("holdings", sa.Column("reminded_of", sa.Date(), nullable=True))
    op.add_column("holdings", sa.Column("reminded_days", sa.SmallInteger(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("holdings", "reminded_days")
    op.drop_column("holdings", "reminded_of")
    op.drop_table("job_turns")
