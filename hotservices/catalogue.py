"""The catalogue of services (事项) and themes: a value, of one version, that is handed to whoever needs it.

`shipped` is the one that comes with the release; what departments make of it, `hotservices.administration` keeps.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType

from hotservices.errors import ServiceNotFound

ENTERPRISE = "enterprise"


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
    people ask for; `for_enterprises` are the codes of what only enterprises can ask for.
    """

    version: int
    services: Mapping[str, Service]
    themes: tuple[Theme, ...]
    by_standing: tuple[Service, ...]
    for_enterprises: frozenset[str]

    def get(self, code: str) -> Service:
        """Return a service. Raises ServiceNotFound."""
        service = self.services.get(code)
        if service is None:
            raise ServiceNotFound
        return service

    def known(self, codes: Iterable[str]) -> tuple[Service, ...]:
        """Return the services of these codes, in this order, without those that the catalogue has dropped."""
        return tuple(self.services[code] for code in codes if code in self.services)


def catalogue_of(services: Iterable[Service], version: int = 0) -> Catalogue:
    """Return a catalogue of these services, in this order. Themes come in the order in which they are named."""
    listed = tuple(services)
    counts = Counter(service.theme for service in listed)
    return Catalogue(
        version=version,
        services=MappingProxyType({service.code: service for service in listed}),
        themes=tuple(Theme(name, count) for name, count in counts.items()),
        by_standing=tuple(sorted(listed, key=standing)),
        for_enterprises=frozenset(s.code for s in listed if s.audience == ENTERPRISE),
    )


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
