"""Versions of the catalogue: every change makes one, and any of them can be read and brought back.

Until somebody changes something there is none, and the release's own catalogue serves. The first change keeps
that as version 1, so that it, too, can be brought back.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from hotservices.administration.models import CatalogueServiceRow, CatalogueVersionRow
from hotservices.catalogue import Catalogue, Popularity, Service, catalogue_of, shipped
from hotservices.errors import CatalogueBusy, CatalogueEmptied, CatalogueVersionNotFound
from identity.orm import insert_or_skip
from identity.staff import OrganisationRow, StaffRow

SHIPPED_NOTE = "随系统发布的目录 · as shipped"
# Bound values of one statement stay far below what SQLite and PostgreSQL take.
ROWS_A_STATEMENT = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """What makes one catalogue of another."""

    added: tuple[Service, ...] = ()
    changed: tuple[Service, ...] = ()
    retired: tuple[Service, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self.added or self.changed or self.retired)

    def __len__(self) -> int:
        """Return how many services differ."""
        return len(self.added) + len(self.changed) + len(self.retired)


@dataclass(frozen=True, slots=True)
class Version:
    """A version as administrators see it; without `staff_number` it was made at the console."""

    number: int
    made_at: datetime
    organisation_code: str | None
    staff_number: str | None
    note: str
    added: int
    changed: int
    retired: int


@dataclass(frozen=True, slots=True)
class VersionPage:
    """A page of versions, newest first; `next_cursor` is None at its end."""

    items: list[Version]
    next_cursor: int | None


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes the catalogue, when, and why. `staff_id` None is the console."""

    staff_id: str | None
    note: str
    now: datetime


# Makes the services that are wanted of those that are there; raises where they may not be.
Change = Callable[[Catalogue], Iterable[Service]]


def newest(session: Session) -> int:
    """Return the number of the newest version, 0 where there is none."""
    return session.scalar(select(func.max(CatalogueVersionRow.number))) or 0


def read(session: Session, number: int | None = None) -> Catalogue:
    """Return a version of the catalogue, by default the newest. Raises CatalogueVersionNotFound."""
    last = newest(session)
    number = last if number is None else number
    if last == number == 0:
        return shipped()
    if not 1 <= number <= last:
        raise CatalogueVersionNotFound
    rows = session.execute(
        select(CatalogueServiceRow.code, CatalogueServiceRow.body)
        .where(
            CatalogueServiceRow.since <= number,
            CatalogueServiceRow.until.is_(None) | (CatalogueServiceRow.until > number),
        )
        .order_by(CatalogueServiceRow.position, CatalogueServiceRow.code),
    )
    return catalogue_of((_opened(row.code, row.body) for row in rows), number)


def difference(before: Catalogue, wanted: Iterable[Service]) -> Difference:
    """Return what has to be done to a catalogue; order alone is no difference. Raises CatalogueEmptied."""
    after = {service.code: service for service in wanted}
    if not after:
        raise CatalogueEmptied
    known = before.services
    return Difference(
        added=tuple(service for code, service in after.items() if code not in known),
        changed=tuple(s for code, s in after.items() if code in known and known[code] != s),
        retired=tuple(service for code, service in known.items() if code not in after),
    )


def plan(session: Session, change: Change) -> Difference:
    """Return what a change would do, and do nothing."""
    before = read(session)
    return difference(before, change(before))


def make(
    session: Session, change: Change, author: Author, done: Callable[[int], object] = lambda _: None
) -> tuple[int, Difference]:
    """Change the catalogue, in the caller's transaction; return the number of the version, and what differs.

    Where nothing differs no version is made. `done` is told how many services more have been written. Raises
    CatalogueBusy when somebody else is changing it at this moment.
    """
    last = newest(session)
    if last == 0:
        last = _keep_shipped(session, author.now)
    number = last + 1
    # Who takes the number is alone from here to the end of the transaction.
    _claim(session, number, author)
    before = read(session, last)
    found = difference(before, change(before))
    if not found:
        session.execute(delete(CatalogueVersionRow).where(CatalogueVersionRow.number == number))
        return last, found
    _write(session, number, found, done)
    return number, found


def listed(session: Session, *, limit: int, before: int | None) -> VersionPage:
    """Return versions, the newest first; `before` is the last number of the page before."""
    query = (
        select(CatalogueVersionRow, StaffRow.staff_number, OrganisationRow.code)
        .outerjoin(StaffRow, StaffRow.id == CatalogueVersionRow.made_by)
        .outerjoin(OrganisationRow, OrganisationRow.id == StaffRow.organisation_id)
        .order_by(CatalogueVersionRow.number.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(CatalogueVersionRow.number < before)
    found = session.execute(query).all()
    items = [_version(row, code, number) for row, number, code in found[:limit]]
    return VersionPage(items, items[-1].number if len(found) > limit else None)


def _version(row: CatalogueVersionRow, organisation_code: str | None, staff_number: str | None) -> Version:
    return Version(
        number=row.number,
        made_at=row.made_at,
        organisation_code=organisation_code,
        staff_number=staff_number,
        note=row.note,
        added=row.added,
        changed=row.changed,
        retired=row.retired,
    )


def _keep_shipped(session: Session, now: datetime) -> int:
    _claim(session, 1, Author(None, SHIPPED_NOTE, now))
    _write(session, 1, Difference(added=tuple(shipped().services.values())))
    return 1


def _claim(session: Session, number: int, author: Author) -> None:
    values = {
        "number": number,
        "made_at": author.now,
        "made_by": author.staff_id,
        "note": author.note,
        "added": 0,
        "changed": 0,
        "retired": 0,
    }
    if not insert_or_skip(session, CatalogueVersionRow, values):
        raise CatalogueBusy


def _write(
    session: Session, number: int, found: Difference, done: Callable[[int], object] = lambda _: None
) -> None:
    places = _close(session, number, [*found.changed, *found.retired])
    done(len(found.retired))
    highest = session.scalar(select(func.max(CatalogueServiceRow.position)))
    following = iter(range(0 if highest is None else highest + 1, 2**31 - 1))
    for some in _parts([*found.changed, *found.added]):
        rows = [
            {
                "code": service.code,
                "since": number,
                "position": places[service.code] if service.code in places else next(following),
                "body": _closed(service),
            }
            for service in some
        ]
        session.execute(insert(CatalogueServiceRow), rows)
        done(len(rows))
    session.execute(
        update(CatalogueVersionRow)
        .where(CatalogueVersionRow.number == number)
        .values(added=len(found.added), changed=len(found.changed), retired=len(found.retired)),
    )


def _close(session: Session, number: int, services: Sequence[Service]) -> dict[str, int]:
    """End what services were until now; return their positions by code."""
    places: dict[str, int] = {}
    for some in _parts(services):
        codes = [service.code for service in some]
        ended = session.execute(
            update(CatalogueServiceRow)
            .where(CatalogueServiceRow.code.in_(codes), CatalogueServiceRow.until.is_(None))
            .values(until=number)
            .returning(CatalogueServiceRow.code, CatalogueServiceRow.position)
            .execution_options(synchronize_session=False),
        )
        places |= {row.code: row.position for row in ended}
    return places


def _parts(services: Sequence[Service]) -> Iterator[Sequence[Service]]:
    for start in range(0, len(services), ROWS_A_STATEMENT):
        yield services[start : start + ROWS_A_STATEMENT]


def _closed(service: Service) -> str:
    values = asdict(service)
    del values["code"]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _opened(code: str, body: str) -> Service:
    values = json.loads(body)
    values["keywords"], values["requires"] = tuple(values["keywords"]), tuple(values["requires"])
    values["popularity"] = Popularity(values["popularity"])
    return Service(code=code, **values)
