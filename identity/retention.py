"""How long things are kept: each rule says which rows are due, and how they go. The spans are configuration."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from identity.clients.models import ClientAssertionRow, ClientCredentialRow, ClientRow
from identity.clock import civil_date
from identity.crypto.cipher import PiiCipher
from identity.crypto.signer import Signer
from identity.dependants import DependantRow, DependantStatus
from identity.idempotency import IdempotencyRow
from identity.notices import NoticeRow
from identity.organisations.models import MembershipRow
from identity.orm import AnySelect
from identity.proofs.counter_rows import CounterMissRow
from identity.proofs.face_check_rows import FaceCheckRow
from identity.real_name_locks import RealNameAttemptRow
from identity.sessions import SessionRow


@dataclass(frozen=True, slots=True)
class Witness:
    """Who signs for what went, and when that was: some rows leave a proof behind, some an empty seal."""

    signer: Signer
    cipher: PiiCipher
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


def _requests_over(before: datetime) -> AnySelect:
    # Nobody approved in time, or it was taken back before anybody had.
    waited = and_(DependantRow.status == DependantStatus.PENDING, DependantRow.approve_by <= before)
    taken_back = and_(DependantRow.approved_at.is_(None), DependantRow.revoked_at <= before)
    return select(DependantRow.id).where(or_(waited, taken_back))


def _memberships_over(before: datetime) -> AnySelect:
    last_day = MembershipRow.valid_to < civil_date(before)
    return select(MembershipRow.id).where(or_(MembershipRow.revoked_at <= before, last_day))


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
    # Each holds who somebody said they are.
    Rule(
        "face_checks",
        lambda before: select(FaceCheckRow.id).where(FaceCheckRow.expires_at <= before),
        deleting(FaceCheckRow),
    ),
    Rule(
        "counter_misses",
        lambda before: select(CounterMissRow.id).where(CounterMissRow.at <= before),
        deleting(CounterMissRow),
    ),
    # Each names somebody who never agreed.
    Rule("helper_requests", _requests_over, deleting(DependantRow)),
    # Who acted for whom is told for as long as the records that they left.
    Rule(
        "dependants",
        lambda before: select(DependantRow.id).where(
            DependantRow.approved_at.is_not(None), DependantRow.revoked_at <= before
        ),
        deleting(DependantRow),
    ),
    Rule("memberships", _memberships_over, deleting(MembershipRow)),
    Rule(
        "notices",
        lambda before: select(NoticeRow.id).where(NoticeRow.at <= before),
        deleting(NoticeRow),
    ),
    Rule(
        "client_assertions",
        lambda before: select(ClientAssertionRow.id).where(ClientAssertionRow.expires_at <= before),
        deleting(ClientAssertionRow),
    ),
    Rule(
        "client_credentials",
        lambda before: select(ClientCredentialRow.id).where(ClientCredentialRow.revoked_at <= before),
        deleting(ClientCredentialRow),
    ),
    # What they prove themselves with goes with them.
    Rule(
        "clients",
        lambda before: select(ClientRow.id).where(ClientRow.revoked_at <= before),
        deleting(ClientRow),
    ),
)
