"""Show tokens and access records keep who acted."""

import sqlalchemy as sa
from alembic import op

from wallet.showing.records import append_only

revision = "0026_actors"
down_revision = "0025_catalogue"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    """Add columns that are empty in what is there: what is empty is no part of a digest, so chains stay proven."""
    op.add_column("show_tokens", sa.Column("actor", sa.String(16), nullable=True))
    op.add_column("show_tokens", sa.Column("actor_person_id", ID, nullable=True))
    append_only.lift(op.get_bind())
    op.add_column("access_records", sa.Column("actor_person_id", ID, nullable=True))
    append_only.install(op.get_bind())


def downgrade() -> None:
    """Drop them. Records that were chained with an actor can't be proven without."""
    append_only.lift(op.get_bind())
    op.drop_column("access_records", "actor_person_id")
    append_only.install(op.get_bind())
    op.drop_column("show_tokens", "actor_person_id")
    op.drop_column("show_tokens", "actor")
