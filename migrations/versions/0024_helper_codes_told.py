"""Helper codes that a counter has told: by whom, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0024_helper_codes_told"
down_revision = "0023_freezing"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    """Add columns; whoever showed a code until now did so for themselves."""
    with op.batch_alter_table("dependants") as dependants:
        dependants.add_column(sa.Column("code_told_by", ID, nullable=True))
        dependants.add_column(sa.Column("code_told_at", sa.DateTime(timezone=True), nullable=True))
        dependants.create_foreign_key(op.f("fk_dependants_code_told_by"), "staff", ["code_told_by"], ["id"])


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("dependants") as dependants:
        dependants.drop_constraint(op.f("fk_dependants_code_told_by"), type_="foreignkey")
        dependants.drop_column("code_told_at")
        dependants.drop_column("code_told_by")
