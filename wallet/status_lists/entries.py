"""Entries of status lists: given out at random, and following what becomes of licence and wallet.

An entry stands for a licence in one person's wallet. Each such pair has several, shown in turn, so that no
number follows a person around. Where an entry lies says nothing: it is drawn at random.
"""

import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from identity.ids import PersonId
from identity.orm import insert_or_skip
from identity.people import PersonRow
from wallet.models import LicenceRow
from wallet.status import LicenceStatus
from wallet.status_lists import blocks
from wallet.status_lists.encoding import ListStatus
from wallet.status_lists.models import StatusEntryRow, StatusListRow

LIST_SIZE = 2**20
LIST_BITS = 2
LIST_ID_LENGTH = 3
LIST_ID_ALPHABET = string.ascii_letters + string.digits
ENTRIES_PER_HOLDING = 8
# Past this share of a list's entries, drawing a free one takes too many draws.
FULL = 0.5
# The next list is begun before this one is full, so that verifiers know it when its first entry is shown.
NEARLY_FULL = 0.45

# What may be valid again is suspended, everything else invalid.
_STATUSES = {
    LicenceStatus.VALID: ListStatus.VALID,
    LicenceStatus.NOT_YET_VALID: ListStatus.SUSPENDED,
    LicenceStatus.SUSPENDED: ListStatus.SUSPENDED,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a status stands."""

    list_id: str
    place: int


def hold_still(session: Session, person_id: PersonId, licence_id: str) -> None:
    """Let no decision on a licence, and no freeze, come between reading them and giving out an entry.

    To be called before the holding is locked: registries' changes lock licences first, too.
    """
    session.execute(select(LicenceRow.id).where(LicenceRow.id == licence_id).with_for_update(read=True))
    session.execute(select(PersonRow.id).where(PersonRow.id == person_id).with_for_update(read=True))


def next_in_turn(session: Session, person_id: PersonId, licence_id: str, now: datetime) -> Entry:
    """Return the entry of a person's licence that was shown least; the caller holds the holding's lock."""
    query = select(StatusEntryRow).where(
        StatusEntryRow.licence_id == licence_id,
        StatusEntryRow.person_id == person_id,
    )
    rows = list(session.scalars(query)) or _allocate(session, person_id, licence_id, now)
    fewest = min(row.turns for row in rows)
    row = secrets.choice([row for row in rows if row.turns == fewest])
    row.turns += 1
    session.flush()
    return Entry(row.list_id, row.place)


def licence_changed(session: Session, licence_id: str, now: datetime) -> None:
    """Let the entries of a licence follow its status."""
    _follow(session, _entries().where(StatusEntryRow.licence_id == licence_id), now)


def set_frozen(session: Session, person_id: PersonId, now: datetime, *, frozen: bool) -> None:
    """Suspend everything that a person can show, or let it count again."""
    whose = StatusEntryRow.person_id == person_id
    session.execute(_entries().where(whose))
    session.execute(update(StatusEntryRow).where(whose).values(frozen=frozen))
    _follow(session, _entries().where(whose), now)


def set_lost(
    session: Session,
    person_id: PersonId,
    licence_ids: Iterable[str],
    now: datetime,
    *,
    lost: bool,
) -> None:
    """Invalidate what a person holds no more, or let it count again."""
    which = (StatusEntryRow.person_id == person_id, StatusEntryRow.licence_id.in_(list(licence_ids)))
    session.execute(_entries().where(*which))
    session.execute(update(StatusEntryRow).where(*which).values(lost=lost))
    _follow(session, _entries().where(*which), now)


def begin_list(session: Session, now: datetime, *, size: int = LIST_SIZE) -> StatusListRow:
    """Begin a list in which nothing is revoked."""
    list_id = "".join(secrets.choice(LIST_ID_ALPHABET) for _ in range(LIST_ID_LENGTH))
    row = StatusListRow(
        id=list_id, bits=LIST_BITS, size=size, allocated=0, version=1, created_at=now, changed_at=now
    )
    session.add(row)
    session.flush()
    return row


def status_of(registry_status: LicenceStatus, *, frozen: bool, lost: bool) -> ListStatus:
    """Return what an entry has to say. Dates are not its matter: they stand in the token."""
    status = ListStatus.INVALID if lost else _STATUSES.get(registry_status, ListStatus.INVALID)
    return ListStatus.SUSPENDED if frozen and status is ListStatus.VALID else status


def _allocate(session: Session, person_id: PersonId, licence_id: str, now: datetime) -> list[StatusEntryRow]:
    chosen = _list_with_room(session, now)
    registry_status = session.scalars(
        select(LicenceRow.registry_status).where(LicenceRow.id == licence_id)
    ).one()
    values = {
        "licence_id": licence_id,
        "person_id": person_id,
        "status": ListStatus.VALID,
        "frozen": False,
        "lost": False,
        "turns": 0,
    }
    places = [_draw(session, chosen, values) for _ in range(ENTRIES_PER_HOLDING)]
    entries = StatusEntryRow.list_id == chosen.id, StatusEntryRow.place.in_(places)
    if LicenceStatus(registry_status) is not LicenceStatus.VALID:
        _follow(session, _entries().where(*entries), now)
    return list(session.scalars(select(StatusEntryRow).where(*entries)))


def _list_with_room(session: Session, now: datetime) -> StatusListRow:
    room = StatusListRow.allocated <= StatusListRow.size * FULL - ENTRIES_PER_HOLDING
    free = select(StatusListRow).where(room).order_by(StatusListRow.created_at, StatusListRow.id).limit(2)
    first, *others = session.scalars(free.with_for_update()).all() or [begin_list(session, now)]
    first.allocated += ENTRIES_PER_HOLDING
    session.flush()
    if not others and first.allocated > first.size * NEARLY_FULL:
        begin_list(session, now)
    return first


def _draw(session: Session, chosen: StatusListRow, values: dict[str, object]) -> int:
    while True:
        place = secrets.randbelow(chosen.size)
        if insert_or_skip(session, StatusEntryRow, values | {"list_id": chosen.id, "place": place}):
            return place


def _entries() -> Select[StatusEntryRow, str]:
    # In one order for everybody, so that two changes at once wait for each other and not in a circle.
    return (
        select(StatusEntryRow, LicenceRow.registry_status)
        .join(LicenceRow, LicenceRow.id == StatusEntryRow.licence_id)
        .order_by(StatusEntryRow.list_id, StatusEntryRow.place)
        .with_for_update(of=StatusEntryRow)
        .execution_options(populate_existing=True)
    )


def _follow(session: Session, query: Select[StatusEntryRow, str], now: datetime) -> None:
    changed: dict[str, dict[int, ListStatus]] = {}
    for row, registry_status in session.execute(query):
        status = status_of(LicenceStatus(registry_status), frozen=row.frozen, lost=row.lost)
        if status != row.status:
            row.status = status
            changed.setdefault(row.list_id, {})[row.place] = status
    session.flush()
    for list_id, statuses in changed.items():
        blocks.write(session, list_id, statuses, now)
