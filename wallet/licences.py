"""Licences in wallets: rows, who holds them, and how a holder sees them.

A licence is stored once however many holders it has; each holder's order and visibility are their own.
Number, fields and photo lie sealed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity import people
from identity.clock import civil_date
from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId
from identity.numbers.masks import mask_name, mask_number
from identity.orm import AnyRow, AnySelect
from identity.people import PersonRow
from wallet.disclosure import DisclosedField, Holder, own_view
from wallet.errors import LicenceNotFound, LicenceNotShowable, PhotoNotFound
from wallet.kinds import all_kinds
from wallet.models import Content, HoldingRow, LicencePhotoRow, LicenceRow, open_content, photo_place
from wallet.status import LicenceStatus, status_on

INSPECTION_FIELD = "inspection_valid_to"


class Freshness(StrEnum):
    """How far the data behind an answer can be trusted to be today's."""

    FRESH = "fresh"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issued a licence."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as its holder sees it. `fields` is None in lists that do without.

    `inspection_valid_to` is for kinds whose object is inspected at intervals, as vehicles are.
    """

    id: str
    kind: str
    title: str
    identifier: str
    number_masked: str
    holder_name_masked: str
    issuer: Issuer
    issued_on: date
    valid_from: date | None
    valid_to: date | None
    status: LicenceStatus
    showable: bool
    not_showable_reason: str | None
    as_of: datetime
    freshness: Freshness
    pinned: bool
    hidden: bool
    inspection_valid_to: date | None
    fields: list[DisclosedField] | None


@dataclass(frozen=True, slots=True)
class Preferences:
    """A change of order or visibility; None leaves a thing as it is."""

    pinned: bool | None = None
    hidden: bool | None = None
    position: int | None = None


def photo_path(licence_id: str) -> str:
    """Return where a holder fetches the photo of a licence."""
    return f"/v1/licences/{licence_id}/photo"


def freshness_of(row: Any, now: datetime) -> Freshness:
    """Judge a licence row's data by its age, and by what the registry has told us since.

    Data from the future has an age that nobody knows.
    """
    age = now - row.as_of
    if age < -timedelta(minutes=1):
        return Freshness.UNKNOWN
    stale = row.changed_at is not None or age > all_kinds()[row.kind].max_staleness
    return Freshness.STALE if stale else Freshness.FRESH


def not_showable_reason(status: LicenceStatus) -> str | None:
    """Return the word that a verification would give for this status."""
    return None if status is LicenceStatus.VALID else f"licence_{status}"


def current_status(row: Any, now: datetime) -> LicenceStatus:
    """Return a licence row's status at an instant."""
    registry_status = LicenceStatus(row.registry_status)
    return status_on(civil_date(now), registry_status, row.valid_from, row.valid_to)


def require_showable(row: Any, now: datetime) -> None:
    """Raise LicenceNotShowable unless the licence is valid now."""
    status = current_status(row, now)
    if status is not LicenceStatus.VALID:
        raise LicenceNotShowable(all_kinds()[row.kind].title, status)


def list_held(
    session: Session,
    cipher: PiiCipher,
    person_id: PersonId,
    *,
    now: datetime,
    kind: str | None = None,
    status: LicenceStatus | None = None,
    with_fields: bool = False,
) -> list[Licence]:
    """Return a person's licences: pinned first, then by position, then in catalogue order."""
    query = _held(person_id)
    if kind:
        query = query.where(LicenceRow.kind == kind)
    licences = [
        _view(row, cipher, now, with_fields=with_fields)
        for row in sorted(session.execute(query).all(), key=_wallet_order)
    ]
    return [licence for licence in licences if status in {None, licence.status}]


def get_held(
    session: Session,
    cipher: PiiCipher,
    person_id: PersonId,
    licence_id: str,
    now: datetime,
) -> Licence:
    """Return one of a person's licences with its fields. Raises LicenceNotFound."""
    row = session.execute(_held(person_id).where(LicenceRow.id == licence_id)).first()
    if row is None:
        raise LicenceNotFound
    return _view(row, cipher, now, with_fields=True)


def photo(session: Session, cipher: PiiCipher, person_id: PersonId, licence_id: str) -> bytes:
    """Return the photo on one of a person's licences as PNG. Raises PhotoNotFound."""
    # Read together with who holds it: a transfer between two reads would show another's face.
    sealed = session.scalar(
        select(LicencePhotoRow.photo_sealed)
        .join(HoldingRow, HoldingRow.licence_id == LicencePhotoRow.licence_id)
        .where(HoldingRow.person_id == person_id, HoldingRow.licence_id == licence_id),
    )
    if sealed is None:
        raise PhotoNotFound
    return cipher.open(sealed, photo_place(licence_id))


def set_preferences(
    session: Session,
    person_id: PersonId,
    licence_id: str,
    change: Preferences,
) -> None:
    """Change order or visibility in the holder's own wallet. Raises LicenceNotFound."""
    holding = session.get(HoldingRow, (person_id, licence_id))
    if holding is None:
        raise LicenceNotFound
    if change.pinned is not None:
        holding.pinned = change.pinned
    if change.hidden is not None:
        holding.hidden = change.hidden
    if change.position is not None:
        holding.position = change.position
    session.flush()


def _held(person_id: PersonId) -> AnySelect:
    return (
        select(LicenceRow, HoldingRow, PersonRow)
        .join(HoldingRow, HoldingRow.licence_id == LicenceRow.id)
        .join(PersonRow, PersonRow.id == HoldingRow.person_id)
        .where(HoldingRow.person_id == person_id)
    )


def _wallet_order(row: AnyRow) -> tuple[Any, ...]:
    holding, licence = row.HoldingRow, row.LicenceRow
    place: Sequence[str] = list(all_kinds())
    unplaced = holding.position is None
    return (
        holding.hidden,
        not holding.pinned,
        unplaced,
        holding.position or 0,
        place.index(licence.kind),
        licence.identifier,
    )


def _view(row: AnyRow, cipher: PiiCipher, now: datetime, *, with_fields: bool) -> Licence:
    licence, holding, person_row = row.LicenceRow, row.HoldingRow, row.PersonRow
    kind = all_kinds()[licence.kind]
    person = people.open_person(person_row, cipher)
    content = open_content(cipher, licence.id, licence.content_sealed)
    status = current_status(licence, now)
    reason = not_showable_reason(status)
    fields = None
    if with_fields:
        holder = Holder(person.name, person.id_number)
        fields = own_view(kind, content.fields, holder, photo_path(licence.id))
    return Licence(
        id=licence.id,
        kind=kind.code,
        title=kind.title,
        identifier=licence.identifier,
        number_masked=mask_number(content.number),
        holder_name_masked=mask_name(person.name),
        issuer=Issuer(licence.registry_code, licence.issuer_name),
        issued_on=licence.issued_on,
        valid_from=licence.valid_from,
        valid_to=licence.valid_to,
        status=status,
        showable=reason is None,
        not_showable_reason=reason,
        as_of=licence.as_of,
        freshness=freshness_of(licence, now),
        pinned=holding.pinned,
        hidden=holding.hidden,
        inspection_valid_to=inspection_day(content),
        fields=fields,
    )


def inspection_day(content: Content) -> date | None:
    """Return the last day of the inspection of what a licence is for; None where its content tells of none."""
    # A registry's field is text that nobody checked: a day written otherwise must not hide the wallet.
    try:
        return date.fromisoformat(content.fields[INSPECTION_FIELD])
    except (KeyError, TypeError, ValueError):
        return None
