"""Handing a form in: every locked value is asked for again, and what is handed in is what registries say now.

In this order: what is wrong or missing is told before anybody is asked; registries are asked outside any transaction;
what they say is kept, whatever comes of it; then one conditional write turns the draft into what was submitted, in
the transaction that opens its case.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from identity import people
from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId
from wallet import syncing
from wallet.errors import LicenceNotFound
from wallet.forms import drafts, filling, validating
from wallet.forms.drafts import Draft
from wallet.forms.errors import DraftChanged, DraftFieldsWrong, Fault
from wallet.forms.filling import Sources
from wallet.forms.linking import Parties
from wallet.forms.models import Content, DraftRow, DraftStatus, Entry, Origin, open_draft
from wallet.forms.parties import Owner, Party
from wallet.forms.templates import Form, FormField
from wallet.forms.validating import Terms
from wallet.registries.asking import RegistryDesk
from wallet.registries.protocol import RegistryRecord
from wallet.status import LicenceStatus
from wallet.syncing import Source


@dataclass(frozen=True, slots=True)
class Question:
    """A licence to be asked for again: where, and under whose number."""

    person_id: PersonId
    number: str
    source: Source


@dataclass(frozen=True, slots=True)
class Submitted:
    """A value as it was handed in. Locked ones were the same when their source was asked again."""

    key: str
    label_zh: str
    value: Any
    locked: bool
    origin: Origin | None


def faults(form: Form, content: Content, terms: Terms) -> dict[str, Fault]:
    """Return what keeps a form from being handed in, by field; an essential licence by its kind."""
    found = {
        gap.material.kind: Fault(f"须先关联{gap.material.title}", f"Link the {gap.material.kind} first.")
        for gap in filling.missing(form, content)
        if gap.material.essential
    }
    for field in form.fields:
        fault = _fault(field, content, terms)
        if fault is not None:
            found[field.key] = fault
    return found


def require_ready(draft: Draft, terms: Terms) -> None:
    """Raise DraftFieldsWrong while anything is missing or wrong."""
    found = faults(draft.form, draft.filled, terms)
    if found:
        raise DraftFieldsWrong(found)


def questions(session: Session, cipher: PiiCipher, draft: Draft, parties: Parties) -> list[Question]:
    """Return which licences have to be asked for again. One that has left its wallet is none: comparing will tell."""
    asked: dict[str, Question] = {}
    for entry in draft.filled.entries.values():
        origin = entry.origin
        if not entry.locked or origin is None or origin.licence_id is None or origin.licence_id in asked:
            continue
        person_id = parties.get(Party(origin.party))
        with suppress(LicenceNotFound):
            asked[origin.licence_id] = _question(session, cipher, person_id, origin.licence_id)
    return list(asked.values())


def ask(registries: RegistryDesk, asked: Sequence[Question]) -> list[RegistryRecord | None]:
    """Ask for licences side by side, outside any transaction.

    Raises RegistryUnavailable when any registry does not answer: what nobody could check is not handed in.
    """
    if not asked:
        return []

    def one(question: Question) -> RegistryRecord | None:
        source = question.source
        return registries.ask_one(source.registry_code, source.identifier, holder_number=question.number)

    with ThreadPoolExecutor(len(asked)) as threads:
        return list(threads.map(one, asked))


def replaced(asked: Sequence[Question], records: Sequence[RegistryRecord | None]) -> dict[PersonId, str]:
    """Return the numbers of those who may hold another licence by now: one of theirs is gone, or not valid any more."""
    return {
        question.person_id: question.number
        for question, record in zip(asked, records, strict=True)
        if record is None or record.status is not LicenceStatus.VALID
    }


def store(
    session: Session,
    cipher: PiiCipher,
    asked: Sequence[Question],
    records: Sequence[RegistryRecord | None],
    now: datetime,
) -> None:
    """Write what registries said of the licences that were asked for again."""
    for question, record in zip(asked, records, strict=True):
        if record is None:
            syncing.forget_holding(session, cipher, question.person_id, question.source, now)
        else:
            syncing.store_record(session, cipher, record, now)


def compare(
    session: Session, cipher: PiiCipher, row: DraftRow, form: Form, sources: Sources, *, now: datetime
) -> tuple[Draft, list[str]]:
    """Fill a locked row with what its sources say now; return it, and which locked values were different."""
    before = open_draft(cipher, row.id, row.content_sealed)
    after = filling.fill(form, before, sources, anew=True)
    changed = [
        key
        for key, entry in before.entries.items()
        if entry.locked and after.entries.get(key, Entry(None)).value != entry.value
    ]
    return drafts.save(session, cipher, row, after, now), changed


def claim(session: Session, owner: Owner, draft: Draft, now: datetime) -> None:
    """Turn a draft into what was submitted, once. Raises DraftChanged when it is not what was checked."""
    claimed = session.scalar(
        update(DraftRow)
        .where(
            DraftRow.id == draft.id,
            DraftRow.actor_person_id == owner.actor_id,
            DraftRow.person_id == owner.person_id,
            DraftRow.status == DraftStatus.DRAFT,
            DraftRow.version == draft.version,
        )
        .values(status=DraftStatus.SUBMITTED, submitted_at=now, updated_at=now)
        .returning(DraftRow.id)
        .execution_options(synchronize_session=False),
    )
    if claimed is None:
        raise DraftChanged


def note_case(session: Session, draft: Draft, case_id: str) -> None:
    """Keep which case a submitted draft has become."""
    session.execute(update(DraftRow).where(DraftRow.id == draft.id).values(case_id=case_id))


def handed_in(draft: Draft) -> list[Submitted]:
    """Return what a draft hands to the department: the values that are asked for, and no others."""
    values: Mapping[str, Any] = draft.filled.values
    handed = []
    for field in draft.form.fields:
        entry = draft.filled.entries.get(field.key)
        if entry is not None and entry.value is not None and field.applies(values):
            handed.append(Submitted(field.key, field.label.zh, entry.value, entry.locked, entry.origin))
    return handed


def _fault(field: FormField, content: Content, terms: Terms) -> Fault | None:
    entry = content.entries.get(field.key)
    if not field.applies(content.values):
        return None
    if entry is None or entry.value is None:
        return validating.REQUIRED if field.required else None
    return validating.judge(field, entry.value, terms)


def _question(session: Session, cipher: PiiCipher, person_id: PersonId | None, licence_id: str) -> Question:
    if person_id is None:
        raise LicenceNotFound
    source = syncing.source_of(session, person_id, licence_id)
    return Question(person_id, people.number_of(session, cipher, person_id), source)
