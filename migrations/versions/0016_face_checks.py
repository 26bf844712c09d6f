"""Face checks, and which attempts at a real name were theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0016_face_checks"
down_revision = "0015_offline_tokens"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    """Create the tables; the code that runs already goes on writing attempts that are no face check's."""
    op.add_column(
        "real_name_attempts",
        sa.Column("by_face", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_table(
        "face_checks",
        sa.Column("id", ID, nullable=False),
        sa.Column("login_id", ID, nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("claimed", sa.Boolean(), nullable=False),
        sa.Column("person_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reference_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["login_id"], ["logins.id"], name=op.f("fk_face_checks_login_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_face_checks")),
    )
    op.create_index(op.f("ix_face_checks_login_id_begun_at"), "face_checks", ["login_id", "begun_at"])
    op.create_table(
        "sandbox_face_checks",
        sa.Column("id", ID, nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_face_checks")),
    )


def downgrade() -> None:
    """Drop them; their indexes go with them."""
    op.drop_table("sandbox_face_checks")
    op.drop_table("face_checks")
    op.drop_column("real_name_attempts", "by_face")
