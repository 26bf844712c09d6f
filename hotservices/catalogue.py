"""The catalogue of services (事项) and themes, read once from `data/services.json`."""

import json
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType

from hotservices.errors import ServiceNotFound


class Popularity(StrEnum):
    """How much a service is asked for, as judged when the catalogue was made."""

    HIGH = "high"
    MID = "mid"
    LOW = "low"


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


@cache
def services() -> MappingProxyType[str, Service]:
    """Return every service by its code, in catalogue order."""
    source = resources.files("hotservices") / "data" / "services.json"
    return MappingProxyType(
        {
            entry["code"]: Service(
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
        },
    )


@cache
def themes() -> tuple[Theme, ...]:
    """Return the themes in the order in which the catalogue first names them."""
    counts = Counter(service.theme for service in services().values())
    return tuple(Theme(name, count) for name, count in counts.items())


def get(code: str) -> Service:
    """Return a service. Raises ServiceNotFound."""
    service = services().get(code)
    if service is None:
        raise ServiceNotFound
    return service
