"""The catalogue of services (事项) and themes: a value, of one version, that is handed to whoever needs it.

`shipped` is the one that comes with the release; what departments make of it, `hotservices.administration` keeps.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType

from hotservices.errors import ServiceNotFound

PERSONAL, ENTERPRISE = "personal", "enterprise"
NOTHING: frozenset[str] = frozenset()


class Popularity(StrEnum):
    """How much a service is asked for, as judged when the catalogue was made."""

    HIGH = "high"
    MID = "mid"
    LOW = "low"


_PLACES = {popularity: place for place, popularity in enumerate(Popularity)}


@dataclass(frozen=True, slots=True)
class Service:
    """A service item. `requires` are licence kinds; `listed` tells that a portal lists it as hot."""

    code: str
    name: str
    department: str
    theme: str
    audience: str
    channel: str
    keywords: tuple[str, ...]
    requires: tuple[str, ...]
    popularity: Popularity
    listed: bool


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme and how many services it has."""

    name: str
    service_count: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version of the catalogue. It never changes, so that a request that holds it sees one and the same.

    `services` are by code, in catalogue order; `by_standing` has the portal's hot list first, then what most
    people ask for; `for_persons` and `for_enterprises` are the codes of what only those can ask for; `sought_with`
    has, by the licences that they ask for, the services that many seek, each with its place in `by_standing`; `special`
    is the first of these that not everybody holds.
    """

    version: int
    services: Mapping[str, Service]
    themes: tuple[Theme, ...]
    by_standing: tuple[Service, ...]
    for_persons: frozenset[str]
    for_enterprises: frozenset[str]
    sought_with: Mapping[tuple[str, ...], tuple[tuple[int, Service], ...]]
    special: Mapping[tuple[str, ...], str]

    def get(self, code: str) -> Service:
        """Return a service. Raises ServiceNotFound."""
        service = self.services.get(code)
        if service is None:
            raise ServiceNotFound
        return service

    def not_for(self, audience: str | None) -> frozenset[str]:
        """Return the codes of what an audience can't ask for: the other's own. None is everybody."""
        others = {PERSONAL: self.for_enterprises, ENTERPRISE: self.for_persons}
        return NOTHING if audience is None else others[audience]

    def known(self, codes: Iterable[str]) -> tuple[Service, ...]:
        """Return the services of these codes, in this order, without those that the catalogue has dropped."""
        return tuple(self.services[code] for code in codes if code in self.services)


def catalogue_of(services: Iterable[Service], version: int = 0) -> Catalogue:
    """Return a catalogue of these services, in this order. Themes come in the order in which they are named."""
    listed = tuple(services)
    counts = Counter(service.theme for service in listed)
    by_standing = tuple(sorted(listed, key=standing))
    sought_with = _sought_with(by_standing)
    return Catalogue(
        version=version,
        services=MappingProxyType({service.code: service for service in listed}),
        themes=tuple(Theme(name, count) for name, count in counts.items()),
        by_standing=by_standing,
        for_persons=frozenset(s.code for s in listed if s.audience == PERSONAL),
        for_enterprises=frozenset(s.code for s in listed if s.audience == ENTERPRISE),
        sought_with=MappingProxyType(sought_with),
        special=MappingProxyType(_special(sought_with)),
    )


def _sought_with(by_standing: Sequence[Service]) -> dict[tuple[str, ...], tuple[tuple[int, Service], ...]]:
    found: dict[tuple[str, ...], list[tuple[int, Service]]] = defaultdict(list)
    for place, service in enumerate(by_standing):
        if service.popularity is Popularity.HIGH:
            found[service.requires].append((place, service))
    return {requires: tuple(some) for requires, some in found.items()}


def _special(sets: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    # An identity card says nothing of what a person needs: nearly every service asks for it.
    special = {requires: [kind for kind in requires if kind != "ID_CARD"] for requires in sets}
    return {requires: kinds[0] for requires, kinds in special.items() if kinds}


def standing(service: Service) -> tuple[bool, int]:
    """Return what services are ordered by where nothing else tells: the smaller, the more asked for."""
    return not service.listed, _PLACES[service.popularity]


@cache
def shipped() -> Catalogue:
    """Return the catalogue that comes with the release, of version 0."""
    source = resources.files("hotservices") / "data" / "services.json"
    return catalogue_of(
        Service(
            code=entry["code"],
            name=entry["name"],
            department=entry["department"],
            theme=entry["theme"],
            audience=entry["audience"],
            channel=entry["channel"],
            keywords=tuple(entry["keywords"]),
            requires=tuple(entry["requires_codes"]),
            popularity=Popularity(entry["popularity"]),
            listed=entry["popularity_listed"],
        )
        for entry in json.loads(source.read_bytes())
    )
