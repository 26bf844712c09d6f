"""Purging: what has been kept long enough goes, in batches that are each committed.

Stopped at any moment it has lost nothing and can be started again: what is due is asked of the rows themselves.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from api.services import Services
from api.upkeep import closed_accounts, people_let_go
from hotservices import retention as hotservices_retention
from identity import retention as identity_retention
from identity.retention import Rule, Witness
from wallet import retention as wallet_retention

BATCH = 500
# In this order: what points to a row goes before the row.
RULES = (
    *hotservices_retention.RULES,
    *wallet_retention.RULES,
    *identity_retention.RULES,
    closed_accounts.RULE,
    people_let_go.RULE,
)


def due(parts: Services, rule: Rule, now: datetime) -> int:
    """Return how many rows are due."""
    query = rule.due(now - parts.config.retention.of(rule.name))
    with parts.database.read() as session:
        return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def batches(parts: Services, rule: Rule, now: datetime, size: int = BATCH) -> Iterator[int]:
    """Drop what is due, a batch at a time; yield the size of each once it is committed."""
    query = rule.due(now - parts.config.retention.of(rule.name)).limit(size)
    while True:
        with parts.database.write() as session:
            keys = [_key(row) for row in session.execute(query)]
            if keys:
                rule.drop(session, keys, Witness(parts.receipts, parts.cipher, now))
        if not keys:
            return
        yield len(keys)


def _key(row: Any) -> Any:
    return row[0] if len(row) == 1 else tuple(row)
