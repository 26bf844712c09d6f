"""Acting for somebody else (代办): for whom, as what, and how far it goes.

Two people are in every deed: the principal, whose wallet it is, and the actor, who is logged in. Both are kept
in every record.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from identity.ids import PersonId

DEPENDANT, ORGANISATION = "dependant", "organisation"


class ActorWord(StrEnum):
    """As what somebody acted, as records keep it and holders read it."""

    SELF = "self"
    GUARDIAN = "guardian"
    HELPER = "helper"
    # Whoever acts for an organisation, whatever their part in it.
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Tie:
    """What lets somebody act for another: a dependant's tie, or membership of the organisation of that id."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, and as what."""

    word: ActorWord
    person_id: PersonId


@dataclass(frozen=True, slots=True)
class ActingFor:
    """For whom a citizen acts. `id` is the tie's: of the dependant, or of the organisation.

    `person_id` is the principal's, whose wallet is used; `scopes` is None where nothing is held back; `ends_at` is
    when it is over by itself, None where nothing is foreseen.
    """

    type: str
    id: str
    person_id: PersonId
    adult: bool
    actor: ActorWord
    scopes: frozenset[str] | None = None
    ends_at: datetime | None = None

    def allows(self, scope: str) -> bool:
        """Tell whether a call that needs a scope may be made."""
        return self.scopes is None or scope in self.scopes
