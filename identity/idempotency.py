"""Idempotency keys: a retried POST gets the first answer again and does its work once.

(draft-ietf-httpapi-idempotency-key-header.) Two ways, by how the work is done:

- In one transaction: `claim` inserts the key's row in that transaction, before the work. A second request
  with the same key waits for the first, and then finds its answer; when the first fails, its row is gone.
- In several transactions, or with calls to other systems between them: `claim_ahead` writes the row in a
  transaction of its own and leases it. A second request finds the work under way. Who dies in the middle
  leaves a lease that runs out, and then the key can be claimed again; who is merely slow and has lost the
  lease finds out at `keep`, and takes back what it has not committed.

Answers are sealed.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, LargeBinary, SmallInteger, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.crypto.cipher import PiiCipher
from identity.errors import IdempotencyKeyInUse, IdempotencyKeyReused
from identity.ids import new_id
from identity.orm import ID, Base, insert_or_skip

# Longer than the slowest route can take: its time-outs and retries added up.
LEASE = timedelta(seconds=60)


class IdempotencyRow(Base):
    """A key, whose request it was, and (sealed) what was answered."""

    __tablename__ = "idempotency_keys"

    # SHA-256 over caller, route and key.
    id: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    request_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int | None] = mapped_column(SmallInteger)
    answer_sealed: Mapped[bytes | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    # Of work under way in several transactions: whose it is, and until when nobody else may begin it.
    lease_id: Mapped[str | None] = mapped_column(ID)
    leased_until: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do a request's work, for a while."""

    id: str


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request that carries a key."""

    id: bytes
    digest: bytes

    @classmethod
    def of(cls, *, caller: str, route: str, key: str, body: bytes) -> "KeyedRequest":
        """Digest who asked what, where, under which key."""
        place = hashlib.sha256(f"{caller}\0{route}\0{key}".encode()).digest()
        return cls(place, hashlib.sha256(body).digest())

    @property
    def place(self) -> str:
        """Where the answer is sealed."""
        return f"idempotency_keys.answer:{self.id.hex()}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored answer: HTTP status and body."""

    status: int
    body: bytes


def claim(
    session: Session,
    cipher: PiiCipher,
    request: KeyedRequest,
    *,
    lifetime: timedelta,
    now: datetime,
) -> Answer | None:
    """Claim a key for this transaction, or return the answer it already has.

    Raises IdempotencyKeyReused when the key stands for another request.
    """
    session.execute(
        delete(IdempotencyRow).where(IdempotencyRow.id == request.id, IdempotencyRow.expires_at <= now),
    )
    claimed = insert_or_skip(
        session,
        IdempotencyRow,
        {"id": request.id, "request_digest": request.digest, "expires_at": now + lifetime},
    )
    if claimed:
        return None
    return find(session, cipher, request, now)


def claim_ahead(
    session: Session,
    cipher: PiiCipher,
    request: KeyedRequest,
    *,
    lifetime: timedelta,
    now: datetime,
) -> Lease | Answer:
    """Lease a key in a transaction of its own, or return the answer it already has.

    Raises IdempotencyKeyReused, and IdempotencyKeyInUse while another request has the lease.
    """
    over = or_(IdempotencyRow.expires_at <= now, IdempotencyRow.leased_until <= now)
    session.execute(delete(IdempotencyRow).where(IdempotencyRow.id == request.id, over))
    lease = Lease(new_id())
    claimed = insert_or_skip(
        session,
        IdempotencyRow,
        {
            "id": request.id,
            "request_digest": request.digest,
            "expires_at": now + lifetime,
            "lease_id": lease.id,
            "leased_until": now + LEASE,
        },
    )
    if claimed:
        return lease
    answer = find(session, cipher, request, now)
    if answer is None:
        raise IdempotencyKeyInUse
    return answer


def find(session: Session, cipher: PiiCipher, request: KeyedRequest, now: datetime) -> Answer | None:
    """Return the answer that a key has. Raises IdempotencyKeyReused, IdempotencyKeyInUse."""
    row = session.scalar(
        select(IdempotencyRow).where(IdempotencyRow.id == request.id, IdempotencyRow.expires_at > now),
    )
    if row is None:
        return None
    if row.request_digest != request.digest:
        raise IdempotencyKeyReused
    if row.status is None or row.answer_sealed is None:
        raise IdempotencyKeyInUse
    return Answer(row.status, cipher.open(row.answer_sealed, request.place))


def keep(
    session: Session,
    cipher: PiiCipher,
    request: KeyedRequest,
    answer: Answer,
    lease: Lease | None = None,
) -> None:
    """Store the answer of a claimed key. Raises IdempotencyKeyInUse when the lease went to another."""
    kept = session.scalar(
        update(IdempotencyRow)
        .where(IdempotencyRow.id == request.id, _is_leased_to(lease))
        .values(
            status=answer.status,
            answer_sealed=cipher.seal(answer.body, request.place),
            lease_id=None,
            leased_until=None,
        )
        .returning(IdempotencyRow.status),
    )
    if kept is None:
        raise IdempotencyKeyInUse


def release(session: Session, request: KeyedRequest, lease: Lease) -> None:
    """Give a lease back whose work was refused or failed: the key is free again."""
    session.execute(delete(IdempotencyRow).where(IdempotencyRow.id == request.id, _is_leased_to(lease)))


def _is_leased_to(lease: Lease | None) -> ColumnElement[bool]:
    return IdempotencyRow.lease_id == lease.id if lease else IdempotencyRow.lease_id.is_(None)
