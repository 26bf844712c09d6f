"""Dependants as each side of a tie sees them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity import dependants, people
from identity.crypto.cipher import PiiCipher
from identity.dependants import DependantKind, DependantRow, DependantStatus, Relation, Side
from identity.ids import PersonId
from identity.numbers import resident_id
from identity.numbers.masks import mask_name
from identity.people import PersonRow


@dataclass(frozen=True, slots=True)
class Dependant:
    """A tie as one of its sides sees it: `name_masked` is the other side's.

    `name` is the helper's in full and `code` what may be read aloud to them, both for a principal who has yet
    to decide. `ends_on` is a child's 18th birthday.
    """

    id: str
    side: Side
    kind: DependantKind
    relation: Relation
    name_masked: str
    name: str | None
    code: str | None
    status: DependantStatus
    asked_at: datetime
    approve_by: datetime | None
    approved_at: datetime | None
    revoked_at: datetime | None
    ends_on: date | None


def acted_for(session: Session, cipher: PiiCipher, actor_id: PersonId, now: datetime) -> list[Dependant]:
    """Return the ties by which a person may act today, the oldest first."""
    rows = session.scalars(
        select(DependantRow)
        .where(DependantRow.actor_person_id == actor_id, DependantRow.status == DependantStatus.ACTIVE)
        .order_by(DependantRow.id),
    )
    ties = [actors_view(cipher, row, now) for row in rows]
    return [tie for tie in ties if tie.status is DependantStatus.ACTIVE]


def children_born(session: Session, cipher: PiiCipher, actor_id: PersonId) -> list[date]:
    """Return the birthdays of the children that a person may act for."""
    rows = session.scalars(
        select(DependantRow).where(
            DependantRow.actor_person_id == actor_id,
            DependantRow.kind == DependantKind.CHILD,
            DependantRow.status == DependantStatus.ACTIVE,
        ),
    )
    born = (resident_id.birth_date(dependants.open_number(cipher, row)) for row in rows)
    return [day for day in born if day is not None]


def actors_view(cipher: PiiCipher, row: DependantRow, now: datetime) -> Dependant:
    """Return a tie as whoever acts by it sees it."""
    return _view(cipher, row, Side.ACTOR, mask_name(dependants.open_name(cipher, row)), now)


def principals_view(
    cipher: PiiCipher,
    row: DependantRow,
    actor: PersonRow,
    now: datetime,
    code: str | None = None,
) -> Dependant:
    """Return a tie as whoever is acted for sees it."""
    name = people.open_name(cipher, actor.id, actor.name_sealed)
    pending = dependants.status_of(cipher, row, now) is DependantStatus.PENDING
    return _view(
        cipher,
        row,
        Side.PRINCIPAL,
        mask_name(name),
        now,
        name=name if pending else None,
        code=code if pending else None,
    )


def _view(
    cipher: PiiCipher,
    row: DependantRow,
    side: Side,
    name_masked: str,
    now: datetime,
    *,
    name: str | None = None,
    code: str | None = None,
) -> Dependant:
    born = (
        resident_id.birth_date(dependants.open_number(cipher, row))
        if row.kind == DependantKind.CHILD
        else None
    )
    return Dependant(
        id=row.id,
        side=side,
        kind=DependantKind(row.kind),
        relation=Relation(row.relation),
        name_masked=name_masked,
        name=name,
        code=code,
        status=dependants.status_of(cipher, row, now),
        asked_at=row.asked_at,
        approve_by=row.approve_by,
        approved_at=row.approved_at,
        revoked_at=row.revoked_at,
        ends_on=born and dependants.birthday(born, dependants.FULL_AGE),
    )
