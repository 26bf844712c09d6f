"""Searching the catalogue: what narrows the list, and in which order what is left comes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from hotservices.catalogue import Catalogue, Service, shipped, standing
from hotservices.search.index import Index
from hotservices.search.synonyms import synonyms

# Scores closer than this are one match: between them what people need most decides.
STEPS_PER_POINT = 5


@dataclass(frozen=True, slots=True)
class Search:
    """What a list of services is narrowed by; None does not narrow."""

    text: str | None = None
    theme: str | None = None
    audience: str | None = None
    department: str | None = None

    def admits(self, service: Service) -> bool:
        """Tell whether a service is of the theme, audience and department asked for."""
        return (
            self.theme in {None, service.theme}
            and (self.audience is None or service.audience in {self.audience, "both"})
            and self.department in {None, service.department}
        )


@dataclass(frozen=True, slots=True)
class Order:
    """Whose search it is: codes that come first among equal matches, in this order, and whom the others are for.

    What the `audience` can't ask for comes last; None is everybody.
    """

    first: Sequence[str] = ()
    audience: str | None = None


class Finder:
    """Finds services. The index may be of an earlier catalogue than the one that is searched."""

    def __init__(self, indexed: Sequence[Service], index: Index) -> None:
        self._indexed = [service.code for service in indexed]
        self._index = index

    def find(self, catalogue: Catalogue, search: Search, order: Callable[[], Order] = Order) -> list[Service]:
        """Return what a search finds in a catalogue.

        With a text: the best match first, and among equals first by `order` (asked for only when there are
        equals to part), then by popularity. Without one: in catalogue order.
        """
        if search.text is None or not search.text.strip():
            return [service for service in catalogue.services.values() if search.admits(service)]
        hits = [
            (service, round(hit.score * STEPS_PER_POINT))
            for hit in self._index.find(search.text)
            if (service := catalogue.services.get(self._indexed[hit.place])) and search.admits(service)
        ]
        own = order() if len(hits) > 1 else Order()
        first = {code: place for place, code in enumerate(own.first)}
        last = catalogue.not_for(own.audience)

        def key(hit: tuple[Service, int]) -> tuple[int, int, bool, bool, int]:
            service, score = hit
            code = service.code
            return (-score, first.get(code, len(first)), code in last, *standing(service))

        return [service for service, _ in sorted(hits, key=key)]


@cache
def shipped_finder() -> Finder:
    """Return what finds services of the release's own catalogue; its index is built at the first call."""
    services = tuple(shipped().services.values())
    return Finder(services, Index(services, synonyms()))
