"""What can be said of a holder's licences in brief: to order services by, and to tell what is held."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select

from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId
from identity.prepared import Executor, Prepared
from wallet.kinds import all_kinds
from wallet.licences import current_status, inspection_day
from wallet.models import HoldingRow, LicenceRow, open_content
from wallet.status import LicenceStatus

_BRIEFS = Prepared(
    select(
        LicenceRow.id,
        LicenceRow.kind,
        LicenceRow.registry_status,
        LicenceRow.valid_from,
        LicenceRow.valid_to,
    )
    .join(HoldingRow, HoldingRow.licence_id == LicenceRow.id)
    .where(HoldingRow.person_id == bindparam("person_id"))
    .order_by(LicenceRow.kind, LicenceRow.id),
)
_CONTENTS = Prepared(
    select(LicenceRow.id, LicenceRow.content_sealed)
    .join(HoldingRow, HoldingRow.licence_id == LicenceRow.id)
    .where(HoldingRow.person_id == bindparam("person_id"), LicenceRow.kind == bindparam("kind")),
)
# What time alone decides on.
RUNNING_THEIR_TIME = {LicenceStatus.NOT_YET_VALID, LicenceStatus.VALID, LicenceStatus.EXPIRED}


@dataclass(frozen=True, slots=True)
class Brief:
    """What can be said of a licence without opening what lies sealed in it.

    `withdrawn` is what its registry has suspended or taken back, or what another has taken the place of.
    """

    id: str
    kind: str
    title: str
    valid_to: date | None
    showable: bool
    withdrawn: bool


def of(session: Executor, person_id: PersonId, now: datetime) -> list[Brief]:
    """Return a person's licences in brief."""
    return [_brief(row, now) for row in _BRIEFS.all(session, person_id=person_id)]


def _brief(row: Any, now: datetime) -> Brief:
    return Brief(
        row.id,
        row.kind,
        all_kinds()[row.kind].title,
        row.valid_to,
        showable=current_status(row, now) is LicenceStatus.VALID,
        # The registry's own word: of what was revoked and has ended since, the status says that it has ended.
        withdrawn=LicenceStatus(row.registry_status) not in RUNNING_THEIR_TIME,
    )


def inspection_days(
    session: Executor, cipher: PiiCipher, person_id: PersonId, kind: str
) -> dict[str, date | None]:
    """Return the last day of the inspection of what each licence of a kind is for, by the licence's id."""
    return {
        row.id: inspection_day(open_content(cipher, row.id, row.content_sealed))
        for row in _CONTENTS.all(session, person_id=person_id, kind=kind)
    }
