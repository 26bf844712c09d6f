"""Access records are chained and append-only: their links, heads, checkpoints and anchors."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from wallet.showing.records import append_only

revision = "0022_access_chain"
down_revision = "0021_offline_scans"
branch_labels = None
depends_on = None

CHAINS = 64
ID, INSTANT = sa.Uuid(as_uuid=False), sa.DateTime(timezone=True)
# Ids and instants have types of their own; the rest is text.
COVERED = {
    "id": ID,
    "kind": None,
    "person_id": ID,
    "licence_id": ID,
    "show_token_id": ID,
    "settles": ID,
    "organisation_id": ID,
    "staff_id": ID,
    "actor": None,
    "profile": None,
    "outcome": None,
    "reason": None,
    "freshness": None,
    "as_of": INSTANT,
    "at": INSTANT,
}


def upgrade() -> None:
    """Chain what was recorded so far, in the order of its birth, then guard it.

    From here on a scan that is not chained is refused: stop the code of before for this one.
    """
    _add_tables()
    op.add_column("access_records", sa.Column("purpose_commitment", sa.LargeBinary(32), nullable=True))
    op.add_column("access_records", sa.Column("chain", sa.SmallInteger(), nullable=True))
    op.add_column("access_records", sa.Column("position", sa.BigInteger(), nullable=True))
    op.add_column("access_records", sa.Column("link", sa.LargeBinary(32), nullable=True))
    _chain(op.get_bind())
    op.create_index(
        op.f("ix_access_records_chain_position"), "access_records", ["chain", "position"], unique=True
    )
    append_only.install(op.get_bind())


def _add_tables() -> None:
    op.create_table(
        "access_chains",
        sa.Column("chain", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_access_chains")),
    )
    op.create_table(
        "access_checkpoints",
        sa.Column("chain", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("jws", sa.String(1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chain", "position", name=op.f("pk_access_checkpoints")),
    )
    op.create_table(
        "access_anchors",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("jws", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_anchors")),
        sa.UniqueConstraint("day", name=op.f("uq_access_anchors_day")),
    )


def _chain(connection: sa.Connection) -> None:
    # As wallet.showing.chain does today; a migration keeps the form of its own day.
    covered = [sa.column(name, type_) for name, type_ in COVERED.items()]
    records = sa.table("access_records", *covered, *map(sa.column, ("chain", "position", "link")))
    heads: dict[int, tuple[int, bytes]] = {}
    for row in connection.execute(sa.select(*covered).order_by(records.c.id)).mappings().all():
        content = {name: _plain(row[name]) for name in COVERED if row[name] is not None}
        chain = int((content.get("person_id") or content["staff_id"])[-2:], 16) % CHAINS
        digest = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()
        length, before = heads.get(chain, (0, hashlib.sha256(f"lz access chain {chain}".encode()).digest()))
        heads[chain] = (length + 1, hashlib.sha256(before + digest).digest())
        place = {"chain": chain, "position": length + 1, "link": heads[chain][1]}
        connection.execute(records.update().where(records.c.id == row["id"]).values(place))
    chains = sa.table("access_chains", sa.column("chain"), sa.column("length"), sa.column("head"))
    for chain, (length, head) in heads.items():
        connection.execute(chains.insert().values(chain=chain, length=length, head=head))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        # SQLite keeps the bare UTC time.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value


def downgrade() -> None:
    """Drop the chain."""
    append_only.lift(op.get_bind())
    op.drop_index(op.f("ix_access_records_chain_position"), "access_records")
    for column in ("link", "position", "chain", "purpose_commitment"):
        op.drop_column("access_records", column)
    op.drop_table("access_anchors")
    op.drop_table("access_checkpoints")
    op.drop_table("access_chains")
