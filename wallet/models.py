"""Rows of licences and who holds them, and the sealing of what lies in them."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from identity.crypto.cipher import PiiCipher
from identity.orm import ID, Base, primary_key


class LicenceRow(Base):
    """A licence as its registry last told us. `as_of` is when.

    `changed_at` is set while the registry has told us of a change that we have not read yet;
    `superseded_by` once a newer version has taken this one's place in every wallet.
    """

    __tablename__ = "licences"

    id: Mapped[str] = primary_key()
    identifier: Mapped[str] = mapped_column(String(128), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    registry_code: Mapped[str] = mapped_column(String(32))
    issuer_name: Mapped[str] = mapped_column(String(200))
    issued_on: Mapped[date]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    registry_status: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(SmallInteger)
    as_of: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    superseded_by: Mapped[str | None] = mapped_column(ID, ForeignKey("licences.id"))
    content_sealed: Mapped[bytes]


class RegistryEventRow(Base):
    """A change that a registry told us of: each `jti` counts once. `digest` is the event's SHA-256."""

    __tablename__ = "registry_events"
    __table_args__ = (Index(None, "identifier", "issued_at"),)

    registry_code: Mapped[str] = mapped_column(String(32), primary_key=True)
    jti: Mapped[str] = mapped_column(String(64), primary_key=True)
    event: Mapped[str] = mapped_column(String(16))
    identifier: Mapped[str] = mapped_column(String(128))
    version: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str] = mapped_column(String(16))
    issued_at: Mapped[datetime]
    received_at: Mapped[datetime]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    outcome: Mapped[str] = mapped_column(String(16))


class LicencePhotoRow(Base):
    """A licence's photo, apart from the row that every list reads."""

    __tablename__ = "licence_photos"

    licence_id: Mapped[str] = mapped_column(ID, ForeignKey("licences.id"), primary_key=True)
    photo_sealed: Mapped[bytes]


class HoldingRow(Base):
    """A person holds a licence; how they like it shown in their own wallet.

    `reminded_days` is how long before which last day (`reminded_of`) they were told last that it ends.
    """

    __tablename__ = "holdings"
    __table_args__ = (Index(None, "licence_id"),)

    person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"), primary_key=True)
    licence_id: Mapped[str] = mapped_column(ID, ForeignKey("licences.id"), primary_key=True)
    pinned: Mapped[bool] = mapped_column(default=False)
    hidden: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int | None] = mapped_column(Integer)
    reminded_of: Mapped[date | None]
    reminded_days: Mapped[int | None] = mapped_column(SmallInteger)


class StaffFreezeRow(Base):
    """A member of staff froze a wallet for its holder: who, and why."""

    __tablename__ = "staff_freezes"

    id: Mapped[str] = primary_key()
    person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"), index=True)
    staff_id: Mapped[str] = mapped_column(ID, ForeignKey("staff.id"))
    reason_sealed: Mapped[bytes]
    at: Mapped[datetime]


def reason_place(record_id: str) -> str:
    """Return where a freeze's reason is sealed."""
    return f"staff_freezes.reason:{record_id}"


@dataclass(frozen=True, slots=True)
class Content:
    """What lies sealed in a licence's row. `holders` are digests of whom its registry named (`holder_digest`)."""

    number: str
    fields: dict[str, Any]
    holders: tuple[str, ...] = ()


def holder_digest(licence_id: str, number: str) -> str:
    """Return by what a licence knows a holder again, who may be nobody else's business once they are erased."""
    return hashlib.sha256(f"{licence_id}:{number}".encode()).hexdigest()


def seal_content(cipher: PiiCipher, licence_id: str, content: Content) -> bytes:
    """Seal number, fields and holders for a licence's row."""
    plain = {"number": content.number, "fields": content.fields, "holders": content.holders}
    return cipher.seal(json.dumps(plain, ensure_ascii=False), f"licences.content:{licence_id}")


def open_content(cipher: PiiCipher, licence_id: str, sealed: bytes) -> Content:
    """Return number, fields and holders from a licence's row; a row of before they were kept names no holders."""
    plain = json.loads(cipher.open(sealed, f"licences.content:{licence_id}"))
    return Content(plain["number"], plain["fields"], tuple(plain.get("holders", ())))


def photo_place(licence_id: str) -> str:
    """Return where a licence's photo is sealed."""
    return f"licence_photos.photo:{licence_id}"
