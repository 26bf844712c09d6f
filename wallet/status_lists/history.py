"""What licences were, and when that changed: kept for scans that are reconciled afterwards."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.ids import new_id
from wallet.status import LicenceStatus
from wallet.status_lists import entries
from wallet.status_lists.models import LicenceStatusChangeRow


def note(
    session: Session,
    licence_id: str,
    *,
    before: LicenceStatus,
    after: LicenceStatus,
    now: datetime,
) -> None:
    """Note a change of a licence's status, and let its entries in status lists follow.

    To be called after the licence's row was changed, in the same transaction.
    """
    if before == after:
        return
    session.add(
        LicenceStatusChangeRow(id=new_id(), licence_id=licence_id, before=before, after=after, at=now)
    )
    session.flush()
    entries.licence_changed(session, licence_id, now)


def status_at(session: Session, licence_id: str, current: LicenceStatus, at: datetime) -> LicenceStatus:
    """Return what a licence's registry said of it at an instant, `current` being what it says today."""
    first_after = (
        select(LicenceStatusChangeRow.before)
        .where(LicenceStatusChangeRow.licence_id == licence_id, LicenceStatusChangeRow.at > at)
        .order_by(LicenceStatusChangeRow.at, LicenceStatusChangeRow.id)
        .limit(1)
    )
    return LicenceStatus(session.scalar(first_after) or current)
