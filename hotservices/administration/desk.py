"""The catalogue desk of a worker: which catalogue is the present one, and what finds services in it.

A worker looks for a newer version at most once a second, when somebody asks. The index of search is made in the
background; until it is there the former one serves, without what the present catalogue has dropped. What services
are found by is kept in a file, so that a worker that starts soon knows it: who asks in that moment waits.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from hotservices.administration import versions
from hotservices.administration.models import CatalogueVersionRow
from hotservices.catalogue import Catalogue, Service, shipped
from hotservices.search import keeping
from hotservices.search.index import Index
from hotservices.search.searching import Finder, shipped_finder
from hotservices.search.spoken import Speaker
from hotservices.search.synonyms import synonyms
from identity.orm import Database
from identity.prepared import Prepared

LOOK_SECONDS = 1.0
CLOSE_SECONDS = 30.0
# A worker's first index is waited for where most of it is kept.
FIRST_INDEX_SECONDS = 5.0

_NEWEST = Prepared(
    select(CatalogueVersionRow.number, CatalogueVersionRow.made_at)
    .order_by(CatalogueVersionRow.number.desc())
    .limit(1),
)

log = structlog.get_logger(__name__)


class CatalogueDesk:
    """Gives the present catalogue; `tick` tells the seconds between looks, `kept` the file of what was worked out."""

    def __init__(
        self,
        database: Database,
        tick: Callable[[], float] = time.monotonic,
        kept: Path | None = None,
    ) -> None:
        self._database, self._tick, self._kept = database, tick, kept
        self._looking, self._starting = threading.Lock(), threading.Lock()
        self._look_at: float | None = None
        # Number and time: a sandbox that was reset counts from 1 again.
        self._mark: tuple[object, ...] | None = None
        self._present = self._indexed = shipped()
        self._finder: Finder | None = None
        self._speaker: Speaker | None = None
        self._indexing: threading.Thread | None = None
        self._stop = threading.Event()

    def current(self) -> Catalogue:
        """Return the present catalogue; a request asks once and stays with it."""
        first = self._look_at is None
        if self._is_due() and self._looking.acquire(blocking=first):
            try:
                if self._is_due():
                    self._look()
            finally:
                self._looking.release()
        return self._present

    def finder(self) -> Finder:
        """Return what finds services, by the newest index that there is."""
        self.current()
        thread = self._indexing
        if self._finder is None and thread is not None and self._kept is not None and self._kept.exists():
            thread.join(FIRST_INDEX_SECONDS)
        return self._finder or shipped_finder()

    def await_index(self) -> None:
        """Wait until the index is of the present catalogue."""
        thread = self._indexing
        if thread is not None:
            thread.join(CLOSE_SECONDS)

    def close(self) -> None:
        """End the background."""
        self._stop.set()
        self.await_index()

    def _is_due(self) -> bool:
        return self._look_at is None or self._tick() >= self._look_at

    def _look(self) -> None:
        try:
            with self._database.lookup() as connection:
                row = _NEWEST.first(connection)
            mark = None if row is None else (row.number, row.made_at)
            if mark != self._mark:
                self._take(mark)
        except SQLAlchemyError as error:
            # The database is away, or not migrated yet: what is known goes on being served.
            log.warning("the catalogue could not be looked up", error=type(error).__name__)
        self._look_at = self._tick() + LOOK_SECONDS

    def _take(self, mark: tuple[object, ...] | None) -> None:
        with self._database.read() as session:
            self._present = versions.read(session)
        self._mark = mark
        log.info("a newer catalogue is served", version=self._present.version)
        with self._starting:
            if self._indexing is None and not self._stop.is_set():
                self._indexing = threading.Thread(
                    target=self._make_indexes, name="catalogue-index", daemon=True
                )
                self._indexing.start()

    def _make_indexes(self) -> None:
        """Make indexes until there is one of the present catalogue."""
        while not self._stop.is_set():
            with self._starting:
                target = self._present
                if target is self._indexed:
                    self._indexing = None
                    return
            services, index = self._index_of(target)
            self._finder = Finder(services, index)
            self._indexed = target
            if self._kept is not None and self._speaker is not None and self._speaker.learnt:
                keeping.write(self._kept, self._speaker, synonyms())

    def _index_of(self, catalogue: Catalogue) -> tuple[tuple[Service, ...], Index]:
        if self._speaker is None and self._kept is not None:
            self._speaker = keeping.read(self._kept, synonyms())
        services = tuple(catalogue.services.values())
        index = Index(services, synonyms(), self._speaker)
        self._speaker = index.speaker
        return services, index
