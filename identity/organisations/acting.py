"""Acting for an organisation: what a membership in force lets its member do."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.acting import ORGANISATION, ActingFor, ActorWord
from identity.clock import end_of
from identity.crypto.cipher import PiiCipher
from identity.ids import OrganisationId, PersonId
from identity.organisations.memberships import own_membership
from identity.organisations.models import EnterpriseRow, MembershipRow
from identity.people import PersonRow


def acting_for(
    session: Session,
    cipher: PiiCipher,
    organisation_id: str,
    person_id: PersonId,
    now: datetime,
) -> ActingFor:
    """Return how a person may act for an organisation. Raises OrganisationNotFound."""
    membership = own_membership(session, cipher, OrganisationId(organisation_id), person_id, now)
    return ActingFor(
        type=ORGANISATION,
        id=organisation_id,
        person_id=company_of(session, organisation_id),
        adult=False,
        actor=ActorWord.AGENT,
        scopes=frozenset(membership.scopes.split()),
        ends_at=end_of(membership.valid_to) if membership.valid_to else None,
    )


def hold(session: Session, organisation_id: str, person_id: PersonId) -> None:
    """Let nobody end a person's memberships of an organisation before this transaction ends."""
    number = select(PersonRow.number_index).where(PersonRow.id == person_id).scalar_subquery()
    theirs = (MembershipRow.organisation_id == organisation_id, MembershipRow.number_index == number)
    session.execute(select(MembershipRow.id).where(*theirs).with_for_update(read=True))


def company_of(session: Session, organisation_id: str) -> PersonId:
    """Return the legal person of an enterprise, whose wallet its members use."""
    row = session.scalars(select(EnterpriseRow.person_id).where(EnterpriseRow.id == organisation_id)).one()
    return PersonId(row)
