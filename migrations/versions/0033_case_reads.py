"""Who of the staff read a case."""

import sqlalchemy as sa
from alembic import op

revision = "0033_case_reads"
down_revision = "0032_reviews"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "case_reads",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_reads_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_case_reads_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_reads")),
    )
    op.create_index(op.f("ix_case_reads_case_id_id"), "case_reads", ["case_id", "id"])


def downgrade() -> None:
    """Drop it; its index goes with it."""
    op.drop_table("case_reads")
