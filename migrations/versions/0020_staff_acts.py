"""Administrative acts: who did what to whom, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0020_staff_acts"
down_revision = "0019_staff_login"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "staff_acts",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_staff_acts_organisation_id")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["staff.id"], name=op.f("fk_staff_acts_actor_id")),
        sa.ForeignKeyConstraint(["member_id"], ["staff.id"], name=op.f("fk_staff_acts_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_acts")),
    )
    op.create_index(op.f("ix_staff_acts_organisation_id_id"), "staff_acts", ["organisation_id", "id"])


def downgrade() -> None:
    """Drop it; its index goes with it."""
    op.drop_table("staff_acts")
