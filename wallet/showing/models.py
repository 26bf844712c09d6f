"""Rows of showing and verifying."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
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
    """A show token (亮证码). `confirm_by` is set by the scan that awaits the holder's word.

    `actor` and `actor_person_id` are of whoever showed it; tokens from before they were kept have neither, and
    are their holders' own.
    """

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
    actor: Mapped[str | None] = mapped_column(String(16))
    # No foreign key: a person's row is never deleted, and a scan has enough to check.
    actor_person_id: Mapped[str | None] = mapped_column(ID)


class OutcomeWord(StrEnum):
    """How a scan went."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PENDING = "pending"


class RecordKind(StrEnum):
    """What an access record tells of."""

    VERIFICATION = "verification"
    CONFIRMATION = "confirmation"
    PULL = "pull"


class AccessRecordRow(Base):
    """Who saw what, when, for what: written once (by `wallet.showing.chain`), never changed.

    A scan that waits for its holder leaves two: the scan (`pending`), and the confirmation that settled it
    (`settles` names the scan). What was scanned without being ours has neither holder nor licence.

    `link` ties a record to the one before it in its chain. The purpose is personal: the chain covers its
    commitment, while salt and words lie in `purpose_sealed` and can be destroyed. Every column that is
    added is covered by the chain, unless `chain.UNCOVERED` names it.

    A pull (调取) was made by a client, `client_id`, and no member of staff: `disclosed` is JSON that tells which
    fields of which licences it was given by `consent_id`. `licence_id` is the first of these.

    `actor` says as what somebody acted, `actor_person_id` who it was: an id, which names nobody any more once
    that person's account is erased. Records from before it was kept have none.
    """

    __tablename__ = "access_records"
    __table_args__ = (
        Index(None, "person_id", "id"),
        Index(None, "staff_id", "id"),
        Index(None, "show_token_id"),
        Index(None, "consent_id", "id"),
        Index(None, "chain", "position", unique=True),
    )

    id: Mapped[str] = primary_key()
    kind: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[str | None] = mapped_column(ID, ForeignKey("persons.id"))
    licence_id: Mapped[str | None] = mapped_column(ID, ForeignKey("licences.id"))
    show_token_id: Mapped[str | None] = mapped_column(ID, ForeignKey("show_tokens.id"))
    settles: Mapped[str | None] = mapped_column(ID, ForeignKey("access_records.id"), unique=True)
    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("organisations.id"))
    staff_id: Mapped[str | None] = mapped_column(ID, ForeignKey("staff.id"))
    actor: Mapped[str] = mapped_column(String(16))
    purpose_sealed: Mapped[bytes | None]
    profile: Mapped[str | None] = mapped_column(String(8))
    outcome: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(24))
    freshness: Mapped[str] = mapped_column(String(8))
    as_of: Mapped[datetime | None]
    at: Mapped[datetime]
    purpose_commitment: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    # Never empty: a trigger refuses a record outside the chain. (SQLite can't add a column that says so.)
    chain: Mapped[int] = mapped_column(SmallInteger, nullable=True)
    position: Mapped[int] = mapped_column(BigInteger, nullable=True)
    link: Mapped[bytes] = mapped_column(LargeBinary(32), nullable=True)
    # No foreign key: a person's row is never deleted, and a scan has enough to check.
    actor_person_id: Mapped[str | None] = mapped_column(ID)
    # No foreign keys: a consent may be purged before the records of what was pulled by it.
    client_id: Mapped[str | None] = mapped_column(ID)
    consent_id: Mapped[str | None] = mapped_column(ID)
    disclosed: Mapped[str | None] = mapped_column(Text)


class AccessChainRow(Base):
    """How long a chain of access records is, and its last link."""

    __tablename__ = "access_chains"

    chain: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    length: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[bytes] = mapped_column(LargeBinary(32))


class AccessCheckpointRow(Base):
    """Where a chain begins since its older records were purged: signed, kept for good."""

    __tablename__ = "access_checkpoints"

    chain: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    jws: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]


class AccessAnchorRow(Base):
    """The heads of all chains on a day, signed, to be published where nobody can take it back."""

    __tablename__ = "access_anchors"

    id: Mapped[str] = primary_key()
    day: Mapped[date] = mapped_column(unique=True)
    jws: Mapped[str] = mapped_column(String)
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


class CheckCodeRow(Base):
    """A check code that was given out, as an HMAC, kept for a day so that it is not given out again."""

    __tablename__ = "check_codes"

    code_hmac: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    # No foreign key: a code stays taken for its day, whatever becomes of the token.
    show_token_id: Mapped[str] = mapped_column(ID)
    given_out_at: Mapped[datetime] = mapped_column(index=True)


class CheckCodeMissRow(Base):
    """A wrong check code, kept for a day."""

    __tablename__ = "check_code_misses"
    __table_args__ = (Index(None, "organisation_id", "at"),)

    id: Mapped[str] = primary_key()
    staff_id: Mapped[str] = mapped_column(ID, ForeignKey("staff.id"))
    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("organisations.id"))
    at: Mapped[datetime]


class VerifierGrantRow(Base):
    """An organisation may verify a kind, and see at most a profile of it."""

    __tablename__ = "verifier_grants"

    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("organisations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    profile: Mapped[str] = mapped_column(String(8))
