"""Wallet: licences, holdings, show tokens, access records, and who may verify what."""

import sqlalchemy as sa
from alembic import op

revision = "0002_wallet"
down_revision = "0001_identity"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "licences",
        sa.Column("id", ID, nullable=False),
        sa.Column("identifier", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("registry_code", sa.String(length=32), nullable=False),
        sa.Column("issuer_name", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("registry_status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licences")),
        sa.UniqueConstraint("identifier", name=op.f("uq_licences_identifier")),
    )
    op.create_table(
        "licence_photos",
        sa.Column("licence_id", ID, nullable=False),
        sa.Column("photo_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licences.id"], name=op.f("fk_licence_photos_licence_id")),
        sa.PrimaryKeyConstraint("licence_id", name=op.f("pk_licence_photos")),
    )
    op.create_table(
        "holdings",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("licence_id", ID, nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["licence_id"], ["licences.id"], name=op.f("fk_holdings_licence_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_holdings_person_id")),
        sa.PrimaryKeyConstraint("person_id", "licence_id", name=op.f("pk_holdings")),
    )
    op.create_index(op.f("ix_holdings_licence_id"), "holdings", ["licence_id"])
    op.create_table(
        "verifier_grants",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("profile", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_verifier_grants_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "kind", name=op.f("pk_verifier_grants")),
    )
    op.create_table(
        "show_tokens",
        sa.Column("id", ID, nullable=False),
        sa.Column("jti", sa.String(length=22), nullable=False),
        sa.Column("licence_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("disclose", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirm_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("qr_sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("state <> 'expired'", name=op.f("ck_show_tokens_state")),
        sa.ForeignKeyConstraint(["licence_id"], ["licences.id"], name=op.f("fk_show_tokens_licence_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_show_tokens_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_show_tokens")),
        sa.UniqueConstraint("jti", name=op.f("uq_show_tokens_jti")),
    )
    op.create_index(
        op.f("ix_show_tokens_licence_id_person_id_expires_at"),
        "show_tokens",
        ["licence_id", "person_id", "expires_at"],
    )
    op.create_table(
        "access_records",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("licence_id", ID, nullable=True),
        sa.Column("show_token_id", ID, nullable=True),
        sa.Column("settles", ID, nullable=True),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("actor", sa.String(length=16), nullable=False),
        sa.Column("purpose_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("profile", sa.String(length=8), nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("freshness", sa.String(length=8), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licences.id"], name=op.f("fk_access_records_licence_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_access_records_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_access_records_person_id")),
        sa.ForeignKeyConstraint(["settles"], ["access_records.id"], name=op.f("fk_access_records_settles")),
        sa.ForeignKeyConstraint(
            ["show_token_id"], ["show_tokens.id"], name=op.f("fk_access_records_show_token_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_access_records_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_records")),
        sa.UniqueConstraint("settles", name=op.f("uq_access_records_settles")),
    )
    op.create_index(op.f("ix_access_records_person_id_id"), "access_records", ["person_id", "id"])
    op.create_index(op.f("ix_access_records_show_token_id"), "access_records", ["show_token_id"])
    op.create_index(op.f("ix_access_records_staff_id_id"), "access_records", ["staff_id", "id"])


def downgrade() -> None:
    """Drop them; their indexes go with them."""
    op.drop_table("access_records")
    op.drop_table("show_tokens")
    op.drop_table("verifier_grants")
    op.drop_table("holdings")
    op.drop_table("licence_photos")
    op.drop_table("licences")
