"""Show tokens: when one was withdrawn, for scans that are reconciled afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0015_offline_tokens"
down_revision = "0014_closing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("show_tokens", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("show_tokens", "withdrawn_at")
