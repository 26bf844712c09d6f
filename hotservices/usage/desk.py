"""The ranking desk of a worker: one Ranker in memory, fed from the log in the background.

A ranking takes the person's own state and this memory, and asks the database nothing. Two threads start with the
first question and end with `close`: one reads the log every second, the other has a process of its own refit now
and then what is not learnt use by use, and waits for it.
"""

import threading
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial

import structlog

from hotservices.ranking import Ranker
from hotservices.signals.reasons import Ranked
from hotservices.signals.snapshot import SharedUnreadableError, pack
from hotservices.usage import places, snapshots, states
from hotservices.usage.events import Recorder
from hotservices.usage.refitting import RefitError, Refitter
from hotservices.usage.tail import Tail
from hotservices.usage.uses import Attributes, UseUnreadable, open_use
from identity.crypto.cipher import PiiCipher
from identity.orm import Database

POLL_SECONDS = 1.0
# At most once a minute, and for one part in twenty of the time: no request waits for a refit, but it takes a core, once
# for each worker, and what it learns are habits, which do not change within minutes. At least once an hour even so: on
# a busy machine a refit takes long because it gives way, not because it costs much.
REFRESH_SECONDS, REST, LONGEST_REST_SECONDS = 60.0, 20, 3600.0
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
        self._threads: tuple[threading.Thread, ...] = ()
        self._refitter = Refitter()
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
        self._know(ranker, person.items)
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
        """Refit elsewhere what is not learnt use by use, and keep a snapshot when one is due."""
        now = self._clock()
        # Only learning waits for the lessons to be packed: a ranking changes none of them.
        with self._catching_up:
            ranker = self._ready()
            lessons, self._refreshed_visits = ranker.export_lessons(), ranker.visits()
        try:
            learnt = self._refitter.refit(lessons, ranker.settings, int(now.timestamp()))
            with self._lock:
                ranker.take_learnt(learnt)
        except (RefitError, SharedUnreadableError) as error:
            if self._stop.is_set():
                return
            reason = str(error) or type(error).__name__
            log.error("the ranking could not be refitted", error=reason)  # noqa: TRY400  one line
        self._keep_snapshot(now)

    def close(self) -> None:
        """End the background."""
        self._stop.set()
        self._refitter.close()
        for thread in self._threads:
            thread.join(CLOSE_SECONDS)

    def _keep_snapshot(self, now: datetime) -> None:
        with self._database.read() as session:
            due = snapshots.is_due(session, now)
        if not due:
            return
        with self._catching_up:
            ranker, log_id = self._ready(), self._tail.read_up_to
            # An added service makes new tables, so rankings wait until it is known which to pack, and no longer.
            with self._lock:
                tables = ranker.tables()
            packed = pack(tables)
        if log_id:
            sealed = snapshots.pack(self._cipher, packed)
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
        self._know(ranker, (use.place, *person.items))
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
        if not self._threads:
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

    def _know(self, ranker: Ranker, used: Collection[int]) -> None:
        """Read the places again, where another worker was quicker to know a service that somebody used there."""
        if max(used, default=0) >= len(ranker.items):
            self._read_places(ranker, self._known)

    def _start(self) -> None:
        with self._lock:
            if not self._threads and not self._stop.is_set():
                self._threads = (
                    threading.Thread(target=self._run, name="ranking", daemon=True),
                    threading.Thread(target=self._refit, name="refitting", daemon=True),
                )
                for thread in self._threads:
                    thread.start()

    def _run(self) -> None:
        spare = POLL_SECONDS
        while not self._stop.wait(spare):
            began = time.monotonic()
            self._attempt(partial(self.catch_up, within=POLL_SECONDS / 2))
            spare = max(POLL_SECONDS - (time.monotonic() - began), 0)

    def _refit(self) -> None:
        rest = REFRESH_SECONDS
        while not self._stop.wait(rest):
            began = time.monotonic()
            if self._has_learnt():
                self._attempt(self.refresh)
            rest = min(max(REFRESH_SECONDS, REST * (time.monotonic() - began)), LONGEST_REST_SECONDS)

    def _attempt(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Exception as error:  # noqa: BLE001  the database is away, or worse: requests go on, and so do we
            log.error("the ranking could not learn", error=type(error).__name__)  # noqa: TRY400

    def _has_learnt(self) -> bool:
        ranker = self.ranker
        return ranker is not None and ranker.visits() > self._refreshed_visits
