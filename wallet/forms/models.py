"""Rows of drafts and corrections, and the sealing of what lies in them."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from identity.crypto.cipher import PiiCipher
from identity.orm import ID, Base, primary_key


class DraftStatus(StrEnum):
    """What has become of a draft. A discarded one is gone."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


class DraftRow(Base):
    """A form that somebody is filling in (草稿): for `person_id`, by `actor_person_id`.

    `version` counts its changes. `case_id` is of the case that it has become.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'submitted')", name="status"),
        Index(None, "actor_person_id", "person_id", "id"),
        Index(None, "person_id"),
        Index(None, "updated_at"),
    )

    id: Mapped[str] = primary_key()
    form_code: Mapped[str] = mapped_column(String(48))
    person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"))
    actor_person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"))
    organisation_id: Mapped[str | None] = mapped_column(ID, ForeignKey("organisations.id"))
    status: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(Integer)
    content_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    # No foreign key: cases are another package's.
    case_id: Mapped[str | None] = mapped_column(ID)


class CorrectionStatus(StrEnum):
    """What has become of a report."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class CorrectionRow(Base):
    """A report that a registry has a field wrong: of `person_id`'s licence, by `actor_person_id`."""

    __tablename__ = "corrections"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'accepted', 'rejected')", name="status"),
        Index(None, "registry_code", "id"),
        Index(None, "actor_person_id", "id"),
        Index(None, "person_id"),
        Index(None, "closed_at"),
    )

    id: Mapped[str] = primary_key()
    person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"))
    actor_person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"))
    licence_id: Mapped[str] = mapped_column(ID, ForeignKey("licences.id"))
    kind: Mapped[str] = mapped_column(String(32))
    registry_code: Mapped[str] = mapped_column(String(32))
    field: Mapped[str] = mapped_column(String(64))
    # No foreign key: the draft may be gone before the report is answered.
    draft_id: Mapped[str | None] = mapped_column(ID)
    status: Mapped[str] = mapped_column(String(16))
    content_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    staff_id: Mapped[str | None] = mapped_column(ID, ForeignKey("staff.id"))


class CorrectionDeskRow(Base):
    """An agency answers the reports about a registry that is not of its own code."""

    __tablename__ = "correction_desks"

    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("organisations.id"), primary_key=True)
    registry_code: Mapped[str] = mapped_column(String(32), primary_key=True)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from: a licence's field, or somebody's identity (then it has neither id nor kind).

    `digest` is SHA-256, in hex, of what the source said: identifier, version, field and value.
    """

    licence_id: str | None
    kind: str | None
    party: str
    field: str
    as_of: str
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A value in a draft. Locked ones may not be typed over."""

    value: Any
    origin: Origin | None = None
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Linked:
    """A licence that a draft draws on, as it was when it was last read."""

    licence_id: str
    kind: str
    party: str
    status: str
    as_of: str
    freshness: str


@dataclass(frozen=True, slots=True)
class Unreached:
    """A registry that did not answer when the draft was filled."""

    code: str
    name: str
    status: str


@dataclass(frozen=True, slots=True)
class Content:
    """What lies sealed in a draft's row. `unfit` are kinds that are held in a status that does not serve."""

    entries: dict[str, Entry] = field(default_factory=dict)
    linked: tuple[Linked, ...] = ()
    unfit: dict[str, str] = field(default_factory=dict)
    unreached: tuple[Unreached, ...] = ()
    chosen: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """Values alone, by their key."""
        return {key: entry.value for key, entry in self.entries.items()}


def seal_draft(cipher: PiiCipher, draft_id: str, content: Content) -> bytes:
    """Seal a draft's content for its row."""
    return cipher.seal(json.dumps(asdict(content), ensure_ascii=False), f"drafts.content:{draft_id}")


def open_draft(cipher: PiiCipher, draft_id: str, sealed: bytes) -> Content:
    """Return a draft's content from its row."""
    plain = json.loads(cipher.open(sealed, f"drafts.content:{draft_id}"))
    return Content(
        entries={key: _entry(raw) for key, raw in plain["entries"].items()},
        linked=tuple(Linked(**raw) for raw in plain["linked"]),
        unfit=plain["unfit"],
        unreached=tuple(Unreached(**raw) for raw in plain["unreached"]),
        chosen=tuple(plain["chosen"]),
    )


def written(moment: datetime) -> str:
    """Return an instant as a draft keeps it: RFC 3339 in UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _entry(raw: dict[str, Any]) -> Entry:
    origin = raw["origin"]
    return Entry(raw["value"], Origin(**origin) if origin else None, raw["locked"])
