"""Rows of consent requests and consents. Nothing of a person lies in them but who it is."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from identity.orm import ID, Base, primary_key


class RequestState(StrEnum):
    """The life of a consent request. What nobody answered in time has expired, whether or not its row says so."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"


class EndedBy(StrEnum):
    """What ended a consent before its time."""

    HOLDER = "holder"
    ACCOUNT = "account"


class ConsentRequestRow(Base):
    """A client asks somebody for data (授权请求).

    Whom it is addressed to is told by `holder_index`, over number and name, whether or not there is such a
    person here; `number_index` counts what waits for them. An open request has neither, and `person_id` is who
    resolved its QR first. `secret_digest` is the SHA-256 of what the QR holds.
    """

    __tablename__ = "consent_requests"
    __table_args__ = (
        Index(None, "client_id", "number_index"),
        Index(None, "person_id", "id"),
        Index(None, "holder_index"),
        Index(None, "state", "expires_at"),
    )

    id: Mapped[str] = primary_key()
    # No foreign key: what a client asked for and was given outlives it.
    client_id: Mapped[str] = mapped_column(ID)
    client_name: Mapped[str] = mapped_column(String(100))
    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("organisations.id"))
    purpose_code: Mapped[str] = mapped_column(String(64))
    purpose_text: Mapped[str] = mapped_column(Text)
    items: Mapped[str] = mapped_column(Text)
    valid_days: Mapped[int] = mapped_column(SmallInteger)
    uses: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    secret_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    number_index: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    holder_index: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    person_id: Mapped[str | None] = mapped_column(ID, ForeignKey("persons.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class ConsentRow(Base):
    """A consent (授权): what a client may pull of whom, until when, how often. `record` is it as a signed JWS.

    `used` only ever grows, by a conditional write. A guardian's consent hangs on their tie, `tie_id`.
    """

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint("used BETWEEN 0 AND uses", name="used"),
        Index(None, "person_id", "id"),
    )

    id: Mapped[str] = primary_key()
    request_id: Mapped[str] = mapped_column(ID, ForeignKey("consent_requests.id"), unique=True)
    # No foreign key: what a client asked for and was given outlives it.
    client_id: Mapped[str] = mapped_column(ID)
    client_name: Mapped[str] = mapped_column(String(100))
    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"))
    purpose_code: Mapped[str] = mapped_column(String(64))
    purpose_text: Mapped[str] = mapped_column(Text)
    items: Mapped[str] = mapped_column(Text)
    uses: Mapped[int] = mapped_column(Integer)
    used: Mapped[int] = mapped_column(Integer)
    approved_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(16))
    actor_person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"))
    tie_id: Mapped[str | None] = mapped_column(ID)
    level: Mapped[int] = mapped_column(SmallInteger)
    record: Mapped[str] = mapped_column(Text)
