"""The catalogue desk of a worker: which catalogue is the present one, and what finds services in it."""

from hotservices.catalogue import Catalogue, shipped
from hotservices.search.searching import Finder, shipped_finder


class CatalogueDesk:
    """Gives the present catalogue."""

    def current(self) -> Catalogue:
        """Return the present catalogue; a request asks once and stays with it."""
        return shipped()

    def finder(self) -> Finder:
        """Return what finds services."""
        return shipped_finder()
