"""Linking a form's licences (关联证照): what of them lies here, and asking registries for what does not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity import people
from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId
from identity.orm import AnyRow
from identity.people import PersonRow
from wallet import syncing
from wallet.disclosure import DisclosedField, Holder, own_view
from wallet.forms.models import Linked, Unreached, written
from wallet.forms.parties import Party
from wallet.forms.templates import Form, Material
from wallet.kinds import all_kinds
from wallet.licences import Freshness, current_status, freshness_of
from wallet.models import HoldingRow, LicenceRow, open_content
from wallet.registries.asking import AnswerStatus, RegistryAnswer, RegistryDesk
from wallet.status import LicenceStatus

Parties = Mapping[Party, PersonId]


@dataclass(frozen=True, slots=True)
class Held:
    """A licence that somebody in a form holds, with its fields as its holder sees them."""

    id: str
    kind: str
    identifier: str
    version: int
    registry_code: str
    status: LicenceStatus
    as_of: datetime
    freshness: Freshness
    fields: Mapping[str, DisclosedField]


@dataclass(frozen=True, slots=True)
class Links:
    """The licence that a form draws on for each kind, and kinds that are held in a status that does not serve."""

    held: Mapping[str, Held]
    unfit: Mapping[str, LicenceStatus]

    def linked(self, form: Form) -> tuple[Linked, ...]:
        """Return what a draft keeps of them."""
        return tuple(
            Linked(
                one.id,
                one.kind,
                form.material(one.kind).party,
                one.status,
                written(one.as_of),
                one.freshness,
            )
            for one in self.held.values()
        )


def ask(
    registries: RegistryDesk,
    read: Callable[[], AbstractContextManager[Session]],
    cipher: PiiCipher,
    form: Form,
    parties: Parties,
    *,
    now: datetime,
) -> dict[PersonId, list[RegistryAnswer]]:
    """Ask registries about everybody of whom a licence that the form wants is not here, or is stale.

    To be called outside any transaction; what is asked about two people is asked side by side.
    """
    with read() as session:
        numbers = {
            person_id: people.number_of(session, cipher, person_id)
            for person_id, kinds in _wanted(form, parties).items()
            if not _all_fresh(session, person_id, kinds, now)
        }
    return ask_about(registries, numbers)


def ask_about(
    registries: RegistryDesk, numbers: Mapping[PersonId, str]
) -> dict[PersonId, list[RegistryAnswer]]:
    """Ask every registry about some people by their numbers, side by side."""
    if not numbers:
        return {}
    with ThreadPoolExecutor(len(numbers)) as threads:
        return dict(zip(numbers, threads.map(registries.ask_all, numbers.values()), strict=True))


def store(
    session: Session, cipher: PiiCipher, answers: Mapping[PersonId, Sequence[RegistryAnswer]], now: datetime
) -> tuple[Unreached, ...]:
    """Write what registries answered, and return those that did not answer."""
    for person_id, said in answers.items():
        syncing.store_answers(session, cipher, person_id, said, now)
    silent = {
        answer.code: Unreached(answer.code, answer.name, answer.status)
        for said in answers.values()
        for answer in said
        if answer.status is not AnswerStatus.OK
    }
    return tuple(silent.values())


def links(
    session: Session,
    cipher: PiiCipher,
    form: Form,
    parties: Parties,
    chosen: Iterable[str],
    *,
    now: datetime,
) -> Links:
    """Return which licences serve a form, of those that lie here; `chosen` go before others of their kind."""
    preferred = set(chosen)
    by_kind: dict[str, list[Held]] = {}
    for person_id, kinds in _wanted(form, parties).items():
        for one in _held(session, cipher, person_id, kinds, now):
            by_kind.setdefault(one.kind, []).append(one)
    held, unfit = {}, {}
    for material in form.materials:
        found = sorted(by_kind.get(material.kind, ()), key=lambda one: one.id not in preferred)
        fit = [one for one in found if _serves(material, one)]
        if fit:
            held[material.kind] = fit[0]
        elif found:
            unfit[material.kind] = found[0].status
    return Links(held, unfit)


def _serves(material: Material, one: Held) -> bool:
    return one.status in material.statuses


def _wanted(form: Form, parties: Parties) -> dict[PersonId, list[str]]:
    wanted: dict[PersonId, list[str]] = {}
    for material in form.materials:
        person_id = parties.get(material.party)
        if person_id is not None:
            wanted.setdefault(person_id, []).append(material.kind)
    return wanted


def _all_fresh(session: Session, person_id: PersonId, kinds: Sequence[str], now: datetime) -> bool:
    rows = session.scalars(
        select(LicenceRow)
        .join(HoldingRow, HoldingRow.licence_id == LicenceRow.id)
        .where(HoldingRow.person_id == person_id, LicenceRow.kind.in_(kinds)),
    ).all()
    fresh = all(freshness_of(row, now) is Freshness.FRESH for row in rows)
    return fresh and {row.kind for row in rows} >= set(kinds)


def _held(
    session: Session, cipher: PiiCipher, person_id: PersonId, kinds: Sequence[str], now: datetime
) -> list[Held]:
    rows = session.execute(
        select(LicenceRow, HoldingRow, PersonRow)
        .join(HoldingRow, HoldingRow.licence_id == LicenceRow.id)
        .join(PersonRow, PersonRow.id == HoldingRow.person_id)
        .where(HoldingRow.person_id == person_id, LicenceRow.kind.in_(kinds)),
    ).all()
    return [_view(row, cipher, now) for row in sorted(rows, key=_order)]


def _order(row: AnyRow) -> tuple[bool, int, str]:
    # As in the holder's own wallet: pinned ones first, then by position, the newest of those that have none.
    holding, licence = row.HoldingRow, row.LicenceRow
    unplaced = 1_000_000 - licence.issued_on.toordinal() + 1_000_000
    return (
        not holding.pinned,
        unplaced if holding.position is None else holding.position,
        licence.identifier,
    )


def _view(row: AnyRow, cipher: PiiCipher, now: datetime) -> Held:
    licence, person = row.LicenceRow, people.open_person(row.PersonRow, cipher)
    content = open_content(cipher, licence.id, licence.content_sealed)
    holder = Holder(person.name, person.id_number)
    fields = own_view(all_kinds()[licence.kind], content.fields, holder, photo_path=None)
    return Held(
        id=licence.id,
        kind=licence.kind,
        identifier=licence.identifier,
        version=licence.version,
        registry_code=licence.registry_code,
        status=current_status(licence, now),
        as_of=licence.as_of,
        freshness=freshness_of(licence, now),
        fields={shown.key: shown for shown in fields},
    )
