"""Services: what people choose for themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0004_services"
down_revision = "0003_sandbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "service_preferences",
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("service_code", sa.String(length=32), nullable=False),
        sa.Column("favourite_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_since", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(favourite_since IS NULL) <> (hidden_since IS NULL)",
            name=op.f("ck_service_preferences_favourite_or_hidden"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_service_preferences_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "service_code", name=op.f("pk_service_preferences")),
    )
    op.create_table(
        "impersonal_rankings",
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_impersonal_rankings_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_impersonal_rankings")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("impersonal_rankings")
    op.drop_table("service_preferences")
