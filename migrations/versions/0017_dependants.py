"""Dependants, and sessions that act by a tie: for a dependant, or for an organisation."""

import sqlalchemy as sa
from alembic import op

revision = "0017_dependants"
down_revision = "0016_face_checks"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)
# SQLite adds a foreign key by copying the table, and does not copy a check that it isn't told of.
ONE_OWNER = sa.CheckConstraint("(account_id IS NULL) <> (staff_id IS NULL)", name="ck_sessions_one_owner")


def upgrade() -> None:
    """Create the table, and add the columns that name a tie."""
    op.create_table(
        "dependants",
        sa.Column("id", ID, nullable=False),
        sa.Column("actor_person_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("number_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("wrong_codes", sa.SmallInteger(), nullable=False),
        sa.Column("consent_version", sa.String(length=8), nullable=True),
        sa.Column("consent_sha256", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approve_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('child', 'adult')", name=op.f("ck_dependants_kind")),
        sa.CheckConstraint("status IN ('pending', 'active', 'revoked')", name=op.f("ck_dependants_status")),
        sa.CheckConstraint(
            "status <> 'active' OR person_id IS NOT NULL", name=op.f("ck_dependants_principal")
        ),
        sa.ForeignKeyConstraint(
            ["actor_person_id"], ["persons.id"], name=op.f("fk_dependants_actor_person_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_dependants_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dependants")),
    )
    op.create_index(op.f("ix_dependants_actor_person_id_id"), "dependants", ["actor_person_id", "id"])
    op.create_index(op.f("ix_dependants_number_index_id"), "dependants", ["number_index", "id"])
    op.create_index(op.f("ix_dependants_person_id"), "dependants", ["person_id"])
    with op.batch_alter_table("sessions", table_args=(ONE_OWNER,)) as sessions:
        sessions.add_column(sa.Column("parent_id", ID, nullable=True))
        sessions.add_column(sa.Column("tie_type", sa.String(length=16), nullable=True))
        sessions.add_column(sa.Column("tie_id", ID, nullable=True))
        sessions.create_foreign_key(
            op.f("fk_sessions_parent_id"), "sessions", ["parent_id"], ["id"], ondelete="CASCADE"
        )
    op.create_index(op.f("ix_sessions_parent_id"), "sessions", ["parent_id"])


def downgrade() -> None:
    """End the sessions that act, and drop what names their ties."""
    op.execute("DELETE FROM sessions WHERE parent_id IS NOT NULL")
    op.drop_index(op.f("ix_sessions_parent_id"), "sessions")
    with op.batch_alter_table("sessions", table_args=(ONE_OWNER,)) as sessions:
        sessions.drop_constraint(op.f("fk_sessions_parent_id"), type_="foreignkey")
        sessions.drop_column("tie_id")
        sessions.drop_column("tie_type")
        sessions.drop_column("parent_id")
    op.drop_table("dependants")
