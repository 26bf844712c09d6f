"""Bringing a wallet up to date: registries are asked first, outside any transaction, then rows written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from identity import people
from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId, new_id
from identity.orm import insert_or_skip
from identity.people import PersonRow
from wallet.errors import LicenceNotFound
from wallet.kinds import all_kinds
from wallet.models import (
    Content,
    HoldingRow,
    LicencePhotoRow,
    LicenceRow,
    photo_place,
    seal_content,
)
from wallet.registries.asking import AnswerStatus, RegistryAnswer
from wallet.registries.protocol import RegistryRecord
from wallet.status import LicenceStatus
from wallet.status_lists import entries, history

ANSWER_ON_THE_WAY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Source:
    """Where one licence comes from."""

    registry_code: str
    identifier: str


def holder_number(session: Session, cipher: PiiCipher, person_id: PersonId) -> str:
    """Return the number that registries know a person by."""
    return people.open_person(session.get_one(PersonRow, person_id), cipher).id_number


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

    What a registry that answered does not list any more leaves this wallet; a registry that did not
    answer changes nothing.
    """
    for answer in answers:
        if answer.status is AnswerStatus.OK:
            known = [record for record in answer.records if record.kind in all_kinds()]
            ids = [store_record(session, cipher, record, now) for record in known]
            _hold_exactly(session, person_id, answer.code, ids, now)


def store_record(session: Session, cipher: PiiCipher, record: RegistryRecord, now: datetime) -> str:
    """Write one licence and return its id. Data that is older than what we have is passed over."""
    new = new_id()
    insert_or_skip(session, LicenceRow, _columns(record, now) | {"id": new, "content_sealed": b""})
    row = session.scalars(
        select(LicenceRow).where(LicenceRow.identifier == record.identifier).with_for_update(),
    ).one()
    if row.id != new and (row.version > record.version or _just_told(row.as_of, now)):
        return row.id
    before = LicenceStatus(row.registry_status)
    for column, value in _columns(record, now).items():
        setattr(row, column, value)
    row.content_sealed = seal_content(cipher, row.id, Content(record.number, record.fields))
    _store_photo(session, cipher, row.id, record.photo_png)
    session.flush()
    history.note(session, row.id, before=before, after=record.status, now=now)
    return row.id


def apply_status(session: Session, identifier: str, status: LicenceStatus, now: datetime) -> None:
    """Write a status that a registry has pushed; licences in nobody's wallet are none of ours."""
    row = session.scalar(select(LicenceRow).where(LicenceRow.identifier == identifier))
    if row is not None:
        before = LicenceStatus(row.registry_status)
        row.registry_status = status
        row.as_of = now
        session.flush()
        history.note(session, row.id, before=before, after=status, now=now)


def _just_told(as_of: datetime, now: datetime) -> bool:
    # A registry may push a change while its older answer is on the way to us. Further ahead than
    # that, as_of comes from a clock that has since been put back.
    return now < as_of <= now + ANSWER_ON_THE_WAY


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


def _store_photo(session: Session, cipher: PiiCipher, licence_id: str, png: bytes | None) -> None:
    if png is None:
        return
    sealed = cipher.seal(png, photo_place(licence_id))
    session.merge(LicencePhotoRow(licence_id=licence_id, photo_sealed=sealed))


def _hold_exactly(
    session: Session,
    person_id: PersonId,
    registry_code: str,
    ids: list[str],
    now: datetime,
) -> None:
    values = {"person_id": person_id, "pinned": False, "hidden": False}
    won = [i for i in ids if insert_or_skip(session, HoldingRow, values | {"licence_id": i})]
    of_registry = select(LicenceRow.id).where(LicenceRow.registry_code == registry_code)
    lost = session.scalars(
        delete(HoldingRow)
        .where(
            HoldingRow.person_id == person_id,
            HoldingRow.licence_id.in_(of_registry),
            HoldingRow.licence_id.not_in(ids),
        )
        .returning(HoldingRow.licence_id)
        .execution_options(synchronize_session=False),
    ).all()
    if won:
        entries.set_lost(session, person_id, won, now, lost=False)
    if lost:
        entries.set_lost(session, person_id, lost, now, lost=True)
