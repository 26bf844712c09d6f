"""Drafts (草稿): begun, looked at, edited, filled anew and thrown away by who made them, for whom they made them.

Every change is made on the row under its lock, and touches the fields that it names and no other: two phones that
edit different fields lose nothing. Who wants to be sure of the rest says which `version` they saw.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from identity.crypto.cipher import PiiCipher
from identity.ids import new_id
from wallet.forms import filling, templates, validating
from wallet.forms.errors import DraftChanged, DraftFieldsWrong, DraftNotFound, DraftSubmitted, Fault
from wallet.forms.filling import Sources
from wallet.forms.models import Content, DraftRow, DraftStatus, Entry, Unreached, open_draft, seal_draft
from wallet.forms.parties import Owner
from wallet.forms.templates import Form
from wallet.forms.validating import Terms


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft in clear. `content` is None in lists."""

    id: str
    form: Form
    status: DraftStatus
    version: int
    case_id: str | None
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    content: Content | None

    @property
    def filled(self) -> Content:
        """Its content, where it was read."""
        return self.content or Content()


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A page of drafts, the newest first; `next_cursor` is None at its end."""

    items: list[Draft]
    next_cursor: str | None


def begin(
    session: Session,
    cipher: PiiCipher,
    owner: Owner,
    form: Form,
    content: Content,
    *,
    now: datetime,
) -> Draft:
    """Keep a form that has just been filled."""
    draft_id = new_id()
    row = DraftRow(
        id=draft_id,
        form_code=form.code,
        person_id=owner.person_id,
        actor_person_id=owner.actor_id,
        organisation_id=owner.organisation_id,
        status=DraftStatus.DRAFT,
        version=1,
        content_sealed=seal_draft(cipher, draft_id, content),
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    return _view(row, content)


def get(session: Session, cipher: PiiCipher, owner: Owner, draft_id: str, alive_since: datetime) -> Draft:
    """Return one of somebody's drafts. Raises DraftNotFound, also when its time is over."""
    row = session.scalar(_own(owner, alive_since).where(DraftRow.id == draft_id))
    if row is None:
        raise DraftNotFound
    return _opened(cipher, row)


def of_owner(
    session: Session, owner: Owner, alive_since: datetime, *, limit: int, cursor: str | None
) -> DraftPage:
    """Return somebody's drafts without what is in them; `cursor` is the last id of the page before."""
    query = _own(owner, alive_since)
    if cursor:
        query = query.where(DraftRow.id < cursor)
    rows = list(session.scalars(query.order_by(DraftRow.id.desc()).limit(limit + 1)))
    shown = rows[:limit]
    return DraftPage([_view(row, None) for row in shown], shown[-1].id if len(rows) > limit else None)


def locked(
    session: Session, owner: Owner, draft_id: str, alive_since: datetime, version: int | None
) -> DraftRow:
    """Return the row of a draft that may still be changed, under its lock.

    Raises DraftNotFound, DraftSubmitted, DraftChanged.
    """
    query = _own(owner, alive_since).where(DraftRow.id == draft_id)
    row = session.scalar(query.with_for_update())
    if row is None:
        raise DraftNotFound
    if row.status != DraftStatus.DRAFT:
        raise DraftSubmitted
    if version is not None and version != row.version:
        raise DraftChanged
    return row


def edit(
    session: Session,
    cipher: PiiCipher,
    row: DraftRow,
    typed: Mapping[str, Any],
    *,
    sources: Sources,
    terms: Terms,
    now: datetime,
) -> Draft:
    """Write what somebody typed into a locked row, all of it or nothing. Raises DraftFieldsWrong."""
    form, content = templates.get(row.form_code), open_draft(cipher, row.id, row.content_sealed)
    entries, faults = dict(content.entries), {}
    for key, raw in typed.items():
        entry = _typed(form, content, key, raw, terms)
        if isinstance(entry, Fault):
            faults[key] = entry
        else:
            entries[key] = entry
    if faults:
        raise DraftFieldsWrong(faults)
    filled = filling.fill(form, replace(content, entries=entries), sources, anew=False)
    return save(session, cipher, row, filled, now)


def refill(
    session: Session,
    cipher: PiiCipher,
    row: DraftRow,
    sources: Sources,
    *,
    unreached: tuple[Unreached, ...],
    now: datetime,
) -> Draft:
    """Fill a locked row anew from what its sources say now."""
    form, content = templates.get(row.form_code), open_draft(cipher, row.id, row.content_sealed)
    filled = filling.fill(form, replace(content, unreached=unreached), sources, anew=True)
    return save(session, cipher, row, filled, now)


def save(session: Session, cipher: PiiCipher, row: DraftRow, content: Content, now: datetime) -> Draft:
    """Keep the next version of a locked row's content."""
    row.content_sealed = seal_draft(cipher, row.id, content)
    row.version += 1
    row.updated_at = now
    session.flush()
    return _view(row, content)


def discard(session: Session, row: DraftRow) -> None:
    """Throw a locked row away, with all that is in it."""
    session.execute(delete(DraftRow).where(DraftRow.id == row.id))


def _typed(form: Form, content: Content, key: str, raw: Any, terms: Terms) -> Entry | Fault:
    field, before = form.field(key), content.entries.get(key)
    if field is None:
        return validating.UNKNOWN
    if before is not None and before.locked:
        return validating.LOCKED
    if raw is None or (isinstance(raw, str) and not raw.strip(" \u3000")):
        return Entry(None)
    value = validating.read_typed(field, raw, terms)
    return value if isinstance(value, Fault) else Entry(value)


def _own(owner: Owner, alive_since: datetime) -> Select[DraftRow]:
    return select(DraftRow).where(
        DraftRow.actor_person_id == owner.actor_id,
        DraftRow.person_id == owner.person_id,
        DraftRow.updated_at > alive_since,
    )


def _opened(cipher: PiiCipher, row: DraftRow) -> Draft:
    return _view(row, open_draft(cipher, row.id, row.content_sealed))


def _view(row: DraftRow, content: Content | None) -> Draft:
    return Draft(
        id=row.id,
        form=templates.get(row.form_code),
        status=DraftStatus(row.status),
        version=row.version,
        case_id=row.case_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        submitted_at=row.submitted_at,
        content=content,
    )
