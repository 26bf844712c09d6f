"""Where staff logged in, as a blind index."""

import sqlalchemy as sa
from alembic import op

revision = "0011_login_places"
down_revision = "0010_proofs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column that may be empty."""
    op.add_column("sessions", sa.Column("address_index", sa.LargeBinary(length=32), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("sessions", "address_index")
