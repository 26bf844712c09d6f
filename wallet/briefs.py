"""What can be said of a holder's licences in brief: to order services by, and to tell what is held."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, case, false, or_, select

from identity import people
from identity.accounts import AccountRow
from identity.crypto.cipher import PiiCipher
from identity.ids import AccountId, PersonId
from identity.people import PersonRow
from identity.prepared import Executor, Prepared, Question
from wallet.kinds import all_kinds
from wallet.licences import current_status, inspection_day
from wallet.models import HoldingRow, LicenceRow, open_content
from wallet.status import LicenceStatus

Condition = ColumnElement[bool]
_BRIEF = (
    LicenceRow.id,
    LicenceRow.kind,
    LicenceRow.registry_status,
    LicenceRow.valid_from,
    LicenceRow.valid_to,
)
_BRIEFS = Prepared(
    select(*_BRIEF)
    .join(HoldingRow, HoldingRow.licence_id == LicenceRow.id)
    .where(HoldingRow.person_id == bindparam("person_id"))
    .order_by(LicenceRow.kind, LicenceRow.id),
)
# Whose licences an account asks for.
_OWN: Condition = PersonRow.id == AccountRow.person_id
_PRINCIPAL: Condition = PersonRow.id == bindparam("principal_id")
# What time alone decides on.
RUNNING_THEIR_TIME = {LicenceStatus.NOT_YET_VALID, LicenceStatus.VALID, LicenceStatus.EXPIRED}


@dataclass(frozen=True, slots=True)
class Brief:
    """What can be said of a licence without opening what lies sealed in it.

    `withdrawn` is what its registry has suspended or taken back, or what another has taken the place of.
    `inspection_valid_to` is the one thing that lies sealed: the last day of the inspection of what the licence is for,
    known only of the kinds that were to be opened for it.
    """

    id: str
    kind: str
    title: str
    valid_to: date | None
    showable: bool
    withdrawn: bool
    inspection_valid_to: date | None = None


class Holder(NamedTuple):
    """A holder by their number, with their licences in brief; nobody has a number of whom no real name is bound."""

    number: str | None
    held: list[Brief]


def of(session: Executor, person_id: PersonId, now: datetime) -> list[Brief]:
    """Return a person's licences in brief."""
    return [_brief(row, now) for row in _BRIEFS.all(session, person_id=person_id)]


def holder(
    cipher: PiiCipher,
    account_id: AccountId,
    now: datetime,
    *,
    principal_id: PersonId | None = None,
    opened: Collection[str] = (),
    only_if: Condition,
) -> Question[Holder | None]:
    """Ask for the number and the licences in brief of an account's person, or of the principal that they act for.

    Only kinds to be `opened` are asked for their inspection. `only_if` is a condition of the database's on
    `account_id`: where it is not true, nothing is read, and the answer is None.
    """

    def read(rows: list[Any]) -> Holder | None:
        if not rows:
            return None
        held = [_brief(row, now, _inspected(cipher, row)) for row in rows if row.id is not None]
        of, number = rows[0].person_id, rows[0].number_sealed
        return Holder(people.open_number(cipher, of, number) if of else None, held)

    values = {"account_id": account_id}
    if principal_id is None:
        return Question(_of_holder(_OWN, frozenset(opened), only_if), values, read)
    return Question(
        _of_holder(_PRINCIPAL, frozenset(opened), only_if), values | {"principal_id": principal_id}, read
    )


@cache
def _of_holder(whose: Condition, opened: frozenset[str], only_if: Condition) -> Prepared:
    content = case((or_(false(), *(LicenceRow.kind == kind for kind in opened)), LicenceRow.content_sealed))
    return Prepared(
        select(
            PersonRow.id.label("person_id"), PersonRow.number_sealed, *_BRIEF, content.label("content_sealed")
        )
        .select_from(AccountRow)
        .outerjoin(PersonRow, whose)
        .outerjoin(HoldingRow, HoldingRow.person_id == PersonRow.id)
        .outerjoin(LicenceRow, LicenceRow.id == HoldingRow.licence_id)
        .where(AccountRow.id == bindparam("account_id"), only_if)
        .order_by(LicenceRow.kind, LicenceRow.id),
    )


def _inspected(cipher: PiiCipher, row: Any) -> date | None:
    if row.content_sealed is None:
        return None
    return inspection_day(open_content(cipher, row.id, row.content_sealed))


def _brief(row: Any, now: datetime, inspection_valid_to: date | None = None) -> Brief:
    return Brief(
        row.id,
        row.kind,
        all_kinds()[row.kind].title,
        row.valid_to,
        showable=current_status(row, now) is LicenceStatus.VALID,
        # The registry's own word: of what was revoked and has ended since, the status says that it has ended.
        withdrawn=LicenceStatus(row.registry_status) not in RUNNING_THEIR_TIME,
        inspection_valid_to=inspection_valid_to,
    )
