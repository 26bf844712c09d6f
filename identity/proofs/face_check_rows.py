"""Rows of face checks: whose, how they stand, and how many may be begun."""

import json
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Update, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.crypto.cipher import PiiCipher
from identity.errors import FaceCheckNotFound, TooManyFaceChecks
from identity.ids import LoginId, PersonId
from identity.numbers.resident_id import IdType
from identity.orm import ID, Base, primary_key
from identity.people import Person

HOUR = timedelta(hours=1)
# Each costs the platform something, and tells whether a name and a number belong together.
UNPASSED_PER_HOUR = 20


class FaceCheckState(StrEnum):
    """How a face check stands. That it expired is never stored: time makes it so."""

    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"


class FaceCheckRow(Base):
    """A face check of a login. Its account is the login's, wherever that is by now."""

    __tablename__ = "face_checks"
    __table_args__ = (Index(None, "login_id", "begun_at"),)

    id: Mapped[str] = primary_key()
    login_id: Mapped[str] = mapped_column(ID, ForeignKey("logins.id"))
    provider: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(8))
    # The login had no real name, and said whose face this would be.
    claimed: Mapped[bool]
    person_sealed: Mapped[bytes]
    reference_sealed: Mapped[bytes | None]
    begun_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


def of_login(session: Session, login_id: LoginId, check_id: str) -> FaceCheckRow:
    """Return one of a login's checks. Raises FaceCheckNotFound."""
    row = session.get(FaceCheckRow, check_id)
    if row is None or row.login_id != login_id:
        raise FaceCheckNotFound
    return row


def settling(check_id: str, state: FaceCheckState, now: datetime) -> Update:
    """Return the one write that settles a check, and hits nothing when it is settled or over."""
    return (
        update(FaceCheckRow)
        .where(
            FaceCheckRow.id == check_id,
            FaceCheckRow.state == FaceCheckState.PENDING,
            FaceCheckRow.expires_at > now,
        )
        .values(state=state, settled_at=now)
        .execution_options(synchronize_session=False)
    )


def require_few(session: Session, login_id: LoginId, now: datetime) -> None:
    """Raise TooManyFaceChecks when a login began many within the hour and passed none of them."""
    newest_first = session.scalars(
        select(FaceCheckRow.begun_at)
        .where(
            FaceCheckRow.login_id == login_id,
            FaceCheckRow.state != FaceCheckState.PASSED,
            FaceCheckRow.begun_at > now - HOUR,
        )
        .order_by(FaceCheckRow.begun_at.desc())
        .limit(UNPASSED_PER_HOUR),
    ).all()
    if len(newest_first) == UNPASSED_PER_HOUR:
        raise TooManyFaceChecks(newest_first[-1] + HOUR - now)


def packed(person: Person) -> str:
    """Return whom a check is of, ready to be sealed."""
    return json.dumps([person.name, person.id_type, person.id_number], ensure_ascii=False)


def open_person(cipher: PiiCipher, row: FaceCheckRow) -> Person:
    """Return whom a check is of."""
    name, id_type, id_number = json.loads(cipher.open(row.person_sealed, place("person", row.id)))
    return Person(PersonId(""), name, IdType(id_type), id_number)


def place(field: str, check_id: str) -> str:
    """Return where a field of a check is sealed."""
    return f"face_checks.{field}:{check_id}"
