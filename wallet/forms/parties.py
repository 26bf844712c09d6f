"""Whose licences and identity a form draws on: the roles that people have in it.

Who acts for an enterprise brings the enterprise's licences and their own; nobody else's are open to them, so the
founder's are there only when the founder is the one who is logged in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity import people
from identity.acting import ORGANISATION
from identity.crypto.cipher import PiiCipher
from identity.errors import AssuranceLevelRequired
from identity.ids import AccountId, OrganisationId, PersonId
from identity.numbers.resident_id import IdType, birth_date
from identity.organisations.memberships import own_membership
from identity.organisations.scopes import MemberRole
from identity.people import PersonRow
from identity.principals import Citizen

EIGHTEEN = 18


class Party(StrEnum):
    """A role in a form: 企业, 申请人, 孩子, 经办人, 创业者 (its legal representative), 代办人."""

    COMPANY = "company"
    APPLICANT = "applicant"
    CHILD = "child"
    ACTOR = "actor"
    FOUNDER = "founder"
    HELPER = "helper"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose draft it is: who made it, and for whom. Nobody else opens it."""

    account_id: AccountId
    actor_id: PersonId
    person_id: PersonId
    organisation_id: OrganisationId | None


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody's proved identity in clear: stays inside the process. Values by their field's name."""

    person_id: PersonId
    values: Mapping[str, str | None]
    as_of: datetime


def owner_of(citizen: Citizen) -> Owner:
    """Return whose drafts a citizen makes as they act now. Raises AssuranceLevelRequired."""
    if citizen.person_id is None or citizen.actor_person_id is None:
        raise AssuranceLevelRequired(2)
    acting = citizen.acting_for
    organisation = OrganisationId(acting.id) if acting and acting.type == ORGANISATION else None
    return Owner(citizen.account_id, citizen.actor_person_id, citizen.person_id, organisation)


def parties_of(session: Session, cipher: PiiCipher, citizen: Citizen, now: datetime) -> dict[Party, PersonId]:
    """Return who has which role in what a citizen does as they act now."""
    owner, acting = owner_of(citizen), citizen.acting_for
    roles = {Party.ACTOR: owner.actor_id}
    if owner.organisation_id is not None:
        roles[Party.COMPANY] = owner.person_id
        membership = own_membership(session, cipher, owner.organisation_id, owner.actor_id, now)
        if membership.role == MemberRole.LEGAL_REPRESENTATIVE:
            roles[Party.FOUNDER] = owner.actor_id
        return roles
    roles[Party.APPLICANT] = owner.person_id
    if acting is not None:
        roles[Party.HELPER] = owner.actor_id
        if not acting.adult:
            roles[Party.CHILD] = owner.person_id
    return roles


def identities(
    session: Session, cipher: PiiCipher, parties: Mapping[Party, PersonId]
) -> dict[Party, Identity]:
    """Return the proved identity of everybody who has a role."""
    rows = session.scalars(select(PersonRow).where(PersonRow.id.in_(set(parties.values()))))
    known = {row.id: _identity(row, cipher) for row in rows}
    return {party: known[person_id] for party, person_id in parties.items()}


def _identity(row: PersonRow, cipher: PiiCipher) -> Identity:
    person = people.open_person(row, cipher)
    born = birth_date(person.id_number)
    values = {
        "name": person.name,
        "id_number": person.id_number,
        "id_type": person.id_type.value,
        "birth_date": _written(born),
        "sex": _sex(person.id_number) if born and person.id_type is not IdType.PASSPORT else None,
    }
    return Identity(PersonId(row.id), values, row.verified_at)


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _sex(number: str) -> str | None:
    # GB 11643: the 17th digit is odd for men.
    if len(number) != EIGHTEEN or not number[16].isdecimal():
        return None
    return "男" if int(number[16]) % 2 else "女"
