"""Staff: initial passwords, second factors, failures to log in."""

import sqlalchemy as sa
from alembic import op

revision = "0019_staff_login"
down_revision = "0018_counter"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns that have a default or may be empty, and create the table."""
    op.add_column(
        "organisations", sa.Column("totp_required", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column(
        "staff", sa.Column("password_is_initial", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("staff", sa.Column("totp_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("staff", sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("staff", sa.Column("totp_last_step", sa.BigInteger(), nullable=True))
    op.create_table(
        "staff_login_failures",
        sa.Column("id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_login_failures")),
    )
    op.create_index(op.f("ix_staff_login_failures_last_at"), "staff_login_failures", ["last_at"])


def downgrade() -> None:
    """Drop them; its index goes with the table."""
    op.drop_table("staff_login_failures")
    op.drop_column("staff", "totp_last_step")
    op.drop_column("staff", "totp_confirmed_at")
    op.drop_column("staff", "totp_sealed")
    op.drop_column("staff", "password_is_initial")
    op.drop_column("organisations", "totp_required")
