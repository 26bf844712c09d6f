"""Cases and the steps of their timelines."""

import sqlalchemy as sa
from alembic import op

revision = "0028_cases"
down_revision = "0027_webhooks"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)
AT = sa.DateTime(timezone=True)
STATE = "state IN ('submitted', 'accepted', 'in_review', 'needs_more', 'approved', 'rejected', 'closed')"
FINISHED = "(finished_at IS NOT NULL) = (state IN ('approved', 'rejected', 'closed'))"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "cases",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("actor", sa.String(16), nullable=False),
        sa.Column("actor_person_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=True),
        sa.Column("service_code", sa.String(64), nullable=False),
        sa.Column("service_name", sa.String(200), nullable=False),
        sa.Column("department", sa.String(50), nullable=False),
        sa.Column("form_code", sa.String(64), nullable=True),
        sa.Column("draft_id", ID, nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("handled", sa.Boolean(), nullable=False),
        sa.Column("instant", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", AT, nullable=False),
        sa.Column("changed_at", AT, nullable=False),
        sa.Column("finished_at", AT, nullable=True),
        sa.Column("facts_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reasons_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(STATE, name=op.f("ck_cases_state")),
        sa.CheckConstraint(FINISHED, name=op.f("ck_cases_finished")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_cases_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_cases_person_id")),
        sa.ForeignKeyConstraint(["actor_person_id"], ["persons.id"], name=op.f("fk_cases_actor_person_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_cases_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_cases_draft_id")),
    )
    op.create_index(op.f("ix_cases_account_id"), "cases", ["account_id"])
    op.create_index(op.f("ix_cases_actor_person_id"), "cases", ["actor_person_id"])
    op.create_index(op.f("ix_cases_service_code"), "cases", ["service_code"])
    op.create_index(op.f("ix_cases_person_id_id"), "cases", ["person_id", "id"])
    op.create_index(op.f("ix_cases_department_id"), "cases", ["department", "id"])
    op.create_index(op.f("ix_cases_finished_at"), "cases", ["finished_at"])
    op.create_table(
        "case_steps",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("deed", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("by", sa.String(8), nullable=False),
        sa.Column("actor", sa.String(16), nullable=True),
        sa.Column("actor_person_id", ID, nullable=True),
        sa.Column("staff_id", ID, nullable=True),
        sa.Column("comment_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_steps_case_id")),
        sa.ForeignKeyConstraint(
            ["actor_person_id"], ["persons.id"], name=op.f("fk_case_steps_actor_person_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_case_steps_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_steps")),
    )
    op.create_index(op.f("ix_case_steps_case_id_number"), "case_steps", ["case_id", "number"], unique=True)
    op.create_index(op.f("ix_case_steps_actor_person_id"), "case_steps", ["actor_person_id"])


def downgrade() -> None:
    """Drop them; their indexes go with them."""
    op.drop_table("case_steps")
    op.drop_table("cases")
