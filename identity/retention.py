"""How long things are kept: each rule says which rows are due, and how they go. The spans are configuration."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from identity.accounts import AccountRow
from identity.consent_texts import ConsentGivenRow
from identity.crypto.signer import Signer
from identity.idempotency import IdempotencyRow
from identity.notices import NoticeRow
from identity.orm import AnySelect
from identity.real_name_locks import RealNameAttemptRow
from identity.sessions import SessionRow


@dataclass(frozen=True, slots=True)
class Witness:
    """Who signs for what went, and when that was: some rows leave a proof behind."""

    signer: Signer
    now: datetime


Drop = Callable[[Session, Sequence[Any], Witness], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept for a span.

    `due` selects the keys of rows that were over before an instant, `drop` removes some of them for good.
    """

    name: str
    due: Callable[[datetime], AnySelect]
    drop: Drop


def deleting(row: Any) -> Drop:
    """Return how rows go that nothing points to."""

    def drop(session: Session, keys: Sequence[Any], _witness: Witness) -> None:
        session.execute(delete(row).where(row.id.in_(keys)))

    return drop


def _drop_closed_accounts(session: Session, keys: Sequence[Any], _witness: Witness) -> None:
    session.execute(delete(ConsentGivenRow).where(ConsentGivenRow.account_id.in_(keys)))
    session.execute(delete(AccountRow).where(AccountRow.id.in_(keys)))


RULES = (
    Rule(
        "sessions",
        lambda before: select(SessionRow.id).where(
            or_(SessionRow.expires_at <= before, SessionRow.revoked_at <= before),
        ),
        deleting(SessionRow),
    ),
    Rule(
        "idempotency_keys",
        lambda before: select(IdempotencyRow.id).where(IdempotencyRow.expires_at <= before),
        deleting(IdempotencyRow),
    ),
    Rule(
        "real_name_attempts",
        lambda before: select(RealNameAttemptRow.id).where(RealNameAttemptRow.at <= before),
        deleting(RealNameAttemptRow),
    ),
    Rule(
        "notices",
        lambda before: select(NoticeRow.id).where(NoticeRow.at <= before),
        deleting(NoticeRow),
    ),
    # With the proof that its owner once agreed, an account that was closed has nothing left to be kept for.
    Rule(
        "closed_accounts",
        lambda before: select(AccountRow.id).where(AccountRow.closed_at <= before),
        _drop_closed_accounts,
    ),
)
