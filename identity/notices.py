"""Notices (通知): everything the app tells a person, newest first, each until it is read and long after.

What a notice is about (who, which licence, which day) lies sealed; its words are put together when it is
read, in the reader's language (`api.texts`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, insert, literal, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.crypto.cipher import PiiCipher
from identity.errors import NoticeNotFound
from identity.ids import PersonId, new_id
from identity.orm import ID, Base, primary_key
from identity.people import PersonRow
from identity.prepared import prepared_insert

# No row has this id.
NOBODY = PersonId("00000000-0000-0000-0000-000000000000")


class NoticeKind(StrEnum):
    """What a notice tells of."""

    CODE_SCANNED = "code_scanned"
    CODE_SCANNED_OFFLINE = "code_scanned_offline"
    CODE_SCANNED_TWICE = "code_scanned_twice"
    CONFIRMATION_ASKED = "confirmation_asked"
    HELPER_ASKS = "helper_asks"
    HELPER_APPROVED = "helper_approved"
    HELPER_APPROVED_BY_CODE = "helper_approved_by_code"
    HELPER_CODE_GIVEN = "helper_code_given"
    HELPER_REVOKED = "helper_revoked"
    HELPER_USED = "helper_used"
    HELPER_CONFIRMED = "helper_confirmed"
    HELPER_FROZE = "helper_froze"
    HELPER_CONSENTED = "helper_consented"
    CONSENT_ASKED = "consent_asked"
    DATA_PULLED = "data_pulled"
    MEMBERSHIP_GIVEN = "membership_given"
    MEMBERSHIP_REVOKED = "membership_revoked"
    LICENCE_SUSPENDED = "licence_suspended"
    LICENCE_REVOKED = "licence_revoked"
    LICENCE_CANCELLED = "licence_cancelled"
    LICENCE_SUPERSEDED = "licence_superseded"
    LICENCE_TRANSFERRED = "licence_transferred"
    LICENCE_RESTORED = "licence_restored"
    LICENCE_EXPIRING = "licence_expiring"
    WEBHOOK_DISABLED = "webhook_disabled"
    ASSURANCE_RAISED = "assurance_raised"
    CORRECTION_ACCEPTED = "correction_accepted"
    CORRECTION_REJECTED = "correction_rejected"
    WALLET_FROZEN = "wallet_frozen"
    LOGIN_JOINED = "login_joined"
    LOGIN_DETACHED = "login_detached"
    CASE_NEEDS_MORE = "case_needs_more"
    CASE_APPROVED = "case_approved"
    CASE_APPROVED_AT_ONCE = "case_approved_at_once"
    CASE_REJECTED = "case_rejected"
    CASE_CLOSED = "case_closed"


class NoticeRow(Base):
    """A notice to a person."""

    __tablename__ = "notices"
    __table_args__ = (Index(None, "person_id", "id"),)

    id: Mapped[str] = primary_key()
    person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"))
    kind: Mapped[str] = mapped_column(String(32))
    about_sealed: Mapped[bytes]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as its reader gets it; `about` fills the words of its kind."""

    id: str
    kind: NoticeKind
    about: dict[str, str | None]
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A page of notices, newest first; `next_cursor` is None at its end."""

    items: list[Notice]
    next_cursor: str | None


_INSERT = prepared_insert(NoticeRow)


def tell(
    session: Session,
    cipher: PiiCipher,
    *,
    person_id: PersonId,
    kind: NoticeKind,
    about: Mapping[str, str | None],
    now: datetime,
) -> None:
    """Tell a person something, in the transaction of what it is about."""
    notice_id = new_id()
    _INSERT.run(
        session,
        id=notice_id,
        person_id=person_id,
        kind=kind,
        about_sealed=cipher.seal(json.dumps(dict(about), ensure_ascii=False), _place(notice_id)),
        at=now,
        read_at=None,
    )


def tell_if_known(
    session: Session,
    cipher: PiiCipher,
    *,
    person_id: PersonId | None,
    kind: NoticeKind,
    about: Mapping[str, str | None],
    now: datetime,
) -> None:
    """Tell a person something if there is such a person: the same statement, and as much work, if there is not."""
    notice_id = new_id()
    sealed = cipher.seal(json.dumps(dict(about), ensure_ascii=False), _place(notice_id))
    columns = NoticeRow.__table__.c
    told = select(
        literal(notice_id, columns.id.type),
        PersonRow.id,
        literal(kind.value, columns.kind.type),
        literal(sealed, columns.about_sealed.type),
        literal(now, columns.at.type),
    ).where(PersonRow.id == (person_id or NOBODY))
    names = ["id", "person_id", "kind", "about_sealed", "at"]
    session.execute(insert(NoticeRow).from_select(names, told, include_defaults=False))


def of_person(
    session: Session,
    cipher: PiiCipher,
    person_id: PersonId,
    *,
    limit: int,
    cursor: str | None,
    unread_only: bool = False,
) -> NoticePage:
    """Return what a person was told; `cursor` is the last id of the page before."""
    query = select(NoticeRow).where(NoticeRow.person_id == person_id)
    if cursor:
        query = query.where(NoticeRow.id < cursor)
    if unread_only:
        query = query.where(NoticeRow.read_at.is_(None))
    rows = list(session.scalars(query.order_by(NoticeRow.id.desc()).limit(limit + 1)))
    shown = rows[:limit]
    more = len(rows) > limit
    return NoticePage([_open(cipher, row) for row in shown], shown[-1].id if more else None)


def all_of_person(session: Session, cipher: PiiCipher, person_id: PersonId) -> list[Notice]:
    """Return everything a person was told, oldest first."""
    query = select(NoticeRow).where(NoticeRow.person_id == person_id).order_by(NoticeRow.id)
    return [_open(cipher, row) for row in session.scalars(query)]


def mark_read(
    session: Session,
    cipher: PiiCipher,
    person_id: PersonId,
    notice_id: str,
    now: datetime,
) -> Notice:
    """Note that a notice was read; the first reading counts. Raises NoticeNotFound."""
    session.execute(
        update(NoticeRow)
        .where(NoticeRow.id == notice_id, NoticeRow.person_id == person_id, NoticeRow.read_at.is_(None))
        .values(read_at=now),
    )
    row = session.scalar(select(NoticeRow).where(NoticeRow.id == notice_id, NoticeRow.person_id == person_id))
    if row is None:
        raise NoticeNotFound
    return _open(cipher, row)


def _open(cipher: PiiCipher, row: NoticeRow) -> Notice:
    about = json.loads(cipher.open(row.about_sealed, _place(row.id)))
    return Notice(row.id, NoticeKind(row.kind), about, row.at, row.read_at)


def _place(notice_id: str) -> str:
    return f"notices.about:{notice_id}"
