"""Reminders: a licence that ends is told of sixty days before its last day, and ten days before it."""

from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from identity import notices
from identity.clock import civil_date
from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId
from identity.notices import NoticeKind
from identity.orm import AnySelect
from wallet.kinds import all_kinds
from wallet.models import HoldingRow, LicenceRow
from wallet.status import LicenceStatus

# Days before the last day, the earliest first.
EARLY, LATE = 60, 10


def remind(session: Session, cipher: PiiCipher, now: datetime, limit: int) -> int:
    """Tell at most `limit` holders of what ends; return of how many licences they were told.

    Each is told once for each of the two days, however many tell at the same time and whatever day they begin:
    one conditional write claims it. A licence that got another last day is told of anew.
    """
    today = civil_date(now)
    told = 0
    for holding, licence in session.execute(_due(today).limit(limit)).all():
        days = LATE if licence.valid_to <= today + timedelta(days=LATE) else EARLY
        if _claim(session, holding.person_id, licence, days):
            about = {
                "licence": all_kinds()[licence.kind].title,
                "licence_id": licence.id,
                "valid_to": licence.valid_to.isoformat(),
            }
            person_id, kind = PersonId(holding.person_id), NoticeKind.LICENCE_EXPIRING
            notices.tell(session, cipher, person_id=person_id, kind=kind, about=about, now=now)
            told += 1
    return told


def _due(today: date) -> AnySelect:
    late = and_(LicenceRow.valid_to <= today + timedelta(days=LATE), HoldingRow.reminded_days > LATE)
    untold = or_(HoldingRow.reminded_of.is_(None), HoldingRow.reminded_of != LicenceRow.valid_to, late)
    return (
        select(HoldingRow, LicenceRow)
        .join(LicenceRow, LicenceRow.id == HoldingRow.licence_id)
        .where(
            LicenceRow.registry_status == LicenceStatus.VALID,
            LicenceRow.superseded_by.is_(None),
            LicenceRow.valid_to.between(today, today + timedelta(days=EARLY)),
            untold,
        )
        .order_by(HoldingRow.person_id, HoldingRow.licence_id)
    )


def _claim(session: Session, person_id: str, licence: LicenceRow, days: int) -> bool:
    untold = or_(
        HoldingRow.reminded_of.is_(None),
        HoldingRow.reminded_of != licence.valid_to,
        HoldingRow.reminded_days > days,
    )
    mine = (HoldingRow.person_id == person_id, HoldingRow.licence_id == licence.id)
    return bool(
        session.scalar(
            update(HoldingRow)
            .where(*mine, untold)
            .values(reminded_of=licence.valid_to, reminded_days=days)
            .returning(HoldingRow.licence_id)
            .execution_options(synchronize_session=False),
        ),
    )
