"""What becomes of a stored licence: the one place through which every change of its status passes.

A registry's event, a sync, a refresh and the sandbox's route all end here. Entries in status lists follow,
holders are told; running tokens read the licence's row and follow by themselves.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from identity import notices
from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId
from identity.notices import NoticeKind
from identity.orm import insert_or_skip
from wallet.kinds import all_kinds
from wallet.models import HoldingRow, LicenceRow
from wallet.status import LicenceStatus
from wallet.status_lists import entries, history

# What holders are told. Dates come and go by themselves: nobody is told that a licence has expired here.
_TOLD = {
    LicenceStatus.SUSPENDED: NoticeKind.LICENCE_SUSPENDED,
    LicenceStatus.REVOKED: NoticeKind.LICENCE_REVOKED,
    LicenceStatus.CANCELLED: NoticeKind.LICENCE_CANCELLED,
    LicenceStatus.SUPERSEDED: NoticeKind.LICENCE_SUPERSEDED,
    LicenceStatus.TRANSFERRED: NoticeKind.LICENCE_TRANSFERRED,
    LicenceStatus.VALID: NoticeKind.LICENCE_RESTORED,
}


def apply(
    session: Session,
    cipher: PiiCipher,
    row: LicenceRow,
    status: LicenceStatus,
    now: datetime,
) -> bool:
    """Give a stored licence the status that its registry told us of, and tell whether it is another."""
    if row.registry_status == status:
        return False
    before = LicenceStatus(row.registry_status)
    row.registry_status = status
    session.flush()
    history.note(session, row.id, before=before, after=status, now=now)
    if status in _TOLD:
        _tell(session, cipher, row, holders_of(session, row.id), kind=_TOLD[status], now=now)
    return True


def holders_of(session: Session, licence_id: str) -> list[PersonId]:
    """Return in whose wallets a licence lies."""
    query = select(HoldingRow.person_id).where(HoldingRow.licence_id == licence_id)
    return [PersonId(person_id) for person_id in session.scalars(query.order_by(HoldingRow.person_id))]


def end_holdings(
    session: Session,
    cipher: PiiCipher,
    row: LicenceRow,
    people: Collection[PersonId],
    now: datetime,
) -> None:
    """Take a licence out of the wallets of people who hold it no longer; their codes end with that."""
    session.execute(
        delete(HoldingRow).where(HoldingRow.licence_id == row.id, HoldingRow.person_id.in_(people)),
    )
    for person_id in people:
        entries.set_lost(session, person_id, [row.id], now, lost=True)
    _tell(session, cipher, row, people, kind=NoticeKind.LICENCE_TRANSFERRED, now=now)


def supersede(
    session: Session,
    cipher: PiiCipher,
    old: LicenceRow,
    new: LicenceRow,
    now: datetime,
) -> None:
    """Put a newer version in an older one's place: in every wallet, with the holder's own order kept."""
    apply(session, cipher, old, LicenceStatus.SUPERSEDED, now)
    old.superseded_by = new.id
    holdings = session.scalars(select(HoldingRow).where(HoldingRow.licence_id == old.id)).all()
    for holding in holdings:
        moved = {
            "person_id": holding.person_id,
            "licence_id": new.id,
            "pinned": holding.pinned,
            "hidden": holding.hidden,
            "position": holding.position,
        }
        insert_or_skip(session, HoldingRow, moved)
        entries.set_lost(session, PersonId(holding.person_id), [new.id], now, lost=False)
        session.delete(holding)
    session.flush()


def _tell(
    session: Session,
    cipher: PiiCipher,
    row: LicenceRow,
    people: Collection[PersonId],
    *,
    kind: NoticeKind,
    now: datetime,
) -> None:
    about = {"licence": all_kinds()[row.kind].title, "issuer": row.issuer_name}
    for person_id in people:
        notices.tell(session, cipher, person_id=person_id, kind=kind, about=about, now=now)
