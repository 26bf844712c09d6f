"""The list of hot services (热门服务): what most people need first, and what this person's licences say.

Every item carries the reason that put it where it is, and the reason is true: a licence that ends in 54 days
is said to end in 54 days. First come favourites and what a licence asks for, then what the ranking has learnt
from use, what is for people of this age and what the person holds everything for, among it what season it is, then
what the catalogue knows beforehand: a fresh installation shows the portal's own hot list.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import merge
from itertools import chain, islice
from operator import itemgetter
from types import MappingProxyType

from hotservices.ages import last_for, meant_for
from hotservices.catalogue import NOTHING, Catalogue, Popularity, Service, standing
from hotservices.hot_reasons import HeldLicence, HotReason, HotService, Person, ReasonCode
from hotservices.seasons import ENROLMENT, begins_school, in_season
from hotservices.signals.columns import ReasonCode as Signal
from hotservices.signals.reasons import Ranked

# What ends within these times is worth a reminder, and then an urgent one.
EXPIRY_HORIZON = timedelta(days=60)
URGENT_HORIZON = timedelta(days=10)

# How many services a season brings to a list, and how many of what use and licences say stand before them: behind
# all of it, nobody who holds licences would ever see what season it is.
SEASON_PLACES, BEFORE_SEASON = 2, 4

# What a person chose or has to see to: no trial takes a place from it.
OWN_AFFAIRS = frozenset(
    {
        ReasonCode.FAVOURITE,
        ReasonCode.LICENCE_EXPIRED,
        ReasonCode.INSPECTION_OVERDUE,
        ReasonCode.LICENCE_EXPIRING_SOON,
        ReasonCode.INSPECTION_DUE_SOON,
        ReasonCode.LICENCE_EXPIRING,
        ReasonCode.INSPECTION_DUE,
        ReasonCode.SCHOOL_AGE,
    }
)

# What the ranking's signals are called here.
_SAID_OF: Mapping[Signal, ReasonCode] = MappingProxyType({signal: ReasonCode(signal) for signal in Signal})

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
        "ID_CARD": "SVC0089",
        "FOOD_LICENCE": "SVC0230",
        "PUBLIC_HYGIENE_LICENCE": "SVC0240",
        "TOBACCO_LICENCE": "SVC0245",
        "ROAD_TRANSPORT_LICENCE": "SVC0249",
        "ROAD_TRANSPORT_CERT": "SVC0251",
    },
)
# Which service inspects what a kind of licence is for; the licence itself has no end.
INSPECTIONS: Mapping[str, str] = MappingProxyType({"VEHICLE_LICENCE": "SVC0027"})


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


def hot_list(
    catalogue: Catalogue,
    person: Person | None,
    today: date,
    limit: int,
    ranked: Sequence[Ranked] = (),
    *,
    audience: str | None = None,
) -> list[HotService]:
    """Return the services to show first, best first; `person` is None for who is not known.

    `ranked` is what the ranking has learnt, best first; what it knows and the catalogue does not is passed over.
    Favourites come first; what the person hid does not
    come at all. What only enterprises can ask for is left to them, and what only persons can ask for is not shown
    to who acts for one, unless it is a favourite, or the ranking knows of the person's own use. An `audience` that
    was asked for leaves nothing else.
    """
    known = person or Person()
    held = known.held or ()
    reminders = _reminders(catalogue, held, today)
    others = catalogue.not_for(audience or known.audience)
    late = last_for(known.age)
    own = chain(
        _learnt(catalogue, ranked, known), _of_age(catalogue, known), _holdings(catalogue, held, others, late)
    )
    sources = (
        _favourites(catalogue, known.favourites, reminders),
        reminders,
        _school(catalogue, known, today),
        islice(own, BEFORE_SEASON),
        _seasonal(catalogue, today, others),
        own,
        _foreknown(catalogue, others, late),
        _foreknown(catalogue, others),
    )
    chosen: dict[str, HotService] = {}
    left_out = known.hidden | catalogue.not_for(audience)
    for item in chain.from_iterable(sources):
        if len(chosen) == limit:
            break
        if item.service.code not in left_out:
            chosen.setdefault(item.service.code, item)
    return _with_trial(catalogue, list(chosen.values()), ranked, limit)


def _learnt(catalogue: Catalogue, ranked: Sequence[Ranked], person: Person) -> Iterator[HotService]:
    """Yield what the ranking has learnt, with the reason in the list's words."""
    for item in ranked:
        service = catalogue.services.get(item.item)
        if service is not None and item.reason.code is not Signal.NEW:
            yield HotService(service, _learnt_reason(catalogue, item, person))


def _learnt_reason(catalogue: Catalogue, item: Ranked, person: Person) -> HotReason:
    """Say in the list's words why the ranking shows a service; own use comes with how often."""
    reason = item.reason
    if reason.code is Signal.ATTRIBUTES and person.held is None:
        # Of who has no real name here, nothing is known but the region that was asked for.
        return HotReason(ReasonCode.POPULAR_HERE)
    if reason.code is Signal.CO_USE:
        source = catalogue.services.get(reason.source or "")
        if source is None:
            return HotReason(ReasonCode.POPULAR)
        return HotReason(ReasonCode.CO_USE, service_name=source.name)
    # Who was there once has no rhythm yet, whatever the rhythm of others makes likely.
    once = reason.code is Signal.RHYTHM and reason.times == 1
    code = ReasonCode.OWN_USE if once else _SAID_OF[reason.code]
    return HotReason(code, times=reason.times)


def _with_trial(
    catalogue: Catalogue, items: list[HotService], ranked: Sequence[Ranked], limit: int
) -> list[HotService]:
    """Give the last place to the service that the ranking tries out, unless the person's own are as many."""
    tried = {item.item for item in ranked if item.tried} - {item.service.code for item in items}
    trial = [HotService(service, HotReason(ReasonCode.NEW)) for service in catalogue.known(tried)]
    if len(items) == limit and items[-1].reason.code in OWN_AFFAIRS:
        return items
    return [*items[: limit - len(trial)], *trial]


def _favourites(
    catalogue: Catalogue, codes: Sequence[str], reminders: Sequence[HotService]
) -> list[HotService]:
    """Return a person's favourites; what the catalogue has dropped since is no longer among them.

    That a licence ends is the stronger reason: a favourite that renews it says so.
    """
    urgent = {item.service.code: item for item in reminders}
    return [
        urgent.get(service.code, HotService(service, HotReason(ReasonCode.FAVOURITE)))
        for service in catalogue.known(codes)
    ]


def _reminders(catalogue: Catalogue, held: Sequence[HeldLicence], today: date) -> list[HotService]:
    """Return what has ended, then what ends soon, the sooner the earlier."""
    current = {licence.kind for licence in held if licence.showable}
    # An old licence of a kind that the person holds a good one of has been renewed.
    due = [
        licence for licence in held if licence.showable or not (licence.withdrawn or licence.kind in current)
    ]
    deadlines = [deadline for licence in due for deadline in _deadlines(licence)]
    items = [
        HotService(service, reason)
        for service in catalogue.known({deadline.service_code for deadline in deadlines})
        if (reason := _deadline_reason(service.code, deadlines, today)) is not None
    ]
    return sorted(items, key=lambda item: (_rank_of(item), item.reason.days or 0, *standing(item.service)))


def _school(catalogue: Catalogue, person: Person, today: date) -> list[HotService]:
    """Return enrolment, for whose child goes to school in September."""
    if not begins_school(person.children_born, today):
        return []
    return [HotService(service, HotReason(ReasonCode.SCHOOL_AGE)) for service in catalogue.known([ENROLMENT])]


def _of_age(catalogue: Catalogue, person: Person) -> Iterator[HotService]:
    """Yield what is for people of this age."""
    words = meant_for(person.age, {licence.kind for licence in person.held or ()})
    for service in catalogue.known(words):
        yield HotService(service, HotReason(ReasonCode.AGE, words=words[service.code]))


def _seasonal(catalogue: Catalogue, today: date, others: frozenset[str]) -> list[HotService]:
    """Return the few services most asked for whose season it is; how many need them in it, use will tell."""
    words = in_season(today)
    items = [
        HotService(service, HotReason(ReasonCode.SEASON, words=words[service.code]))
        for service in sorted(catalogue.known(words), key=standing)
        if service.code not in others
    ]
    return items[:SEASON_PLACES]


def _holdings(
    catalogue: Catalogue, held: Sequence[HeldLicence], others: frozenset[str], late: frozenset[str]
) -> Iterator[HotService]:
    """Yield what many ask for, but what is for others or comes late, and this person holds everything for."""
    titles = {licence.kind: licence.title for licence in held if licence.showable}
    reasons = {
        requires: HotReason(ReasonCode.LICENCE_HELD, titles[special])
        for requires, special in catalogue.special.items()
        if all(kind in titles for kind in requires)
    }
    sought = (catalogue.sought_with[requires] for requires in reasons)
    for _, service in merge(*sought, key=itemgetter(0)):
        if service.code not in others and service.code not in late:
            yield HotService(service, reasons[service.requires])


def _foreknown(
    catalogue: Catalogue, others: frozenset[str], late: frozenset[str] = NOTHING
) -> Iterator[HotService]:
    """Yield every service but those for others and those that come late, by what the catalogue says of its popularity."""
    for service in catalogue.by_standing:
        if service.code not in others and service.code not in late:
            yield HotService(service, _own_reason(service))


def _rank_of(item: HotService) -> int:
    return list(ReasonCode).index(item.reason.code)


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


def _deadline_reason(code: str, deadlines: Sequence[_Deadline], today: date) -> HotReason | None:
    """Return the most urgent of the deadlines that a service is for: a person may have two cars."""
    of_service = [deadline for deadline in deadlines if deadline.service_code == code]
    nearest = sorted(of_service, key=lambda deadline: deadline.last_day)
    return next((reason for deadline in nearest if (reason := deadline.reason(today))), None)


def _own_reason(service: Service) -> HotReason:
    if service.listed:
        return HotReason(ReasonCode.PORTAL_LIST)
    if service.popularity is Popularity.HIGH:
        return HotReason(ReasonCode.POPULAR)
    return HotReason(ReasonCode.CATALOGUE)
