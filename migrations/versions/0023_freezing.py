"""Check codes and frozen wallets."""

import sqlalchemy as sa
from alembic import op

revision = "0023_freezing"
down_revision = "0022_access_chain"
branch_labels = None
depends_on = None

ID, INSTANT = sa.Uuid(as_uuid=False), sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add a column that may be empty, and tables that the code that runs already does not know."""
    op.add_column("persons", sa.Column("wallet_frozen_at", INSTANT, nullable=True))
    op.create_table(
        "staff_freezes",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_staff_freezes_person_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_freezes_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_freezes")),
    )
    op.create_index(op.f("ix_staff_freezes_person_id"), "staff_freezes", ["person_id"])
    op.create_table(
        "check_codes",
        sa.Column("code_hmac", sa.LargeBinary(32), nullable=False),
        sa.Column("show_token_id", ID, nullable=False),
        sa.Column("given_out_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("code_hmac", name=op.f("pk_check_codes")),
    )
    op.create_index(op.f("ix_check_codes_given_out_at"), "check_codes", ["given_out_at"])
    op.create_table(
        "check_code_misses",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_check_code_misses_staff_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_check_code_misses_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_code_misses")),
    )
    op.create_index(
        op.f("ix_check_code_misses_organisation_id_at"), "check_code_misses", ["organisation_id", "at"]
    )


def downgrade() -> None:
    """Drop them; their indexes go with them."""
    op.drop_table("check_code_misses")
    op.drop_table("check_codes")
    op.drop_table("staff_freezes")
    op.drop_column("persons", "wallet_frozen_at")
