"""When an account was closed, and a person's name and number erased."""

import sqlalchemy as sa
from alembic import op

revision = "0014_closing"
down_revision = "0013_registry_changes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns that may be empty."""
    op.add_column("accounts", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("persons", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("persons", "erased_at")
    op.drop_column("accounts", "closed_at")
