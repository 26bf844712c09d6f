"""Ties (代办关系): what lets one person act for another, whatever kind of tie it is.

A tie is read at every call that is made by it: when it ends, its tokens end with it, on every worker.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from identity import dependants
from identity.acting import DEPENDANT, ORGANISATION, ActingFor, Tie
from identity.crypto.cipher import PiiCipher
from identity.errors import DependantNotFound, OrganisationNotFound
from identity.ids import PersonId
from identity.organisations import acting as organisations

# Given the tie's id and the actor, each returns for whom they act, or raises one of NOT_FOUND.
Resolver = Callable[[Session, PiiCipher, str, PersonId, datetime], ActingFor]
RESOLVERS: dict[str, Resolver] = {
    DEPENDANT: dependants.acting_for,
    ORGANISATION: organisations.acting_for,
}
HOLDERS: dict[str, Callable[[Session, str, PersonId], None]] = {
    DEPENDANT: dependants.hold,
    ORGANISATION: organisations.hold,
}
NOT_FOUND = (DependantNotFound, OrganisationNotFound)


def acting_for(
    session: Session,
    cipher: PiiCipher,
    tie: Tie,
    actor_id: PersonId,
    now: datetime,
) -> ActingFor:
    """Return for whom a person acts by a tie. Raises DependantNotFound, OrganisationNotFound."""
    return RESOLVERS[tie.type](session, cipher, tie.id, actor_id, now)


def hold(session: Session, tie: Tie, actor_id: PersonId) -> None:
    """Let nobody end a tie before this transaction ends; who is ending it at this moment comes first."""
    HOLDERS[tie.type](session, tie.id, actor_id)
