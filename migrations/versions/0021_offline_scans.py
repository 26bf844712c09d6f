"""Offline scans: what was scanned without a network, once it is reconciled."""

import sqlalchemy as sa
from alembic import op

revision = "0021_offline_scans"
down_revision = "0020_staff_acts"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "offline_scans",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("status_then", sa.String(length=16), nullable=True),
        sa.Column("double_use", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_offline_scans_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_scans")),
        sa.UniqueConstraint(
            "staff_id", "digest", "scanned_at", name=op.f("uq_offline_scans_staff_id_digest_scanned_at")
        ),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("offline_scans")
