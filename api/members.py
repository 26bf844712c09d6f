"""Who does something to an enterprise: the person who is logged in, as a member of it."""

from uuid import UUID

from api.call import Call
from api.errors import ActingNotAllowed
from identity.acting import ORGANISATION
from identity.errors import OrganisationNotFound
from identity.ids import OrganisationId, PersonId
from identity.organisations import memberships
from identity.organisations.models import MembershipRow


def own_membership(call: Call, organisation_id: UUID) -> MembershipRow:
    """Return the caller's membership of an organisation. Raises ActingNotAllowed, OrganisationNotFound."""
    person_id = acting_person(call, organisation_id)
    wanted = OrganisationId(str(organisation_id))
    return memberships.own_membership(call.session, call.services.cipher, wanted, person_id, call.now)


def managing(call: Call, organisation_id: UUID) -> MembershipRow:
    """Return the caller's membership as it is now that it is their turn to change an organisation's members.

    Raises what `own_membership` raises.
    """
    memberships.lock(call.session, str(organisation_id))
    return own_membership(call, organisation_id)


def acting_person(call: Call, organisation_id: UUID | None = None) -> PersonId:
    """Return the person who is logged in, who acts for nobody, or for this organisation.

    Raises ActingNotAllowed, OrganisationNotFound.
    """
    citizen = call.citizen
    acting = citizen.acting_for
    own = acting is None or (acting.type, acting.id) == (ORGANISATION, str(organisation_id))
    if not own:
        raise ActingNotAllowed
    if citizen.actor_person_id is None:
        raise OrganisationNotFound
    return citizen.actor_person_id
