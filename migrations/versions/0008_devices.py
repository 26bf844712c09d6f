"""Devices logged in: sealed names, when a session was last used, and its end however much it is used."""

import sqlalchemy as sa
from alembic import op

revision = "0008_devices"
down_revision = "0007_leases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add three columns; the names that lay in clear are dropped, not sealed: no city has any yet."""
    op.add_column("sessions", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sessions", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sessions", sa.Column("device_name_sealed", sa.LargeBinary(), nullable=True))
    op.drop_column("sessions", "device_name")


def downgrade() -> None:
    """Drop them."""
    op.add_column("sessions", sa.Column("device_name", sa.String(length=64), nullable=True))
    op.drop_column("sessions", "device_name_sealed")
    op.drop_column("sessions", "ends_at")
    op.drop_column("sessions", "last_used_at")
