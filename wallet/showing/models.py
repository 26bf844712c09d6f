"""Rows of showing and verifying."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from identity.orm import ID, Base, primary_key


class Mode(StrEnum):
    """How a licence is shown."""

    ONLINE = "online"
    OFFLINE = "offline"
    CONFIRM = "confirm"


class TokenState(StrEnum):
    """The life of a show token. `expired` is never stored: time makes it so."""

    ACTIVE = "active"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    USED = "used"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ShowTokenRow(Base):
    """A show token (亮证码). `confirm_by` is set by the scan that awaits the holder's word."""

    __tablename__ = "show_tokens"
    __table_args__ = (
        CheckConstraint("state <> 'expired'", name="state"),
        Index(None, "licence_id", "person_id", "expires_at"),
    )

    id: Mapped[str] = primary_key()
    jti: Mapped[str] = mapped_column(String(22), unique=True)
    licence_id: Mapped[str] = mapped_column(ID, ForeignKey("licences.id"))
    person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"))
    mode: Mapped[str] = mapped_column(String(8))
    disclose: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(24))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirm_by: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    qr_sealed: Mapped[bytes]


class OutcomeWord(StrEnum):
    """How a scan went."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PENDING = "pending"


class RecordKind(StrEnum):
    """What an access record tells of."""

    VERIFICATION = "verification"
    CONFIRMATION = "confirmation"


class AccessRecordRow(Base):
    """Who saw what, when, for what: written once, never changed.

    A scan that waits for its holder leaves two: the scan (`pending`), and the confirmation that settled it
    (`settles` names the scan). What was scanned without being ours has neither holder nor licence.
    """

    __tablename__ = "access_records"
    __table_args__ = (
        Index(None, "person_id", "id"),
        Index(None, "staff_id", "id"),
        Index(None, "show_token_id"),
    )

    id: Mapped[str] = primary_key()
    kind: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[str | None] = mapped_column(ID, ForeignKey("persons.id"))
    licence_id: Mapped[str | None] = mapped_column(ID, ForeignKey("licences.id"))
    show_token_id: Mapped[str | None] = mapped_column(ID, ForeignKey("show_tokens.id"))
    settles: Mapped[str | None] = mapped_column(ID, ForeignKey("access_records.id"), unique=True)
    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("organisations.id"))
    staff_id: Mapped[str] = mapped_column(ID, ForeignKey("staff.id"))
    actor: Mapped[str] = mapped_column(String(16))
    purpose_sealed: Mapped[bytes | None]
    profile: Mapped[str | None] = mapped_column(String(8))
    outcome: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(24))
    freshness: Mapped[str] = mapped_column(String(8))
    as_of: Mapped[datetime | None]
    at: Mapped[datetime]


class OfflineScanRow(Base):
    """A scan made without a network, once it is reconciled: who scanned what when, and what came of it.

    `id` is its access record's; `digest` is SHA-256 of the token. It may outlive tokens and records.
    """

    __tablename__ = "offline_scans"
    __table_args__ = (UniqueConstraint("staff_id", "digest", "scanned_at"),)

    id: Mapped[str] = primary_key()
    staff_id: Mapped[str] = mapped_column(ID, ForeignKey("staff.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    scanned_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(24))
    status_then: Mapped[str | None] = mapped_column(String(16))
    double_use: Mapped[bool]


class VerifierGrantRow(Base):
    """An organisation may verify a kind, and see at most a profile of it."""

    __tablename__ = "verifier_grants"

    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("organisations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    profile: Mapped[str] = mapped_column(String(8))
