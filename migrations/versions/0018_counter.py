"""Visits to a counter: codes under way, what staff raised, and what they got wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0018_counter"
down_revision = "0017_dependants"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "counter_codes",
        sa.Column("id", ID, nullable=False),
        sa.Column("login_id", ID, nullable=False),
        sa.Column("code_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["login_id"], ["logins.id"], name=op.f("fk_counter_codes_login_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_codes")),
        sa.UniqueConstraint("login_id", name=op.f("uq_counter_codes_login_id")),
        sa.UniqueConstraint("code_index", name=op.f("uq_counter_codes_code_index")),
    )
    op.create_table(
        "counter_checks",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_counter_checks_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_counter_checks_person_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_counter_checks_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_checks")),
    )
    op.create_index(op.f("ix_counter_checks_person_id_id"), "counter_checks", ["person_id", "id"])
    op.create_index(op.f("ix_counter_checks_staff_id_id"), "counter_checks", ["staff_id", "id"])
    op.create_table(
        "counter_misses",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_counter_misses_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_misses")),
    )
    op.create_index(op.f("ix_counter_misses_staff_id_at"), "counter_misses", ["staff_id", "at"])


def downgrade() -> None:
    """Drop them; their indexes go with them."""
    op.drop_table("counter_misses")
    op.drop_table("counter_checks")
    op.drop_table("counter_codes")
