"""Drafts of forms, and corrections of what registries have wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0031_forms"
down_revision = "0030_consents"
branch_labels = None
depends_on = None

ID, INSTANT = sa.Uuid(as_uuid=False), sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add tables that the code that runs already does not know."""
    op.create_table(
        "drafts",
        sa.Column("id", ID, nullable=False),
        sa.Column("form_code", sa.String(48), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("actor_person_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("case_id", ID, nullable=True),
        sa.CheckConstraint("status IN ('draft', 'submitted')", name=op.f("ck_drafts_status")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_drafts_person_id")),
        sa.ForeignKeyConstraint(["actor_person_id"], ["persons.id"], name=op.f("fk_drafts_actor_person_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_drafts_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index(
        op.f("ix_drafts_actor_person_id_person_id_id"), "drafts", ["actor_person_id", "person_id", "id"]
    )
    op.create_index(op.f("ix_drafts_person_id"), "drafts", ["person_id"])
    op.create_index(op.f("ix_drafts_updated_at"), "drafts", ["updated_at"])
    op.create_table(
        "corrections",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("actor_person_id", ID, nullable=False),
        sa.Column("licence_id", ID, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("registry_code", sa.String(32), nullable=False),
        sa.Column("field", sa.String(64), nullable=False),
        sa.Column("draft_id", ID, nullable=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("staff_id", ID, nullable=True),
        sa.CheckConstraint("status IN ('open', 'accepted', 'rejected')", name=op.f("ck_corrections_status")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_corrections_person_id")),
        sa.ForeignKeyConstraint(
            ["actor_person_id"], ["persons.id"], name=op.f("fk_corrections_actor_person_id")
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licences.id"], name=op.f("fk_corrections_licence_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_corrections_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_registry_code_id"), "corrections", ["registry_code", "id"])
    op.create_index(op.f("ix_corrections_actor_person_id_id"), "corrections", ["actor_person_id", "id"])
    op.create_index(op.f("ix_corrections_person_id"), "corrections", ["person_id"])
    op.create_index(op.f("ix_corrections_closed_at"), "corrections", ["closed_at"])
    op.create_table(
        "correction_desks",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("registry_code", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_correction_desks_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "registry_code", name=op.f("pk_correction_desks")),
    )


def downgrade() -> None:
    """Drop them; their indexes go with them."""
    op.drop_table("correction_desks")
    op.drop_table("corrections")
    op.drop_table("drafts")
