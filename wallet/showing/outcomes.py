"""How a scan can end, as values: accepted, pending, or rejected with a reason."""

from dataclasses import dataclass, field
from datetime import datetime

from wallet.disclosure import DisclosedField
from wallet.licences import Freshness
from wallet.showing.models import OutcomeWord
from wallet.showing.reasons import Reason
from wallet.status import LicenceStatus


@dataclass(frozen=True, slots=True)
class SeenHolder:
    """The holder as the verifier may see them; `name` from profile standard on, an organisation's in any.

    `agent_masked` is who showed it, where the holder is an organisation.
    """

    name_masked: str
    name: str | None
    agent_masked: str | None


@dataclass(frozen=True, slots=True)
class SeenLicence:
    """A licence as the verifier may see it."""

    kind: str
    title: str
    status: LicenceStatus
    fields: list[DisclosedField] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Accepted:
    """Genuine, valid and disclosed. `holder` and fields are gone once the verifier's view is over."""

    licence: SeenLicence
    holder: SeenHolder | None
    freshness: Freshness
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Pending:
    """Genuine and valid; the holder has yet to say yes."""

    freshness: Freshness
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Rejected:
    """Refused. `licence` is told only where the licence itself is at fault."""

    reason: Reason
    licence: SeenLicence | None = None
    freshness: Freshness = Freshness.UNKNOWN
    as_of: datetime | None = None
    used_by_you: bool | None = None
    verification_id: str | None = None


Outcome = Accepted | Pending | Rejected


@dataclass(frozen=True, slots=True)
class Verification:
    """A recorded scan and its outcome."""

    id: str
    outcome: Outcome
    at: datetime


def word_of(outcome: Outcome) -> OutcomeWord:
    """Return the word for an outcome."""
    match outcome:
        case Accepted():
            return OutcomeWord.ACCEPTED
        case Pending():
            return OutcomeWord.PENDING
        case Rejected():
            return OutcomeWord.REJECTED
