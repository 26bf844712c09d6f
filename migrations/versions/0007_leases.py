"""Leases of idempotency keys, for work in several transactions."""

import sqlalchemy as sa
from alembic import op

revision = "0007_leases"
down_revision = "0006_notices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns that may be empty: the code that runs already never fills them."""
    op.add_column("idempotency_keys", sa.Column("lease_id", sa.Uuid(as_uuid=False), nullable=True))
    op.add_column("idempotency_keys", sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("idempotency_keys", "leased_until")
    op.drop_column("idempotency_keys", "lease_id")
