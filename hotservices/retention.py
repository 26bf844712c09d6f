"""How long use of services, cases and reviews are kept (see `identity.retention`); the log goes by itself once it is learnt."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from hotservices.cases import rights as cases
from hotservices.reviews import rights as reviews
from hotservices.usage.models import UsageReceiptRow
from identity.retention import Rule, Witness

RECEIPT = (UsageReceiptRow.account_id, UsageReceiptRow.event_digest)


def _drop_receipts(session: Session, keys: Sequence[Any], _witness: Witness) -> None:
    session.execute(delete(UsageReceiptRow).where(tuple_(*RECEIPT).in_(keys)))


RULES = (
    *reviews.RULES,
    *cases.RULES,
    Rule(
        "usage_receipts",
        lambda before: select(*RECEIPT).where(UsageReceiptRow.received_at <= before),
        _drop_receipts,
    ),
)
