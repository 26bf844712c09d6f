"""Dependants (被代办人): whom a person acts for, because they are a child's parent or an adult wants them to.

A tie names its principal by number and name. One with an adult is `pending` until they approve; whether they
are known here, whoever asks never learns. One with a child ends by itself on the child's 18th birthday.
"""

import os
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    bindparam,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity import people
from identity.acting import DEPENDANT, ActingFor, ActorWord
from identity.clock import age_on, civil_date
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.errors import DependantNotFound
from identity.ids import PersonId
from identity.numbers import resident_id
from identity.numbers.masks import mask_name
from identity.orm import ID, Base, primary_key
from identity.people import NUMBER_LABEL, PersonRow
from identity.prepared import Prepared

# A parent may add a child below this age; an older one has to agree, as any adult.
AGE_OF_OWN_APPROVAL = 16
FULL_AGE = 18


class DependantKind(StrEnum):
    """What a tie rests on: parenthood, or an adult's own word."""

    CHILD = "child"
    ADULT = "adult"


class Relation(StrEnum):
    """What the dependant is to whoever acts for them, by that person's own account."""

    CHILD = "child"
    SON = "son"
    DAUGHTER = "daughter"
    PARENT = "parent"
    FATHER = "father"
    MOTHER = "mother"
    SPOUSE = "spouse"
    GRANDPARENT = "grandparent"
    GRANDCHILD = "grandchild"
    SIBLING = "sibling"
    RELATIVE = "relative"
    WARD = "ward"
    FRIEND = "friend"
    NEIGHBOUR = "neighbour"
    OTHER = "other"


class DependantStatus(StrEnum):
    """The life of a tie. `expired` and `ended` are never stored: time makes them so."""

    PENDING = "pending"
    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"
    ENDED = "ended"


class Side(StrEnum):
    """On which side of a tie somebody stands."""

    ACTOR = "actor"
    PRINCIPAL = "principal"


class DependantRow(Base):
    """A tie between an actor and a principal. `person_id` is empty until the principal is known for certain.

    `consent_version` and `consent_sha256` are of the text that a guardian agreed to, for a child under 14.
    """

    __tablename__ = "dependants"
    __table_args__ = (
        CheckConstraint("kind IN ('child', 'adult')", name="kind"),
        CheckConstraint("status IN ('pending', 'active', 'revoked')", name="status"),
        CheckConstraint("status <> 'active' OR person_id IS NOT NULL", name="principal"),
        Index(None, "actor_person_id", "id"),
        Index(None, "number_index", "id"),
    )

    id: Mapped[str] = primary_key()
    actor_person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"))
    person_id: Mapped[str | None] = mapped_column(ID, ForeignKey("persons.id"), index=True)
    number_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    number_sealed: Mapped[bytes]
    name_sealed: Mapped[bytes]
    kind: Mapped[str] = mapped_column(String(8))
    relation: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(8))
    code_sealed: Mapped[bytes | None]
    wrong_codes: Mapped[int] = mapped_column(SmallInteger, default=0)
    consent_version: Mapped[str | None] = mapped_column(String(8))
    consent_sha256: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    # Until when a pending tie can be approved.
    approve_by: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    # Who told a principal the code at a counter, having looked at their document, and when.
    code_told_by: Mapped[str | None] = mapped_column(ID, ForeignKey("staff.id"))
    code_told_at: Mapped[datetime | None]


_TIE = Prepared(
    select(DependantRow.kind, DependantRow.person_id, PersonRow.number_sealed)
    .join(PersonRow, PersonRow.id == DependantRow.person_id)
    .where(
        DependantRow.id == bindparam("tie_id"),
        DependantRow.actor_person_id == bindparam("actor_id"),
        DependantRow.status == DependantStatus.ACTIVE.value,
    ),
)


def acting_for(
    session: Session,
    cipher: PiiCipher,
    dependant_id: str,
    actor_id: PersonId,
    now: datetime,
) -> ActingFor:
    """Return how a person may act for a dependant. Raises DependantNotFound."""
    row = _TIE.first(session, tie_id=dependant_id, actor_id=actor_id)
    if row is None:
        raise DependantNotFound
    principal = PersonId(row.person_id)
    if row.kind == DependantKind.ADULT:
        return ActingFor(DEPENDANT, dependant_id, principal, adult=True, actor=ActorWord.HELPER)
    if is_of_age(people.open_number(cipher, principal, row.number_sealed), now):
        raise DependantNotFound
    return ActingFor(DEPENDANT, dependant_id, principal, adult=False, actor=ActorWord.GUARDIAN)


def hold(session: Session, dependant_id: str, actor_id: PersonId) -> None:
    """Let nobody end an actor's tie before this transaction ends."""
    mine = (DependantRow.id == dependant_id, DependantRow.actor_person_id == actor_id)
    session.execute(select(DependantRow.id).where(*mine).with_for_update(read=True))


def guardian_consent_recorded(session: Session, index: BlindIndex, id_number: str) -> bool:
    """Tell whether a guardian's consent for the child of a normalised number is on record and not taken back."""
    recorded = session.scalar(
        select(DependantRow.id)
        .where(
            DependantRow.number_index == index.of(NUMBER_LABEL, id_number),
            DependantRow.kind == DependantKind.CHILD,
            DependantRow.status == DependantStatus.ACTIVE,
            DependantRow.consent_sha256.is_not(None),
        )
        .limit(1),
    )
    return recorded is not None


def is_of_age(id_number: str, now: datetime) -> bool:
    """Tell whether a number's owner has had their 18th birthday, in China."""
    born = resident_id.birth_date(id_number)
    return born is not None and age_on(born, civil_date(now)) >= FULL_AGE


def status_of(cipher: PiiCipher, row: DependantRow, now: datetime) -> DependantStatus:
    """Return a tie's status at an instant."""
    status = DependantStatus(row.status)
    if status is DependantStatus.PENDING and row.approve_by is not None and row.approve_by <= now:
        return DependantStatus.EXPIRED
    grown = row.kind == DependantKind.CHILD and is_of_age(open_number(cipher, row), now)
    return DependantStatus.ENDED if status is DependantStatus.ACTIVE and grown else status


def birthday(born: date, age: int) -> date:
    """Return the day on which somebody reaches an age; who was born on 29 February does so on 1 March."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def seal_name(cipher: PiiCipher, tie_id: str, name: str) -> bytes:
    """Seal a principal's name for a tie."""
    return cipher.seal(name, _place("name", tie_id))


def seal_number(cipher: PiiCipher, tie_id: str, id_number: str) -> bytes:
    """Seal a principal's number for a tie."""
    return cipher.seal(id_number, _place("number", tie_id))


def seal_code(cipher: PiiCipher, tie_id: str, code: str) -> bytes:
    """Seal the code that a principal may read aloud to a helper."""
    return cipher.seal(code, _place("code", tie_id))


def open_code(cipher: PiiCipher, row: DependantRow) -> str | None:
    """Return the code of a tie that waits for its principal."""
    return cipher.open_text(row.code_sealed, _place("code", row.id)) if row.code_sealed else None


def masked_name(cipher: PiiCipher, row: DependantRow) -> str:
    """Return the name that a tie gives its principal, masked."""
    return mask_name(open_name(cipher, row))


def forget_who(cipher: PiiCipher, row: DependantRow, nothing: str) -> None:
    """Destroy whom a tie names; the row stays, and leads to nobody."""
    row.number_index = os.urandom(32)
    row.name_sealed = seal_name(cipher, row.id, nothing)
    row.number_sealed = seal_number(cipher, row.id, nothing)
    row.code_sealed = None


def open_name(cipher: PiiCipher, row: DependantRow) -> str:
    """Return the name that a tie gives its principal."""
    return cipher.open_text(row.name_sealed, _place("name", row.id))


def open_number(cipher: PiiCipher, row: DependantRow) -> str:
    """Return the number that a tie gives its principal."""
    return cipher.open_text(row.number_sealed, _place("number", row.id))


def _place(field: str, tie_id: str) -> str:
    return f"dependants.{field}:{tie_id}"
