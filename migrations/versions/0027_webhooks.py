"""Webhooks, their outbox and its log."""

import sqlalchemy as sa
from alembic import op

revision = "0027_webhooks"
down_revision = "0026_actors"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _webhooks()
    _outbox()


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("url", sa.String(2048), nullable=False),
        sa.Column("events", sa.String(300), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("disabled_because", sa.String(16), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("confirmed_at", AT, nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", AT, nullable=True),
        sa.Column("rests_until", AT, nullable=True),
        sa.Column("last_turn_at", AT, nullable=True),
        sa.Column("lease_id", ID, nullable=True),
        sa.Column("leased_until", AT, nullable=True),
        sa.CheckConstraint("status IN ('active', 'disabled', 'deleted')", name=op.f("ck_webhooks_status")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_webhooks_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_organisation_id_id"), "webhooks", ["organisation_id", "id"])


def _outbox() -> None:
    op.create_table(
        "webhook_events",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("resource_id", sa.String(64), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_webhook_events_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
    )
    op.create_index(op.f("ix_webhook_events_at"), "webhook_events", ["at"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("webhook_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.JSON(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("next_at", AT, nullable=False),
        sa.Column("give_up_at", AT, nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.Column("replay_of", ID, nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'delivered', 'given_up', 'cancelled')",
            name=op.f("ck_webhook_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_deliveries_webhook_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["webhook_events.id"], name=op.f("fk_webhook_deliveries_event_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    for columns in (["webhook_id", "id"], ["webhook_id", "state", "next_at"], ["event_id"], ["ended_at"]):
        op.create_index(op.f(f"ix_webhook_deliveries_{'_'.join(columns)}"), "webhook_deliveries", columns)


def downgrade() -> None:
    """Drop them; their indexes go with them."""
    op.drop_table("webhook_deliveries")
    op.drop_table("webhook_events")
    op.drop_table("webhooks")
