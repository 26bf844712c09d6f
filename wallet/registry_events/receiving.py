"""Taking events: the same one again gets the same answer, and an older one than was applied does nothing.

Everything that an event changes is written in one transaction. What only the registry can tell (the new
version, the new holder, the new data) is asked for before it begins; when the registry does not answer, the
licence gets its status at once, and its data counts as changed until it is read again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from identity.crypto.cipher import PiiCipher
from identity.orm import insert_or_skip
from wallet import changes, identifiers, syncing
from wallet.errors import EventIdReused, EventNotYours, EventOutOfTime
from wallet.kinds import all_kinds
from wallet.models import LicenceRow, RegistryEventRow
from wallet.registries.keys import PublicKeys
from wallet.registries.protocol import RegistryRecord
from wallet.registry_events.event import EventKind, RegistryEvent, open_event
from wallet.status import LicenceStatus

# How old an event may be, so that a registry can deliver what it could not during an outage of ours,
# and how far its clock may run ahead of ours.
MAX_AGE = timedelta(hours=1)
MAX_AHEAD = timedelta(minutes=5)

# Events that leave something to be read from the registry.
_TO_BE_READ = frozenset({EventKind.UPDATE, EventKind.SUPERSEDE, EventKind.TRANSFER})


class EventOutcome(StrEnum):
    """What became of an event."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    OUTDATED = "outdated"
    NOT_HELD = "not_held"


# Outcomes of events that were taken for what they said.
_TAKEN = (EventOutcome.APPLIED, EventOutcome.UNCHANGED)


@dataclass(frozen=True, slots=True)
class EventAnswer:
    """What a registry is told."""

    jti: str
    registry: str
    outcome: EventOutcome
    received_at: datetime


@dataclass(frozen=True, slots=True)
class EventDesk:
    """Takes events: the public keys of each registry, and the cipher of what they change."""

    keys: Mapping[str, PublicKeys]
    cipher: PiiCipher

    def open(self, unverified: str) -> RegistryEvent:
        """See `open_event`."""
        return open_event(unverified, self.keys)

    def answered_before(self, session: Session, event: RegistryEvent) -> EventAnswer | None:
        """Return the answer that this event got already. Raises EventIdReused if another had its `jti`."""
        row = session.get(RegistryEventRow, (event.registry, event.jti))
        if row is None:
            return None
        if row.digest != event.digest:
            raise EventIdReused
        return EventAnswer(row.jti, row.registry_code, EventOutcome(row.outcome), row.received_at)

    def to_be_read(self, session: Session, event: RegistryEvent, now: datetime) -> str | None:
        """Return the identifier to ask the registry for before `receive`, None if there is no need.

        Raises EventOutOfTime, EventNotYours.
        """
        if not -MAX_AHEAD <= now - event.issued_at <= MAX_AGE:
            raise EventOutOfTime
        rows = _concerned(session, event)
        return event.newest_identifier if rows and event.kind in _TO_BE_READ else None

    def receive(
        self,
        session: Session,
        event: RegistryEvent,
        record: RegistryRecord | None,
        now: datetime,
    ) -> EventAnswer:
        """Apply an event, once; `record` is what the registry answered when it was asked.

        Raises EventIdReused, EventNotYours.
        """
        if not insert_or_skip(session, RegistryEventRow, _columns(event, now)):
            # The same event at the same moment: the other request was first.
            answered = self.answered_before(session, event)
            if answered is not None:
                return answered
        outcome = self._apply(session, event, record, now)
        session.get_one(RegistryEventRow, (event.registry, event.jti)).outcome = outcome
        session.flush()
        return EventAnswer(event.jti, event.registry, outcome, now)

    def _apply(
        self,
        session: Session,
        event: RegistryEvent,
        record: RegistryRecord | None,
        now: datetime,
    ) -> EventOutcome:
        rows = _concerned(session, event, locked=True)
        if not rows:
            return EventOutcome.NOT_HELD
        if _is_outdated(session, event, rows, now):
            return EventOutcome.OUTDATED
        if record is not None and _answers(record, event):
            syncing.store_record(session, self.cipher, record, now)
            if event.kind is not EventKind.SUPERSEDE and not _lags(session, record, event, rows):
                return EventOutcome.APPLIED
        changed = [self._tell(session, event, row, now) for row in rows]
        session.flush()
        return EventOutcome.APPLIED if record is not None or any(changed) else EventOutcome.UNCHANGED

    def _tell(self, session: Session, event: RegistryEvent, row: LicenceRow, now: datetime) -> bool:
        """Give a licence the status that the event alone tells; whether that changes anything."""
        changed = changes.apply(session, self.cipher, row, _status_without_reading(event), now)
        if row.superseded_by is not None:
            return changed
        if event.kind in _TO_BE_READ or event.version > row.version:
            changed |= row.changed_at is None
            row.changed_at = now
        else:
            row.as_of = now
        return changed


def _status_without_reading(event: RegistryEvent) -> LicenceStatus:
    match event.kind:
        case EventKind.SUPERSEDE:
            return LicenceStatus.SUPERSEDED
        case EventKind.TRANSFER:
            # Until the registry has said to whom, nobody shows it.
            return LicenceStatus.TRANSFERRED
        case _:
            return event.status


def _answers(record: RegistryRecord, event: RegistryEvent) -> bool:
    """Tell whether what the registry answered is as new as the event, and a licence of a kind we know."""
    newest = record.identifier == event.newest_identifier and record.registry == event.registry
    return newest and record.version >= event.version and record.kind in all_kinds()


def _lags(session: Session, record: RegistryRecord, event: RegistryEvent, rows: list[LicenceRow]) -> bool:
    """Tell whether what was read is from before the event, though of the same version.

    Then the event counts, which is the registry's signed word. What has passed to others is theirs as read.
    """
    contrary = record.status is LicenceStatus.VALID and event.status is not LicenceStatus.VALID
    return contrary and any(changes.holders_of(session, row.id) for row in rows)


def _concerned(session: Session, event: RegistryEvent, *, locked: bool = False) -> list[LicenceRow]:
    """Return the licences that an event is about. Raises EventNotYours."""
    names = [event.identifier]
    if event.announces_itself:
        names = identifiers.earlier_versions(event.identifier)
    query = select(LicenceRow).where(
        LicenceRow.identifier.in_(names),
        LicenceRow.superseded_by.is_(None),
    )
    query = query.order_by(LicenceRow.identifier)
    rows = list(session.scalars(query.with_for_update() if locked else query))
    if any(row.registry_code != event.registry for row in rows):
        raise EventNotYours
    return rows


def _is_outdated(
    session: Session,
    event: RegistryEvent,
    rows: list[LicenceRow],
    now: datetime,
) -> bool:
    if event.version < max(row.version for row in rows):
        return True
    # One from further ahead than this was taken when the clock was wrong, and outdates nothing.
    in_time = RegistryEventRow.issued_at <= now + MAX_AHEAD
    later = or_(
        RegistryEventRow.version > event.version,
        (RegistryEventRow.version == event.version) & (RegistryEventRow.issued_at > event.issued_at),
    )
    query = select(RegistryEventRow.jti).where(
        RegistryEventRow.identifier == event.identifier,
        RegistryEventRow.registry_code == event.registry,
        RegistryEventRow.outcome.in_(_TAKEN),
        in_time,
        later,
    )
    return session.scalar(query.limit(1)) is not None


def _columns(event: RegistryEvent, now: datetime) -> dict[str, object]:
    return {
        "registry_code": event.registry,
        "jti": event.jti,
        "event": event.kind,
        "identifier": event.identifier,
        "version": event.version,
        "status": event.status,
        "issued_at": event.issued_at,
        "received_at": now,
        "digest": event.digest,
        "outcome": EventOutcome.NOT_HELD,
    }
