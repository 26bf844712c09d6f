"""Idempotency keys: a retried POST gets the first answer again and does its work once.

(draft-ietf-httpapi-idempotency-key-header.) The key's row is inserted in the transaction that does the
work, before it. A second request with the same key therefore waits for the first, and then finds its
answer; when the first fails, its row is gone with it. Answers are sealed.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, SmallInteger, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.crypto.cipher import PiiCipher
from identity.errors import IdempotencyKeyReused
from identity.orm import Base, insert_or_skip


class IdempotencyRow(Base):
    """A key, whose request it was, and (sealed) what was answered."""

    __tablename__ = "idempotency_keys"

    # SHA-256 over caller, route and key.
    id: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    request_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int | None] = mapped_column(SmallInteger)
    answer_sealed: Mapped[bytes | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)


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


def find(session: Session, cipher: PiiCipher, request: KeyedRequest, now: datetime) -> Answer | None:
    """Return the answer that a key has. Raises IdempotencyKeyReused."""
    row = session.scalar(
        select(IdempotencyRow).where(IdempotencyRow.id == request.id, IdempotencyRow.expires_at > now),
    )
    if row is None:
        return None
    if row.request_digest != request.digest or row.status is None or row.answer_sealed is None:
        raise IdempotencyKeyReused
    return Answer(row.status, cipher.open(row.answer_sealed, request.place))


def keep(session: Session, cipher: PiiCipher, request: KeyedRequest, answer: Answer) -> None:
    """Store the answer of a claimed key."""
    session.execute(
        update(IdempotencyRow)
        .where(IdempotencyRow.id == request.id)
        .values(status=answer.status, answer_sealed=cipher.seal(answer.body, request.place)),
    )
