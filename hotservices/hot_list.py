"""The list of hot services (热门服务): what most people need first, and what this person's licences say.

Every item carries the reason that put it where it is, and the reason is true: a licence that ends in 54 days
is said to end in 54 days. First comes what a licence asks for, then what the ranking has learnt from use, then
what the catalogue knows beforehand: a fresh installation shows the portal's own hot list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from itertools import chain
from types import MappingProxyType

from hotservices.catalogue import Popularity, Service, services
from hotservices.signals.columns import ReasonCode as Signal
from hotservices.signals.reasons import Ranked

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
    """Why a service is on the list: said by licences or the catalogue, strongest first, then by use."""

    LICENCE_EXPIRED = "licence-expired"
    LICENCE_EXPIRING = "licence-expiring"
    LICENCE_HELD = "licence-held"
    PORTAL_LIST = "portal-list"
    POPULAR = "popular"
    CATALOGUE = "catalogue"
    OWN_USE = "own-use"
    RHYTHM = "rhythm"
    CO_USE = "co-use"
    POPULAR_NOW = "popular-now"
    ATTRIBUTES = "attributes"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """What the wallet says of a licence that a person holds. `valid_to` None has no end."""

    kind: str
    title: str
    valid_to: date | None
    showable: bool


@dataclass(frozen=True, slots=True)
class HotReason:
    """Why: a code, and what the words of it need.

    `days` until the licence ends; `service_name` of a service that the person used; `times` they used this one.
    """

    code: ReasonCode
    licence_title: str | None = None
    days: int | None = None
    service_name: str | None = None
    times: int = 0


@dataclass(frozen=True, slots=True)
class HotService:
    """A service on the list."""

    service: Service
    reason: HotReason


def hot_list(
    held: Sequence[HeldLicence] | None,
    today: date,
    limit: int,
    ranked: Sequence[Ranked] = (),
) -> list[HotService]:
    """Return the services to show first, best first; `held` is None for who is not known.

    `ranked` is what the ranking has learnt, best first. A person known comes before enterprises: what only
    those can ask for is left to their own list, unless the ranking knows of the person's own use.
    """
    learnt = [_learnt(item) for item in ranked if item.reason.code is not Signal.NEW]
    sources = _renewals(held or (), today), learnt, _holdings(held or ()), _foreknown(held is not None)
    chosen: dict[str, HotService] = {}
    for item in chain.from_iterable(sources):
        if len(chosen) == limit:
            break
        chosen.setdefault(item.service.code, item)
    return _with_trial(list(chosen.values()), ranked, limit)


def enterprise_services() -> frozenset[str]:
    """Return the codes of what only enterprises can ask for."""
    return frozenset(s.code for s in services().values() if s.audience == ENTERPRISE)


def _learnt(item: Ranked) -> HotService:
    """Say in the list's words why the ranking shows a service; own use comes with how often."""
    reason, service = item.reason, services()[item.item]
    if reason.code is Signal.CO_USE:
        source = services().get(reason.source or "")
        if source is None:
            return HotService(service, HotReason(ReasonCode.POPULAR))
        return HotService(service, HotReason(ReasonCode.CO_USE, service_name=source.name))
    # Who was there once has no rhythm yet, whatever the rhythm of others makes likely.
    once = reason.code is Signal.RHYTHM and reason.times == 1
    code = ReasonCode.OWN_USE if once else ReasonCode(reason.code)
    return HotService(service, HotReason(code, times=reason.times))


def _with_trial(items: list[HotService], ranked: Sequence[Ranked], limit: int) -> list[HotService]:
    """Give the last place to the service that the ranking tries out, where it has one.

    A ranking is full of what it knows but for that one; a young ranking that knows little tries nothing out.
    """
    unknown = [item.item for item in ranked if item.reason.code is Signal.NEW]
    tries = len(ranked) == limit and unknown == [ranked[-1].item]
    if not tries or any(item.service.code in unknown for item in items):
        return items
    return [*items[:-1], HotService(services()[unknown[0]], HotReason(ReasonCode.NEW))]


def _renewals(held: Sequence[HeldLicence], today: date) -> list[HotService]:
    """Return what has ended, then what ends soon, the sooner the earlier."""
    codes = {RENEWALS[licence.kind] for licence in held if licence.kind in RENEWALS}
    renewed = [service for service in services().values() if service.code in codes] if codes else []
    items = [
        HotService(service, reason)
        for service in renewed
        if (reason := _renewal_reason(service, held, today)) is not None
    ]
    return sorted(items, key=lambda item: (_rank_of(item), item.reason.days or 0, *_standing(item.service)))


def _holdings(held: Sequence[HeldLicence]) -> list[HotService]:
    """Return what many ask for, and this person holds everything for."""
    titles = {licence.kind: licence.title for licence in held if licence.showable}
    return [
        HotService(service, reason)
        for service in _much_asked_for()
        if (reason := _holding_reason(service, titles)) is not None
    ]


@cache
def _much_asked_for() -> tuple[Service, ...]:
    wanted = [s for s in services().values() if s.popularity is Popularity.HIGH]
    return tuple(sorted(wanted, key=_standing))


@cache
def _foreknown(for_people: bool) -> tuple[HotService, ...]:
    """Every service by what the catalogue says of its popularity."""
    items = [
        HotService(service, _own_reason(service))
        for service in services().values()
        if not for_people or service.audience != ENTERPRISE
    ]
    return tuple(sorted(items, key=lambda item: (_rank_of(item), *_standing(item.service))))


def _rank_of(item: HotService) -> int:
    return list(ReasonCode).index(item.reason.code)


def _standing(service: Service) -> tuple[bool, int]:
    return not service.listed, list(Popularity).index(service.popularity)


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


def _holding_reason(service: Service, titles: Mapping[str, str]) -> HotReason | None:
    # An identity card says nothing of what a person needs: nearly every service asks for it.
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
