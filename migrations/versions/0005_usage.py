"""Usage of services: places of services, people's states, receipts of events, the log, the snapshot."""

import sqlalchemy as sa
from alembic import op

revision = "0005_usage"
down_revision = "0004_services"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "ranked_services",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_ranked_services")),
        sa.UniqueConstraint("code", name=op.f("uq_ranked_services_code")),
    )
    op.create_table(
        "usage_states",
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("state_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_usage_states_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_usage_states")),
    )
    op.create_table(
        "usage_receipts",
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("event_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("said_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_usage_receipts_account_id")),
        sa.PrimaryKeyConstraint("account_id", "event_digest", name=op.f("pk_usage_receipts")),
    )
    op.create_index(op.f("ix_usage_receipts_received_at"), "usage_receipts", ["received_at"])
    op.create_table(
        "usage_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("use_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_log")),
    )
    op.create_table(
        "usage_snapshots",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("log_id", sa.BigInteger(), nullable=False),
        sa.Column("tables_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_usage_snapshots_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_snapshots")),
    )


def downgrade() -> None:
    """Drop them; their indexes go with them."""
    op.drop_table("usage_snapshots")
    op.drop_table("usage_log")
    op.drop_table("usage_receipts")
    op.drop_table("usage_states")
    op.drop_table("ranked_services")
