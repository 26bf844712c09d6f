"""The list of hot services (热门服务): what most people need first, and what this person's licences say.

Every item carries the reason that put it where it is, and the reason is true: a licence that ends in 54 days
is said to end in 54 days. Ranking by a person's own use will join these signals here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from hotservices.catalogue import Popularity, Service, services

# A licence that ends within this time is worth a reminder.
EXPIRY_HORIZON = timedelta(days=60)

ENTERPRISE = "enterprise"

# Which service renews which kind of licence.
RENEWALS: Mapping[str, str] = MappingProxyType(
    {
        "DRIVING_LICENCE": "SVC0022",
        "VEHICLE_LICENCE": "SVC0027",
        "SOCIAL_SECURITY_CARD": "SVC0038",
        "PASSPORT": "SVC0082",
        "HK_MACAO_PERMIT": "SVC0083",
        "RESIDENCE_PERMIT": "SVC0102",
        "DISABILITY_CERT": "SVC0162",
        "HEALTH_CERT": "SVC0019",
    },
)


class ReasonCode(StrEnum):
    """Why a service is on the list, strongest first."""

    LICENCE_EXPIRED = "licence-expired"
    LICENCE_EXPIRING = "licence-expiring"
    LICENCE_HELD = "licence-held"
    PORTAL_LIST = "portal-list"
    POPULAR = "popular"
    CATALOGUE = "catalogue"


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """What the wallet says of a licence that a person holds. `valid_to` None has no end."""

    kind: str
    title: str
    valid_to: date | None
    showable: bool


@dataclass(frozen=True, slots=True)
class HotReason:
    """Why: a code, and what the words of it need. `days` until the licence ends."""

    code: ReasonCode
    licence_title: str | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class HotService:
    """A service on the list."""

    service: Service
    reason: HotReason


def hot_list(held: Sequence[HeldLicence] | None, today: date, limit: int) -> list[HotService]:
    """Return the services to show first, best first; `held` is None for who is not known.

    A person known comes before enterprises: what only those can ask for is left to their own list.
    """
    asked_for = [s for s in services().values() if held is None or s.audience != ENTERPRISE]
    scored = (_scored(service, held or (), today) for service in asked_for)
    return [item for _, item in sorted(scored, key=lambda pair: pair[0])[:limit]]


def _scored(
    service: Service,
    held: Sequence[HeldLicence],
    today: date,
) -> tuple[tuple[int, ...], HotService]:
    reason = _renewal_reason(service, held, today) or _holding_reason(service, held) or _own_reason(service)
    order = list(ReasonCode).index(reason.code)
    popularity = list(Popularity).index(service.popularity)
    urgency = reason.days or 0
    return (order, urgency, not service.listed, popularity), HotService(service, reason)


def _renewal_reason(
    service: Service,
    held: Sequence[HeldLicence],
    today: date,
) -> HotReason | None:
    for licence in held:
        if RENEWALS.get(licence.kind) != service.code or licence.valid_to is None:
            continue
        left = licence.valid_to - today
        if left < timedelta(0):
            return HotReason(ReasonCode.LICENCE_EXPIRED, licence.title)
        if licence.showable and left <= EXPIRY_HORIZON:
            return HotReason(ReasonCode.LICENCE_EXPIRING, licence.title, left.days)
    return None


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
