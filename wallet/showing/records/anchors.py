"""Anchors: once a day the heads of all chains are signed, to be published where nobody can take them back.

The payload of an anchor (`typ: lz-anchor`): `iat`, `day`, `previous` (SHA-256 of the anchor before, or null),
`root` (SHA-256 of all heads in the order of their chains) and `chains`: [[chain, length, head], …].
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.clock import civil_date
from identity.crypto.keyring import KeyRing
from identity.crypto.signer import Signer
from identity.ids import new_id
from identity.orm import insert_or_skip
from wallet.showing import statements
from wallet.showing.models import AccessAnchorRow, AccessChainRow
from wallet.showing.statements import Unproven

# What anchors promise: chain → length → head as hex.
Promises = dict[int, dict[int, str]]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A signed head of all chains."""

    id: str
    day: date
    jws: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AnchorPage:
    """A page of anchors, newest first."""

    items: list[Anchor]
    next_cursor: str | None


def anchor(session: Session, signer: Signer, now: datetime) -> Anchor:
    """Return the anchor of today, signed now if there is none yet."""
    day = civil_date(now)
    previous = session.scalar(select(AccessAnchorRow).order_by(AccessAnchorRow.id.desc()).limit(1))
    if previous is None or previous.day != day:
        jws = statements.state(signer, statements.ANCHOR_TYP, _claims(session, previous, now))
        insert_or_skip(session, AccessAnchorRow, {"id": new_id(), "day": day, "jws": jws, "at": now})
    return _view(session.scalars(select(AccessAnchorRow).where(AccessAnchorRow.day == day)).one())


def page(session: Session, *, limit: int, cursor: str | None) -> AnchorPage:
    """Return anchors, newest first."""
    query = select(AccessAnchorRow)
    if cursor:
        query = query.where(AccessAnchorRow.id < cursor)
    rows = session.scalars(query.order_by(AccessAnchorRow.id.desc()).limit(limit + 1)).all()
    items = [_view(row) for row in rows[:limit]]
    return AnchorPage(items, items[-1].id if len(rows) > limit else None)


def promises(session: Session, ring: KeyRing) -> Promises | Unproven:
    """Return what all anchors say of the chains, or that one of them is not ours."""
    promised: Promises = {}
    before: str | None = None
    for row in session.scalars(select(AccessAnchorRow).order_by(AccessAnchorRow.id)):
        try:
            claims = statements.open_statement(row.jws, ring, statements.ANCHOR_TYP)
        except Unproven as unproven:
            return unproven
        if claims["previous"] != before:
            return Unproven(statements.ANCHOR_TYP)
        for chain, length, head in claims["chains"]:
            promised.setdefault(chain, {})[length] = head
        before = _hash(row.jws)
    return promised


def _claims(session: Session, previous: AccessAnchorRow | None, now: datetime) -> dict[str, object]:
    heads = session.scalars(select(AccessChainRow).order_by(AccessChainRow.chain)).all()
    return {
        "iat": int(now.timestamp()),
        "day": civil_date(now).isoformat(),
        "previous": _hash(previous.jws) if previous else None,
        "root": hashlib.sha256(b"".join(row.head for row in heads)).hexdigest(),
        "chains": [[row.chain, row.length, row.head.hex()] for row in heads],
    }


def _hash(jws: str) -> str:
    return hashlib.sha256(jws.encode()).hexdigest()


def _view(row: AccessAnchorRow) -> Anchor:
    return Anchor(row.id, row.day, row.jws, row.at)
