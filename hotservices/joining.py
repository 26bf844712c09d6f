"""Two accounts of one person become one: what was chosen in the one is kept in the other."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hotservices.cases.models import CaseRow
from hotservices.models import ImpersonalRankingRow, ServicePreferenceRow
from hotservices.reviews.models import ReviewRow
from hotservices.usage.models import UsageReceiptRow, UsageStateRow
from identity.ids import AccountId
from identity.orm import insert_or_skip


def merge(session: Session, from_id: AccountId, to_id: AccountId) -> None:
    """Take over cases, reviews, favourites and what is hidden where the account chose nothing itself, and a ranking turned off.

    What was learnt of the other account's use is forgotten: two states can't be added up.
    """
    theirs = ServicePreferenceRow.account_id == from_id
    for row in session.scalars(select(ServicePreferenceRow).where(theirs)).all():
        key = {"account_id": to_id, "service_code": row.service_code}
        chosen = {"favourite_since": row.favourite_since, "hidden_since": row.hidden_since}
        insert_or_skip(session, ServicePreferenceRow, key | chosen)
    session.execute(update(CaseRow).where(CaseRow.account_id == from_id).values(account_id=to_id))
    session.execute(update(ReviewRow).where(ReviewRow.account_id == from_id).values(account_id=to_id))
    off = select(ImpersonalRankingRow.since).where(ImpersonalRankingRow.account_id == from_id)
    for since in session.scalars(off).all():
        insert_or_skip(session, ImpersonalRankingRow, {"account_id": to_id, "since": since})
    for table in (ServicePreferenceRow, ImpersonalRankingRow, UsageStateRow, UsageReceiptRow):
        session.execute(delete(table).where(table.account_id == from_id))
