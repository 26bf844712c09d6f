"""Corrections (证照纠错): a holder says that a registry has something wrong, and the issuing department answers.

The department's side of it is `wallet.forms.correction_desk`.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from identity.crypto.cipher import PiiCipher
from identity.errors import InvalidField
from identity.ids import PersonId, new_id
from identity.people import PersonRow
from wallet import licences
from wallet.disclosure import DisclosedField
from wallet.errors import LicenceNotFound
from wallet.forms.drafts import Draft
from wallet.forms.errors import CorrectionNotFound, TooManyCorrections
from wallet.forms.models import CorrectionRow, CorrectionStatus
from wallet.forms.parties import Owner
from wallet.forms.validating import FORMULA_BEGINS
from wallet.kinds import all_kinds
from wallet.models import LicenceRow

# Open reports of one person: every field of a licence or two, yet no flood.
MOST_OPEN = 50


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports: which field of which licence, what it should be, and why."""

    licence_id: str
    field: str
    proposed: str | None
    comment: str
    draft_id: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What lies sealed in a report's row. `value` is the field as its holder saw it."""

    value: str | None
    proposed: str | None
    comment: str
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """A report in clear."""

    id: str
    licence_id: str
    kind: str
    field: str
    registry_code: str
    draft_id: str | None
    status: CorrectionStatus
    told: Told
    created_at: datetime
    closed_at: datetime | None

    @property
    def title(self) -> str:
        """What the licence is called."""
        return all_kinds()[self.kind].title

    @property
    def label(self) -> str:
        """What the field is called."""
        return next(field.label for field in all_kinds()[self.kind].fields if field.key == self.field)


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """A page of somebody's own reports, the newest first; `next_cursor` is None at its end."""

    items: list[Correction]
    next_cursor: str | None


def of_draft(draft: Draft, key: str, proposed: str | None, comment: str) -> Report:
    """Return a report of what a draft's field was filled with. Raises InvalidField where no licence filled it."""
    entry = draft.filled.entries.get(key)
    if entry is None or entry.origin is None or entry.origin.licence_id is None:
        raise InvalidField(
            field="field",
            message_zh="该项不是由证照带入的",
            message_en="No licence has filled this field.",
        )
    return Report(entry.origin.licence_id, entry.origin.field, proposed, comment, draft.id)


def report(session: Session, cipher: PiiCipher, owner: Owner, said: Report, now: datetime) -> Correction:
    """Keep a report of a licence in the principal's wallet, or, of a draft, in the actor's own.

    Raises LicenceNotFound, InvalidField, TooManyCorrections.
    """
    _require_plain(proposed=said.proposed, comment=said.comment)
    wallets = {owner.person_id, owner.actor_id} if said.draft_id else {owner.person_id}
    person_id, shown = _shown(session, cipher, wallets, said, now)
    # Locked, so that what one person reports at once is counted.
    session.execute(
        select(PersonRow.id).where(PersonRow.id == owner.actor_id).with_for_update(key_share=True)
    )
    mine = (CorrectionRow.actor_person_id == owner.actor_id, CorrectionRow.status == CorrectionStatus.OPEN)
    if len(session.scalars(select(CorrectionRow.id).where(*mine)).all()) >= MOST_OPEN:
        raise TooManyCorrections
    licence = session.get_one(LicenceRow, said.licence_id)
    row = CorrectionRow(
        id=new_id(),
        person_id=person_id,
        actor_person_id=owner.actor_id,
        licence_id=licence.id,
        kind=licence.kind,
        registry_code=licence.registry_code,
        field=said.field,
        draft_id=said.draft_id,
        status=CorrectionStatus.OPEN,
        created_at=now,
    )
    told = Told(_as_text(shown), said.proposed, said.comment)
    row.content_sealed = seal_told(cipher, row.id, told)
    session.add(row)
    session.flush()
    return view(cipher, row)


def of_owner(
    session: Session, cipher: PiiCipher, owner: Owner, *, limit: int, cursor: str | None
) -> CorrectionPage:
    """Return what somebody has reported as they act now; `cursor` is the last id of the page before."""
    query = select(CorrectionRow).where(_theirs(owner))
    if cursor:
        query = query.where(CorrectionRow.id < cursor)
    rows = list(session.scalars(query.order_by(CorrectionRow.id.desc()).limit(limit + 1)))
    items = [view(cipher, row) for row in rows[:limit]]
    return CorrectionPage(items, items[-1].id if len(rows) > limit else None)


def one_of_owner(session: Session, cipher: PiiCipher, owner: Owner, correction_id: str) -> Correction:
    """Return one of somebody's own reports. Raises CorrectionNotFound."""
    row = session.scalar(select(CorrectionRow).where(_theirs(owner), CorrectionRow.id == correction_id))
    if row is None:
        raise CorrectionNotFound
    return view(cipher, row)


def _theirs(owner: Owner) -> ColumnElement[bool]:
    # Of a draft for an enterprise, a report may be about the actor's own licence.
    own = CorrectionRow.actor_person_id == owner.actor_id
    of_draft = (CorrectionRow.person_id == owner.actor_id) & CorrectionRow.draft_id.is_not(None)
    return own & or_(CorrectionRow.person_id == owner.person_id, of_draft)


def _shown(
    session: Session, cipher: PiiCipher, wallets: set[PersonId], said: Report, now: datetime
) -> tuple[PersonId, DisclosedField]:
    for person_id in wallets:
        try:
            licence = licences.get_held(session, cipher, person_id, said.licence_id, now)
        except LicenceNotFound:
            continue
        for field in licence.fields or ():
            if field.key == said.field:
                return person_id, field
        raise InvalidField(
            field="field", message_zh="证照没有这一项", message_en="The licence has no such field."
        )
    raise LicenceNotFound


def _as_text(shown: DisclosedField) -> str | None:
    if shown.value is None or shown.type == "image":
        return None
    return "；".join(map(str, shown.value)) if isinstance(shown.value, list) else str(shown.value)


def _require_plain(**texts: str | None) -> None:
    # The department's list is opened with a spreadsheet, too.
    for name, text in texts.items():
        if text is not None and text.strip().startswith(FORMULA_BEGINS):
            raise InvalidField(
                field=name,
                message_zh="不能以 = + - @ 开头",
                message_en="Must not begin with = + - or @.",
            )


def view(cipher: PiiCipher, row: CorrectionRow) -> Correction:
    """Return a report in clear."""
    return Correction(
        id=row.id,
        licence_id=row.licence_id,
        kind=row.kind,
        field=row.field,
        registry_code=row.registry_code,
        draft_id=row.draft_id,
        status=CorrectionStatus(row.status),
        told=open_told(cipher, row),
        created_at=row.created_at,
        closed_at=row.closed_at,
    )


def seal_told(cipher: PiiCipher, correction_id: str, told: Told) -> bytes:
    """Seal what a report says for its row."""
    return cipher.seal(json.dumps(asdict(told), ensure_ascii=False), f"corrections.content:{correction_id}")


def open_told(cipher: PiiCipher, row: CorrectionRow) -> Told:
    """Return what lies sealed in a report's row."""
    return Told(**json.loads(cipher.open(row.content_sealed, f"corrections.content:{row.id}")))
