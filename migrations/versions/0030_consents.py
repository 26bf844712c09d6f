"""Consent requests and consents; access records of pulls, which no member of staff made."""

import sqlalchemy as sa
from alembic import op

from wallet.showing.records import append_only

revision = "0030_consents"
down_revision = "0029_clients"
branch_labels = None
depends_on = None

ID, INSTANT = sa.Uuid(as_uuid=False), sa.DateTime(timezone=True)
RECORDS = sa.table("access_records", sa.column("id"), sa.column("settles"), sa.column("staff_id"))


def upgrade() -> None:
    """Add tables, and columns that are empty in what is there: what is empty is no part of a digest."""
    _create_requests()
    _create_consents()
    append_only.lift(op.get_bind())
    _set_settlements_aside()
    with op.batch_alter_table("access_records") as records:
        records.alter_column("staff_id", existing_type=ID, nullable=True)
        records.add_column(sa.Column("client_id", ID, nullable=True))
        records.add_column(sa.Column("consent_id", ID, nullable=True))
        records.add_column(sa.Column("disclosed", sa.Text(), nullable=True))
    _put_settlements_back()
    op.create_index(op.f("ix_access_records_consent_id_id"), "access_records", ["consent_id", "id"])
    append_only.install(op.get_bind())


def _create_requests() -> None:
    op.create_table(
        "consent_requests",
        sa.Column("id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("client_name", sa.String(100), nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("purpose_code", sa.String(64), nullable=False),
        sa.Column("purpose_text", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("valid_days", sa.SmallInteger(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("secret_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("number_index", sa.LargeBinary(32), nullable=True),
        sa.Column("holder_index", sa.LargeBinary(32), nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_consent_requests_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_consent_requests_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_requests")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_consent_requests_secret_digest")),
    )
    for columns in (
        ["client_id", "number_index"],
        ["person_id", "id"],
        ["holder_index"],
        ["state", "expires_at"],
    ):
        op.create_index(op.f("_".join(["ix_consent_requests", *columns])), "consent_requests", columns)


def _create_consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("client_name", sa.String(100), nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("purpose_code", sa.String(64), nullable=False),
        sa.Column("purpose_text", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("approved_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.String(16), nullable=True),
        sa.Column("actor", sa.String(16), nullable=False),
        sa.Column("actor_person_id", ID, nullable=False),
        sa.Column("tie_id", ID, nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.CheckConstraint("used BETWEEN 0 AND uses", name=op.f("ck_consents_used")),
        sa.ForeignKeyConstraint(["request_id"], ["consent_requests.id"], name=op.f("fk_consents_request_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_consents_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_consents_person_id")),
        sa.ForeignKeyConstraint(
            ["actor_person_id"], ["persons.id"], name=op.f("fk_consents_actor_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint("request_id", name=op.f("uq_consents_request_id")),
    )
    op.create_index(op.f("ix_consents_person_id_id"), "consents", ["person_id", "id"])


def _set_settlements_aside() -> None:
    # SQLite changes a column by copying its table, and drops no table that rows of the copy still point to.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TEMPORARY TABLE kept_settlements AS "
            "SELECT id, settles FROM access_records WHERE settles IS NOT NULL"
        )
        op.execute(RECORDS.update().where(RECORDS.c.settles.is_not(None)).values(settles=None))


def _put_settlements_back() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "UPDATE access_records SET settles = kept.settles FROM kept_settlements kept "
            "WHERE kept.id = access_records.id"
        )
        op.execute("DROP TABLE kept_settlements")


def downgrade() -> None:
    """Drop them. Records of pulls have no place in the former table, and their chains can't be proven without."""
    append_only.lift(op.get_bind())
    op.execute(RECORDS.delete().where(RECORDS.c.staff_id.is_(None)))
    op.drop_index(op.f("ix_access_records_consent_id_id"), "access_records")
    _set_settlements_aside()
    with op.batch_alter_table("access_records") as records:
        records.drop_column("disclosed")
        records.drop_column("consent_id")
        records.drop_column("client_id")
        records.alter_column("staff_id", existing_type=ID, nullable=False)
    _put_settlements_back()
    append_only.install(op.get_bind())
    op.drop_table("consents")
    op.drop_table("consent_requests")
