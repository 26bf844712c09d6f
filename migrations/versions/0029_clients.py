"""Machine clients of enterprises, and what they prove themselves with."""

import sqlalchemy as sa
from alembic import op

revision = "0029_clients"
down_revision = "0028_cases"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "clients",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("auth", sa.String(length=16), nullable=False),
        sa.Column("scopes", sa.String(length=300), nullable=False),
        sa.Column("purposes", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.CheckConstraint("auth IN ('secret', 'private_key_jwt')", name=op.f("ck_clients_auth")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["enterprises.id"], name=op.f("fk_clients_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
    )
    op.create_index(op.f("ix_clients_organisation_id_id"), "clients", ["organisation_id", "id"])
    op.create_table(
        "client_credentials",
        sa.Column("id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("jwk", sa.Text(), nullable=True),
        sa.Column("added_by_person_id", ID, nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "kind IN ('secret', 'signing', 'encryption')", name=op.f("ck_client_credentials_kind")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_client_credentials_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["added_by_person_id"], ["persons.id"], name=op.f("fk_client_credentials_added_by_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_credentials")),
    )
    op.create_index(op.f("ix_client_credentials_client_id_id"), "client_credentials", ["client_id", "id"])
    op.create_index(
        op.f("ix_client_credentials_added_by_person_id"), "client_credentials", ["added_by_person_id"]
    )
    op.create_table(
        "client_assertions",
        sa.Column("id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_assertions")),
    )
    op.create_index(op.f("ix_client_assertions_expires_at"), "client_assertions", ["expires_at"])


def downgrade() -> None:
    """Drop them; their indexes go with them."""
    op.drop_table("client_assertions")
    op.drop_table("client_credentials")
    op.drop_table("clients")
