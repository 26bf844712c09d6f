"""The ranking desk of a worker: one Ranker in memory, fed from the log by a thread in the background.

A ranking takes the person's own state and this memory, and asks the database nothing. The thread starts with
the first question, reads the log every second, refreshes a twin of
the ranker now and then, and ends with `close`.
"""

import threading
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

import structlog

from hotservices.ranking import Ranker
from hotservices.signals.reasons import Ranked
from hotservices.signals.snapshot import SharedUnreadableError
from hotservices.usage import places, snapshots, states
from hotservices.usage.events import Recorder
from hotservices.usage.tail import Tail
from hotservices.usage.uses import Attributes, UseUnreadable, open_use
from identity.crypto.cipher import PiiCipher
from identity.orm import Database

POLL_SECONDS = 1.0
# Refreshing takes at most one part in two hundred of a worker's time: it slows down whoever is answered meanwhile.
REFRESH_SECONDS, REST = 60.0, 200
ROWS_A_READ = 500
CLOSE_SECONDS = 30.0
# Under which name a ranking is made for who is not logged in.
NOBODY = ""

log = structlog.get_logger(__name__)


class RankingDesk:
    """Answers what to show first; `codes` tells the services of the catalogue, `clock` the time."""

    def __init__(
        self,
        database: Database,
        cipher: PiiCipher,
        codes: Callable[[], Collection[str]],
        clock: Callable[[], datetime],
    ) -> None:
        self._database, self._cipher, self._codes, self._clock = database, cipher, codes, clock
        self._lock = threading.RLock()
        self._catching_up = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._tail = Tail()
        self._known: Collection[str] = ()
        self._places: Mapping[str, int] = {}
        self._retired: frozenset[str] = frozenset()
        # The retired, what was hidden last, and what they leave out together: mostly the same for everybody.
        self._withheld: tuple[frozenset[str], ...] = (self._retired, self._retired, self._retired)
        self._refreshed_visits = 0
        self.ranker: Ranker | None = None

    def rank(
        self,
        user: str | None,
        state: bytes | None,
        attributes: Attributes,
        limit: int,
        *,
        now: datetime,
        hidden: frozenset[str] = frozenset(),
    ) -> list[Ranked]:
        """Return at most `limit` services, best first; for `user` None what everybody's use says.

        `attributes` is what is known besides use, such as the region that was asked for. What is `hidden` is
        left out, unless the person has used it.
        """
        ranker = self._ready()
        at = int(now.timestamp())
        person = states.open_person(state)
        away = self._left_out(hidden, {ranker.items[place] for place in person.items})
        seat = user or NOBODY
        with self._lock:
            ranker.seat(seat, person)
            try:
                if attributes:
                    ranker.set_user(seat, attributes)
                return ranker.rank_with_reasons(seat, limit, at, hidden=away)
            finally:
                ranker.forget_person(seat)

    def _left_out(self, hidden: frozenset[str], used: set[str]) -> frozenset[str]:
        retired = self._retired
        of_retired, of_hidden, withheld = self._withheld
        if of_hidden is not hidden or of_retired is not retired:
            withheld = retired | hidden
            self._withheld = retired, hidden, withheld
        kept = hidden & used - retired
        return withheld - kept if kept else withheld

    def recorder(self) -> Recorder:
        """Return what records events. To be asked before the transaction begins, as it may need its own."""
        ranker = self._ready()
        return Recorder(self._cipher, self._places, ranker.settings)

    def catch_up(self, within: float = 0.0) -> int:
        """Let the tables learn what has been logged since; return from how many uses.

        What is not much is spread over `within` seconds: requests share the interpreter, and a burst of learning
        would hold one of them up again and again.
        """
        self._ready()
        learnt = 0
        with self._catching_up:
            while not self._stop.is_set():
                with self._database.read() as session:
                    sealed = self._tail.read(session, ROWS_A_READ, time.monotonic())
                if sealed is None:
                    self._begin()
                    continue
                # Who is behind does not rest; but requests that wait for the interpreter go first.
                rest = within / len(sealed) if 0 < len(sealed) < ROWS_A_READ else 0.0
                for use in sealed:
                    self._learn(use)
                    if rest:
                        self._stop.wait(rest)
                    else:
                        time.sleep(0)
                learnt += len(sealed)
                if len(sealed) < ROWS_A_READ:
                    break
        return learnt

    def refresh(self) -> None:
        """Refit what is not learnt use by use, on a twin, and keep a snapshot when one is due."""
        ranker, now = self._ready(), self._clock()
        with self._lock:
            twin = ranker.twin()
            log_id, self._refreshed_visits = self._tail.read_up_to, ranker.visits()
        twin.refresh(int(now.timestamp()))
        with self._lock:
            if self.ranker is ranker:
                ranker.adopt(twin)
        self._keep_snapshot(twin, log_id, now)

    def close(self) -> None:
        """End the background."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)

    def _keep_snapshot(self, twin: Ranker, log_id: int, now: datetime) -> None:
        with self._database.read() as session:
            due = snapshots.is_due(session, now)
        if due and log_id:
            sealed = snapshots.pack(self._cipher, twin.export_shared())
            with self._database.write() as session:
                snapshots.save(session, sealed, log_id, now)

    def _learn(self, sealed: bytes) -> None:
        try:
            use, person = open_use(self._cipher, sealed)
        except UseUnreadable:
            # Of another release, or under a key that is gone: one use less is better than none from here on.
            log.warning("a use in the log can't be read")
            return
        ranker = self._ready()
        if use.place >= len(ranker.items):
            self._read_places(ranker, self._known)
        with self._lock:
            if use.attributes:
                ranker.describe(person, use.attributes)
            ranker.learn(person, use.place, use.at, fold=use.fold)

    def _ready(self) -> Ranker:
        ranker, codes = self.ranker, self._codes()
        if ranker is None:
            with self._lock:
                ranker = self._begin() if self.ranker is None else self.ranker
        if codes is not self._known:
            self._take_in(ranker, codes)
        if self._thread is None:
            self._start()
        return ranker

    def _begin(self) -> Ranker:
        """Start from the latest snapshot, or from nothing."""
        with self._database.read() as session:
            items, snapshot = places.read(session), snapshots.read(session, self._cipher)
        ranker, tail = Ranker(items), Tail()
        if snapshot is not None:
            try:
                ranker.load_shared(snapshot.tables)
                tail = Tail(snapshot.log_id)
            except SharedUnreadableError:
                log.warning("the snapshot of the ranking can't be read")
        with self._lock:
            self.ranker, self._tail, self._known = ranker, tail, ()
            self._refreshed_visits = ranker.visits()
        return ranker

    def _take_in(self, ranker: Ranker, codes: Collection[str]) -> None:
        """Give places to new services, and know them; what has left the catalogue is no longer shown.

        No lock is held while the database is written: whoever writes may be waiting for the lock.
        """
        if not set(codes) <= set(ranker.items):
            with self._database.write() as session:
                places.assign(session, codes)
        self._read_places(ranker, codes)
        self._known = codes

    def _read_places(self, ranker: Ranker, codes: Collection[str]) -> None:
        with self._database.read() as session:
            found = places.read(session)
        with self._lock:
            for code in found:
                ranker.add_item(code)
            given = set(found)
            self._places = {code: ranker.place_of(code) for code in codes if code in given}
            self._retired = frozenset(ranker.items) - frozenset(codes)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="ranking", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        # What another worker has refreshed need not be at once again.
        due = time.monotonic() + (REFRESH_SECONDS if self._refreshed_visits else 0)
        spare = POLL_SECONDS
        while not self._stop.wait(spare):
            began = time.monotonic()
            try:
                self.catch_up(within=POLL_SECONDS / 2)
                if time.monotonic() >= due and self._has_learnt():
                    began = time.monotonic()
                    self.refresh()
                    took = time.monotonic() - began
                    due = time.monotonic() + max(REFRESH_SECONDS, REST * took)
            except Exception as error:  # noqa: BLE001  the database is away, or worse: requests go on, and so do we
                log.error("the ranking could not learn", error=type(error).__name__)  # noqa: TRY400
            spare = max(POLL_SECONDS - (time.monotonic() - began), 0)

    def _has_learnt(self) -> bool:
        ranker = self.ranker
        return ranker is not None and not self._stop.is_set() and ranker.visits() > self._refreshed_visits
