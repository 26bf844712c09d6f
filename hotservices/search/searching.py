"""Searching the catalogue: what narrows the list, and in which order what is left comes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from hotservices.catalogue import Popularity, Service, services
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


class Finder:
    """Finds services of one catalogue."""

    def __init__(self, catalogue: Sequence[Service], index: Index) -> None:
        self._catalogue = catalogue
        self._index = index

    def find(self, search: Search, order: Callable[[], Sequence[str]] = tuple) -> list[Service]:
        """Return what a search finds.

        With a text: the best match first, and among equals first by `order`, codes that the caller puts
        first (asked for only when there are equals to part), then by popularity. Without one: in catalogue
        order.
        """
        if search.text is None or not search.text.strip():
            return [service for service in self._catalogue if search.admits(service)]
        hits = [
            (self._catalogue[hit.place], round(hit.score * STEPS_PER_POINT))
            for hit in self._index.find(search.text)
            if search.admits(self._catalogue[hit.place])
        ]
        first = {code: place for place, code in enumerate(order())} if len(hits) > 1 else {}
        popularity = list(Popularity)

        def key(hit: tuple[Service, int]) -> tuple[int, int, bool, int]:
            service, score = hit
            place = first.get(service.code, len(first))
            return (-score, place, not service.listed, popularity.index(service.popularity))

        return [service for service, _ in sorted(hits, key=key)]


@cache
def finder() -> Finder:
    """Return what finds services of the project's own catalogue; its index is built at the first call."""
    catalogue = tuple(services().values())
    return Finder(catalogue, Index(catalogue, synonyms()))
