"""People whom nobody stands for any more: no account has them, no enterprise is them, nobody acts for or by them.

Whoever unbinds may bind again and find everything, a child's parents come and go, and a counter knows people who never
log in. After RETENTION_PEOPLE_LET_GO such a person is erased as if they had closed an account.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from api.upkeep.personal_data import erase_person
from identity.accounts import AccountRow
from identity.dependants import DependantRow, DependantStatus
from identity.ids import PersonId
from identity.organisations.models import EnterpriseRow
from identity.orm import AnySelect
from identity.people import PersonRow
from identity.retention import Rule, Witness


def _due(before: datetime) -> AnySelect:
    has_account = select(AccountRow.id).where(AccountRow.person_id == PersonRow.id).exists()
    is_enterprise = select(EnterpriseRow.id).where(EnterpriseRow.person_id == PersonRow.id).exists()
    # Every proof renews `verified_at`, also the one that unbinding asks for.
    return select(PersonRow.id).where(
        PersonRow.erased_at.is_(None),
        PersonRow.verified_at <= before,
        ~has_account,
        ~is_enterprise,
        ~_tied_since(before),
    )


def _tied_since(before: datetime) -> Any:
    theirs = or_(
        DependantRow.person_id == PersonRow.id,
        DependantRow.actor_person_id == PersonRow.id,
        DependantRow.number_index == PersonRow.number_index,
    )
    waiting = and_(DependantRow.status == DependantStatus.PENDING, DependantRow.approve_by > before)
    alive = or_(DependantRow.status == DependantStatus.ACTIVE, DependantRow.revoked_at > before, waiting)
    return select(DependantRow.id).where(theirs, alive).exists()


def _erase(session: Session, keys: Sequence[Any], witness: Witness) -> None:
    # Whoever is bound at this very moment has their row locked first, and is left alone.
    session.execute(
        select(PersonRow.id).where(PersonRow.id.in_(keys)).order_by(PersonRow.id).with_for_update()
    )
    bound = set(session.scalars(select(AccountRow.person_id).where(AccountRow.person_id.in_(keys))))
    for person_id in keys:
        if person_id not in bound:
            erase_person(session, witness.cipher, PersonId(person_id), witness.now)


RULE = Rule("people_let_go", _due, _erase)
