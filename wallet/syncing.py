"""Bringing a wallet up to date: registries are asked first, outside any transaction, then rows written."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from identity import people
from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId, new_id
from identity.orm import insert_or_skip, insert_rows_or_skip
from identity.people import PersonRow
from identity.prepared import Prepared
from wallet import changes, identifiers
from wallet.errors import LicenceNotFound
from wallet.kinds import all_kinds
from wallet.models import (
    Content,
    HoldingRow,
    LicencePhotoRow,
    LicenceRow,
    RegistryEventRow,
    holder_digest,
    open_content,
    photo_place,
    seal_content,
)
from wallet.registries.asking import AnswerStatus, RegistryAnswer
from wallet.registries.protocol import RegistryRecord
from wallet.status import LicenceStatus
from wallet.status_lists import entries

log = structlog.get_logger(__name__)

ANSWER_ON_THE_WAY = timedelta(minutes=1)
# What a row holds until it is sealed with the id that it got.
_FRESH: dict[str, object] = {"content_sealed": b"", "changed_at": None, "superseded_by": None}

_MEANWHILE = Prepared(
    select(RegistryEventRow.status, RegistryEventRow.received_at)
    .where(
        RegistryEventRow.identifier == bindparam("of_licence"),
        RegistryEventRow.registry_code == bindparam("of_registry"),
        RegistryEventRow.version >= bindparam("from_version"),
        RegistryEventRow.received_at > bindparam("after"),
        RegistryEventRow.received_at <= bindparam("until"),
    )
    .order_by(RegistryEventRow.issued_at.desc())
    .limit(1),
)
_HOLDERS = Prepared(
    select(HoldingRow.person_id, PersonRow.number_sealed)
    .join(PersonRow, PersonRow.id == HoldingRow.person_id)
    .where(HoldingRow.licence_id == bindparam("licence_id")),
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where one licence comes from."""

    registry_code: str
    identifier: str


@dataclass(frozen=True, slots=True)
class Stored:
    """The row that stands after a registry told of a licence, and digests of whom it was last told that hold it."""

    licence_id: str
    holders: Collection[str]


def source_of(session: Session, person_id: PersonId, licence_id: str) -> Source:
    """Return where one of a person's licences comes from. Raises LicenceNotFound."""
    row = session.execute(
        select(LicenceRow.registry_code, LicenceRow.identifier)
        .join(HoldingRow, HoldingRow.licence_id == LicenceRow.id)
        .where(LicenceRow.id == licence_id, HoldingRow.person_id == person_id),
    ).first()
    if row is None:
        raise LicenceNotFound
    return Source(row.registry_code, row.identifier)


def store_answers(
    session: Session,
    cipher: PiiCipher,
    person_id: PersonId,
    answers: Sequence[RegistryAnswer],
    now: datetime,
) -> None:
    """Write what registries answered about a holder.

    What a registry that answered does not list any more leaves this wallet; one that did not answer changes nothing.
    What has passed to others since stays theirs, and nothing is kept of a person who has been erased since.
    """
    if not people.hold_living(session, [person_id]):
        return
    given = [answer for answer in answers if answer.status is AnswerStatus.OK]
    known = [record for records in _their_own(session, given) for record in _newest_versions(records)]
    stored = [store_record(session, cipher, record, now) for record in known]
    ids, number = [one.licence_id for one in stored], people.number_of(session, cipher, person_id)
    theirs = [one.licence_id for one in stored if holder_digest(one.licence_id, number) in one.holders]
    _hold(session, person_id, theirs, now)
    _let_go_of_others(session, person_id, [answer.code for answer in given if answer.complete], ids, now)


def store_record(session: Session, cipher: PiiCipher, record: RegistryRecord, now: datetime) -> Stored:
    """Write one licence and return its row, or that of the newer version which took its place.

    Data that is older than what we have is passed over. Whoever the registry names as a holder no more
    loses it; an older version of the same licence gives its place in wallets to this one.
    """
    new = new_id()
    insert_or_skip(session, LicenceRow, _columns(record, now) | _FRESH | {"id": new})
    row = _locked(session, record.identifier)
    if row.superseded_by:
        return _standing(cipher, _successor(session, row))
    if row.id != new and (row.version > record.version or _just_told(row, now)):
        return _standing(cipher, row)
    changes.apply(session, cipher, row, record.status, now)
    for column, value in _columns(record, now).items():
        setattr(row, column, value)
    row.changed_at = None
    named = tuple(holder_digest(row.id, number) for number in record.holder_numbers)
    _store_photo(session, cipher, row, named, record.photo_png)
    row.content_sealed = seal_content(cipher, row.id, Content(record.number, record.fields, named))
    session.flush()
    if row.id == new:
        _supersede_earlier(session, cipher, row, now)
        _apply_what_came_meanwhile(session, cipher, row, now)
    _end_others(session, cipher, row, record.holder_numbers, now)
    return Stored(row.id, named)


def forget_holding(
    session: Session,
    cipher: PiiCipher,
    person_id: PersonId,
    source: Source,
    now: datetime,
) -> None:
    """Take a licence out of a wallet whose registry does not know it any more."""
    changes.end_holdings(session, cipher, _locked(session, source.identifier), [person_id], now)


def _locked(session: Session, identifier: str) -> LicenceRow:
    return session.scalars(
        select(LicenceRow).where(LicenceRow.identifier == identifier).with_for_update(),
    ).one()


def _newest_versions(records: Iterable[RegistryRecord]) -> list[RegistryRecord]:
    """Leave out every version of a licence that has a newer one beside it."""
    listed = list(records)
    versions: dict[str, int] = {}
    for record in listed:
        lineage = identifiers.lineage_of(record.identifier)
        versions[lineage] = max(versions.get(lineage, 0), identifiers.version_of(record.identifier))
    return [
        record
        for record in listed
        if identifiers.version_of(record.identifier) == versions[identifiers.lineage_of(record.identifier)]
    ]


def _successor(session: Session, row: LicenceRow) -> LicenceRow:
    while row.superseded_by:
        row = session.get_one(LicenceRow, row.superseded_by, with_for_update=True)
    return row


def _standing(cipher: PiiCipher, row: LicenceRow) -> Stored:
    return Stored(row.id, open_content(cipher, row.id, row.content_sealed).holders)


def _supersede_earlier(session: Session, cipher: PiiCipher, row: LicenceRow, now: datetime) -> None:
    earlier = identifiers.earlier_versions(row.identifier)
    if not earlier:
        return
    query = select(LicenceRow).where(
        LicenceRow.identifier.in_(earlier),
        LicenceRow.registry_code == row.registry_code,
        LicenceRow.superseded_by.is_(None),
    )
    for old in session.scalars(query.order_by(LicenceRow.identifier).with_for_update()).all():
        changes.supersede(session, cipher, old, row, now)


def _apply_what_came_meanwhile(session: Session, cipher: PiiCipher, row: LicenceRow, now: datetime) -> None:
    # An event that was pushed while the registry's older answer was on the way found no row to change.
    latest = _MEANWHILE.first(
        session,
        of_licence=row.identifier,
        of_registry=row.registry_code,
        from_version=row.version,
        after=now,
        until=now + ANSWER_ON_THE_WAY,
    )
    if latest is not None:
        changes.apply(session, cipher, row, LicenceStatus(latest.status), now)
        row.changed_at = latest.received_at


def _end_others(
    session: Session,
    cipher: PiiCipher,
    row: LicenceRow,
    holder_numbers: Collection[str],
    now: datetime,
) -> None:
    gone = [
        PersonId(person_id)
        for person_id, sealed in _HOLDERS.all(session, licence_id=row.id)
        if people.open_number(cipher, person_id, sealed) not in holder_numbers
    ]
    if gone:
        changes.end_holdings(session, cipher, row, gone, now)


def _just_told(row: LicenceRow, now: datetime) -> bool:
    # A registry may push a change while its older answer is on the way to us. Further ahead than
    # that, the time comes from a clock that has since been put back.
    told = max(row.as_of, row.changed_at or row.as_of)
    return now < told <= now + ANSWER_ON_THE_WAY


def _columns(record: RegistryRecord, now: datetime) -> dict[str, object]:
    return {
        "identifier": record.identifier,
        "kind": record.kind,
        "registry_code": record.registry,
        "issuer_name": record.issuer_name,
        "issued_on": record.issued_on,
        "valid_from": record.valid_from,
        "valid_to": record.valid_to,
        "registry_status": record.status,
        "version": record.version,
        "as_of": now,
    }


def _store_photo(
    session: Session, cipher: PiiCipher, row: LicenceRow, holders: tuple[str, ...], png: bytes | None
) -> None:
    """Keep a photo; without one, that of before stays as long as the licence is the same people's."""
    if png is not None:
        sealed = cipher.seal(png, photo_place(row.id))
        session.merge(LicencePhotoRow(licence_id=row.id, photo_sealed=sealed))
    elif row.content_sealed and set(_standing(cipher, row).holders) != set(holders):
        session.execute(delete(LicencePhotoRow).where(LicencePhotoRow.licence_id == row.id))


def _their_own(session: Session, answers: Sequence[RegistryAnswer]) -> Iterator[list[RegistryRecord]]:
    """Yield the records that each registry may speak of: of kinds we know, and of no other registry's licences."""
    listed = [record.identifier for answer in answers for record in answer.records]
    query = select(LicenceRow.identifier, LicenceRow.registry_code).where(LicenceRow.identifier.in_(listed))
    known = session.execute(query) if listed else ()
    owners: dict[str, str] = {row.identifier: row.registry_code for row in known}
    for answer in answers:
        records = [record for record in answer.records if record.kind in all_kinds()]
        own = [one for one in records if owners.setdefault(one.identifier, answer.code) == answer.code]
        if others := len(records) - len(own):
            log.error("a registry lists another's licences", registry=answer.code, licences=others)
        yield own


def _hold(session: Session, person_id: PersonId, ids: list[str], now: datetime) -> None:
    rows = [
        {"person_id": person_id, "licence_id": one, "pinned": False, "hidden": False}
        for one in dict.fromkeys(ids)
    ]
    if won := [key.licence_id for key in insert_rows_or_skip(session, HoldingRow, rows)] if rows else []:
        entries.set_lost(session, person_id, won, now, lost=False)


def _let_go_of_others(
    session: Session,
    person_id: PersonId,
    registry_codes: list[str],
    ids: list[str],
    now: datetime,
) -> None:
    of_registries = select(LicenceRow.id).where(LicenceRow.registry_code.in_(registry_codes))
    lost = session.scalars(
        delete(HoldingRow)
        .where(
            HoldingRow.person_id == person_id,
            HoldingRow.licence_id.in_(of_registries),
            HoldingRow.licence_id.not_in(ids),
        )
        .returning(HoldingRow.licence_id)
        .execution_options(synchronize_session=False),
    ).all()
    if lost:
        entries.set_lost(session, person_id, lost, now, lost=True)
