"""The list of hot services (热门服务): what most people need first, and what this person's licences say.

Every item carries the reason that put it where it is, and the reason is true: a licence that ends in 54 days
is said to end in 54 days. Ranking by a person's own use will join these signals here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from hotservices.catalogue import Popularity, Service, services

# What ends within these times is worth a reminder, and then an urgent one.
EXPIRY_HORIZON = timedelta(days=60)
URGENT_HORIZON = timedelta(days=10)

ENTERPRISE = "enterprise"

# Which service renews which kind of licence.
RENEWALS: Mapping[str, str] = MappingProxyType(
    {
        "DRIVING_LICENCE": "SVC0022",
        "SOCIAL_SECURITY_CARD": "SVC0038",
        "PASSPORT": "SVC0082",
        "HK_MACAO_PERMIT": "SVC0083",
        "RESIDENCE_PERMIT": "SVC0102",
        "DISABILITY_CERT": "SVC0162",
        "HEALTH_CERT": "SVC0019",
    },
)
# Which service inspects what a kind of licence is for; the licence itself has no end.
INSPECTIONS: Mapping[str, str] = MappingProxyType({"VEHICLE_LICENCE": "SVC0027"})


class ReasonCode(StrEnum):
    """Why a service is on the list, strongest first."""

    FAVOURITE = "favourite"
    LICENCE_EXPIRED = "licence-expired"
    INSPECTION_OVERDUE = "inspection-overdue"
    LICENCE_EXPIRING_SOON = "licence-expiring-soon"
    INSPECTION_DUE_SOON = "inspection-due-soon"
    LICENCE_EXPIRING = "licence-expiring"
    INSPECTION_DUE = "inspection-due"
    LICENCE_HELD = "licence-held"
    PORTAL_LIST = "portal-list"
    POPULAR = "popular"
    CATALOGUE = "catalogue"


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """What the wallet says of a licence that a person holds. `valid_to` None has no end.

    `inspection_valid_to` is the last day of a vehicle's inspection, None where there is nothing to inspect.
    """

    kind: str
    title: str
    valid_to: date | None
    showable: bool
    inspection_valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of who asks. `held` is None without a real name; favourites have the newest first."""

    held: Sequence[HeldLicence] | None = None
    favourites: Sequence[str] = ()
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HotReason:
    """Why: a code, and what the words of it need. `days` until the licence or inspection ends."""

    code: ReasonCode
    licence_title: str | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class HotService:
    """A service on the list."""

    service: Service
    reason: HotReason


@dataclass(frozen=True, slots=True)
class _Deadline:
    """Something of a person's that ends, and the reasons that it gives: past, within 10 and within 60 days."""

    service_code: str
    title: str
    last_day: date
    showable: bool
    codes: tuple[ReasonCode, ReasonCode, ReasonCode]

    def reason(self, today: date) -> HotReason | None:
        past, urgent, near = self.codes
        left = self.last_day - today
        if left < timedelta(0):
            return HotReason(past, self.title)
        if not self.showable or left > EXPIRY_HORIZON:
            return None
        return HotReason(urgent if left <= URGENT_HORIZON else near, self.title, left.days)


def hot_list(person: Person | None, today: date, limit: int) -> list[HotService]:
    """Return the services to show first, best first; `person` is None for who is not known.

    Favourites come first; what the person hid does not come at all. A person with a real name comes before
    enterprises: what only those can ask for is left to their own list, unless it is a favourite.
    """
    known = person or Person()
    asked_for = [service for service in services().values() if _is_for(service, known)]
    deadlines = [deadline for licence in known.held or () for deadline in _deadlines(licence)]
    scored = (_scored(service, known, deadlines, today) for service in asked_for)
    return [item for _, item in sorted(scored, key=lambda pair: pair[0])[:limit]]


def _is_for(service: Service, person: Person) -> bool:
    if service.code in person.hidden:
        return False
    return person.held is None or service.audience != ENTERPRISE or service.code in person.favourites


def _scored(
    service: Service,
    person: Person,
    deadlines: Sequence[_Deadline],
    today: date,
) -> tuple[tuple[int, ...], HotService]:
    popularity = list(Popularity).index(service.popularity)
    if service.code in person.favourites:
        favourite = HotService(service, HotReason(ReasonCode.FAVOURITE))
        return (0, person.favourites.index(service.code), not service.listed, popularity), favourite
    reason = (
        _deadline_reason(service, deadlines, today)
        or _holding_reason(service, person.held or ())
        or _own_reason(service)
    )
    order = list(ReasonCode).index(reason.code)
    urgency = reason.days or 0
    return (order, urgency, not service.listed, popularity), HotService(service, reason)


def _deadlines(licence: HeldLicence) -> Iterator[_Deadline]:
    renewal, inspection = RENEWALS.get(licence.kind), INSPECTIONS.get(licence.kind)
    if renewal and licence.valid_to is not None:
        codes = (
            ReasonCode.LICENCE_EXPIRED,
            ReasonCode.LICENCE_EXPIRING_SOON,
            ReasonCode.LICENCE_EXPIRING,
        )
        yield _Deadline(renewal, licence.title, licence.valid_to, licence.showable, codes)
    # A vehicle that may not drive any more needs no inspection.
    if inspection and licence.showable and licence.inspection_valid_to is not None:
        codes = (
            ReasonCode.INSPECTION_OVERDUE,
            ReasonCode.INSPECTION_DUE_SOON,
            ReasonCode.INSPECTION_DUE,
        )
        yield _Deadline(inspection, licence.title, licence.inspection_valid_to, licence.showable, codes)


def _deadline_reason(service: Service, deadlines: Sequence[_Deadline], today: date) -> HotReason | None:
    """Return the most urgent of the deadlines that a service is for: a person may have two cars."""
    of_service = [deadline for deadline in deadlines if deadline.service_code == service.code]
    nearest = sorted(of_service, key=lambda deadline: deadline.last_day)
    return next((reason for deadline in nearest if (reason := deadline.reason(today))), None)


def _holding_reason(service: Service, held: Sequence[HeldLicence]) -> HotReason | None:
    # An identity card says nothing of what a person needs: nearly every service asks for it.
    titles = {licence.kind: licence.title for licence in held if licence.showable}
    special = [kind for kind in service.requires if kind != "ID_CARD"]
    if service.popularity is not Popularity.HIGH or not special:
        return None
    if all(kind in titles for kind in service.requires):
        return HotReason(ReasonCode.LICENCE_HELD, titles[special[0]])
    return None


def _own_reason(service: Service) -> HotReason:
    if service.listed:
        return HotReason(ReasonCode.PORTAL_LIST)
    if service.popularity is Popularity.HIGH:
        return HotReason(ReasonCode.POPULAR)
    return HotReason(ReasonCode.CATALOGUE)
