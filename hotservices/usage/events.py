"""Events: somebody viewed, opened, applied for or completed a service.

An event counts once, is put into the person's own state in the caller's transaction, and into the log that
the shared tables of every worker learn from. Uses within half an hour are one visit, as a visit to a counter
would be: a service opened, applied for and completed in one go has been used once.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, bindparam, insert, select

from hotservices.ranking import fold_of
from hotservices.signals.people import Person
from hotservices.signals.settings import Settings
from hotservices.usage import at_once, states
from hotservices.usage.at_once import Kept
from hotservices.usage.models import UsageLogRow, UsageReceiptRow
from hotservices.usage.uses import Attributes, Use
from identity.crypto.cipher import PiiCipher
from identity.ids import AccountId
from identity.prepared import Executor, Prepared, Question, prepared_insert_or_skip

LATEST_ARRIVAL = timedelta(days=7)
CLOCK_LEEWAY = timedelta(minutes=5)
VISIT = timedelta(minutes=30)
# An id is remembered while an event that bears it could still be accepted.
RECEIPT_LIFETIME = LATEST_ARRIVAL + CLOCK_LEEWAY


_RECEIPT = Prepared(
    select(UsageReceiptRow.said_digest).where(
        UsageReceiptRow.account_id == bindparam("account_id"),
        UsageReceiptRow.event_digest == bindparam("event_digest"),
    ),
)
_KEEP_RECEIPT = prepared_insert_or_skip(UsageReceiptRow)
_LOG = Prepared(
    insert(UsageLogRow).values(use_sealed=bindparam("use_sealed"), logged_at=bindparam("logged_at")),
)


class Action(StrEnum):
    """What somebody did with a service."""

    VIEW = "view"
    OPEN = "open"
    APPLY = "apply"
    COMPLETE = "complete"


class Refusal(StrEnum):
    """Why an event does not count."""

    SERVICE_NOT_FOUND = "service-not-found"
    TOO_OLD = "event-too-old"
    IN_FUTURE = "event-in-future"
    ID_REUSED = "event-id-reused"


@dataclass(frozen=True, slots=True)
class Event:
    """A use as a client tells it; without `at` it happened now, without `id` every one counts."""

    service_code: str
    action: Action
    id: str | None = None
    at: datetime | None = None

    def id_digest(self) -> bytes | None:
        """Return what an id is remembered by; None without one."""
        return None if self.id is None else hashlib.sha256(self.id.encode()).digest()

    def said_digest(self) -> bytes:
        """Return what tells this event from another with the same id."""
        told = f"{self.service_code}\0{self.action}\0{self.at.isoformat() if self.at else ''}"
        return hashlib.sha256(told.encode()).digest()


@dataclass(frozen=True, slots=True)
class Rejected:
    """An event that does not count, by its place in the batch."""

    index: int
    code: Refusal


@dataclass(frozen=True, slots=True)
class Recorder:
    """Records events. `places` gives each service's place; what `attributes` asks is known of the person."""

    cipher: PiiCipher
    places: Mapping[str, int]
    settings: Settings

    def record(
        self,
        transaction: Connection,
        account_id: AccountId,
        events: Sequence[Event],
        attributes: Question[Attributes] | None,
        now: datetime,
    ) -> list[Rejected]:
        """Count a batch of one person's events; return those that do not count, by their index.

        Nothing is kept of who has turned personal ranking off; what could not count is named to them as well.
        """
        refusals = {n: code for n, event in enumerate(events) if (code := self._fault(event, now))}
        sound = [(n, event) for n, event in enumerate(events) if n not in refusals]
        person = states.lock(transaction, self.cipher, account_id) if sound else None
        if person is not None:
            fresh = _receive(transaction, account_id, sound, refusals, now)
            known = attributes.ask if attributes else lambda _: {}
            used, uses = self._use(account_id, person, fresh, lambda: known(transaction), now)
            for use_sealed in uses:
                _LOG.run(transaction, use_sealed=use_sealed, logged_at=now)
            # With a receipt in any case: see `at_once`.
            if used or any(event.id is not None for event in fresh):
                states.save(transaction, self.cipher, account_id, person)
        return [Rejected(n, code) for n, code in sorted(refusals.items())]

    def record_at_once(
        self,
        connection: Connection,
        account_id: AccountId,
        event: Event,
        kept: Kept,
        known: Attributes | None,
        *,
        now: datetime,
    ) -> list[Rejected] | None:
        """Do the same for one event without a transaction; None where it takes one.

        It does where something is to be written and the database can't write it at once (see `at_once`), for which
        `known` is None; at a person's first event, for an id that has counted, and when another event of theirs is recorded
        at the same moment.
        """
        if fault := self._fault(event, now):
            return [Rejected(0, fault)]
        if not kept.personal:
            return []
        if kept.state_sealed is None:
            return None
        person = states.open_sealed(self.cipher, account_id, kept.state_sealed)
        if event.id is None and person.used_in_visit(*self._place_of(person, event, now)):
            return []
        if known is None:
            return None
        _, uses = self._use(account_id, person, [event], lambda: known, now)
        written = at_once.write(
            connection,
            account_id,
            before=kept.state_sealed,
            after=states.seal(self.cipher, account_id, person),
            use_sealed=uses[0] if uses else None,
            event_digest=event.id_digest(),
            said_digest=event.said_digest(),
            now=now,
        )
        return [] if written else None

    def _place_of(self, person: Person, event: Event, now: datetime) -> tuple[int, int]:
        """Return the place of an event's service, and the second under which it counts."""
        return self.places[event.service_code], visit_of(person, min(event.at or now, now))

    def _fault(self, event: Event, now: datetime) -> Refusal | None:
        if event.service_code not in self.places:
            return Refusal.SERVICE_NOT_FOUND
        if event.at is not None and event.at > now + CLOCK_LEEWAY:
            return Refusal.IN_FUTURE
        if event.at is not None and event.at < now - LATEST_ARRIVAL:
            return Refusal.TOO_OLD
        return None

    def _use(
        self,
        account_id: AccountId,
        person: Person,
        events: Sequence[Event],
        attributes: Callable[[], Attributes],
        now: datetime,
    ) -> tuple[bool, list[bytes]]:
        """Put events into a person's state; tell whether one changed it, and what the log is to be given, sealed."""
        fold, known = fold_of(account_id), None
        used, uses = False, []
        for event in sorted(events, key=lambda event: event.at or now):
            place, at = self._place_of(person, event, now)
            if person.used_in_visit(place, at):
                continue
            if person.weight(place, at):
                known = known if known is not None else attributes()
                uses.append(Use(place, at, fold, known, person.to_bytes()).seal(self.cipher))
            person.use(place, at, self.settings.visit_decay, self.settings.own_items)
            used = True
        return used, uses


def visit_of(person: Person, at: datetime) -> int:
    """Return the second under which a use counts: that of the visit it belongs to."""
    second = int(at.timestamp())
    goes_on = person.visits and 0 <= second - person.last_at < VISIT.total_seconds()
    return person.last_at if goes_on else second


def _receive(
    session: Executor,
    account_id: AccountId,
    events: Sequence[tuple[int, Event]],
    refusals: dict[int, Refusal],
    now: datetime,
) -> list[Event]:
    """Return the events that have not counted before; an id that now says something else is refused."""
    fresh = []
    for index, event in events:
        if event.id is None:
            fresh.append(event)
            continue
        key = {"account_id": account_id, "event_digest": event.id_digest()}
        said = event.said_digest()
        if _KEEP_RECEIPT.first(session, **key, said_digest=said, received_at=now):
            fresh.append(event)
        # One that was forgotten between the two has counted long ago.
        elif (kept := _RECEIPT.first(session, **key)) is not None and kept.said_digest != said:
            refusals[index] = Refusal.ID_REUSED
    return fresh
