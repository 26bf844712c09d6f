"""Reviews of cases."""

import sqlalchemy as sa
from alembic import op

revision = "0032_reviews"
down_revision = "0031_forms"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "reviews",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("service_code", sa.String(64), nullable=False),
        sa.Column("service_name", sa.String(200), nullable=False),
        sa.Column("department", sa.String(50), nullable=False),
        sa.Column("stars", sa.SmallInteger(), nullable=False),
        sa.Column("aspects", sa.String(200), nullable=False),
        sa.Column("comment_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_reviews_stars")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_reviews_case_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_reviews_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_reviews_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("case_id", name=op.f("uq_reviews_case_id")),
    )
    op.create_index(op.f("ix_reviews_account_id"), "reviews", ["account_id"])
    op.create_index(op.f("ix_reviews_person_id"), "reviews", ["person_id"])
    op.create_index(op.f("ix_reviews_at"), "reviews", ["at"])
    op.create_index(op.f("ix_reviews_service_code_id"), "reviews", ["service_code", "id"])
    op.create_index(op.f("ix_reviews_department_service_code"), "reviews", ["department", "service_code"])


def downgrade() -> None:
    """Drop it; its indexes go with it."""
    op.drop_table("reviews")
