"""Who may answer for whose data: oneself, a guardian for a child, an enterprise's managers for the enterprise."""

from uuid import UUID

from api import admitting
from api.call import Call
from api.errors import ActingNotAllowed
from api.members import own_membership
from api.routes.licences import actor_of, person_of
from identity.acting import DEPENDANT, ORGANISATION
from identity.errors import ScopeRequired
from identity.organisations.scopes import MemberRole
from wallet.enterprise.approving import Answerer


def answerer_of(call: Call) -> Answerer:
    """Return the caller as somebody who may answer, held until the answer is written.

    Raises SessionEnded, ActingNotAllowed (for an adult nobody else consents), ScopeRequired (an enterprise's
    agent), AssuranceLevelRequired.
    """
    admitting.hold(call)
    acting = call.citizen.acting_for
    if acting is not None and acting.adult:
        raise ActingNotAllowed
    if acting is not None and acting.type == ORGANISATION:
        membership = own_membership(call, UUID(acting.id))
        if membership.role == MemberRole.AGENT:
            raise ScopeRequired
    return Answerer(
        person_id=person_of(call),
        actor=actor_of(call),
        level=call.citizen.assurance_level,
        tie_id=acting.id if acting is not None and acting.type == DEPENDANT else None,
    )
