"""Level 3: when an account and a login last proved who they are, and which login opened a session."""

import sqlalchemy as sa
from alembic import op

revision = "0010_proofs"
down_revision = "0009_status_lists"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)
# SQLite adds a foreign key by copying the table, and does not copy a check that it isn't told of.
ONE_OWNER = sa.CheckConstraint("(account_id IS NULL) <> (staff_id IS NULL)", name="ck_sessions_one_owner")


def upgrade() -> None:
    """Add columns that may be empty: the code that runs already never fills them.

    Until now an account had one login, so that every session's can be told.
    """
    op.add_column("accounts", sa.Column("fresh_proof_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("logins", sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("sessions", table_args=(ONE_OWNER,)) as sessions:
        sessions.add_column(sa.Column("login_id", ID, nullable=True))
        sessions.create_foreign_key(op.f("fk_sessions_login_id"), "logins", ["login_id"], ["id"])
    op.create_index(op.f("ix_sessions_login_id"), "sessions", ["login_id"])
    op.execute(
        "UPDATE sessions SET login_id = "
        "(SELECT logins.id FROM logins WHERE logins.account_id = sessions.account_id) "
        "WHERE account_id IS NOT NULL"
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_sessions_login_id"), "sessions")
    with op.batch_alter_table("sessions", table_args=(ONE_OWNER,)) as sessions:
        sessions.drop_constraint(op.f("fk_sessions_login_id"), type_="foreignkey")
        sessions.drop_column("login_id")
    op.drop_column("logins", "proved_at")
    op.drop_column("accounts", "fresh_proof_at")
