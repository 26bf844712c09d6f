"""What is held on a person's use of services, copied and erased (see `identity.personal_data`)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hotservices import preferences
from hotservices.cases import rights as cases
from hotservices.models import ImpersonalRankingRow, ServicePreferenceRow
from hotservices.reviews import rights as reviews
from hotservices.reviews.models import ReviewRow
from hotservices.signals.people import COUNT, FIRST_AT, LAST_AT
from hotservices.usage import states
from hotservices.usage.models import RankedServiceRow, UsageReceiptRow, UsageStateRow
from identity.ids import AccountId
from identity.personal_data import Asked, Part


def forget_accounts(session: Session, account_ids: Sequence[AccountId]) -> None:
    """Let nothing point to some accounts any more; whose they were has been erased long ago."""
    for row in (UsageStateRow, UsageReceiptRow, ServicePreferenceRow, ImpersonalRankingRow):
        session.execute(delete(row).where(row.account_id.in_(account_ids)))
    session.execute(update(ReviewRow).where(ReviewRow.account_id.in_(account_ids)).values(account_id=None))


def _preferences(asked: Asked) -> dict[str, Any]:
    chosen = preferences.of(asked.session, asked.subject.account_id)
    return {
        "favourites": list(chosen.favourites),
        "hidden": sorted(chosen.hidden),
        "personalised": preferences.is_personal(asked.subject.account_id).ask(asked.session),
    }


def _forget_preferences(asked: Asked) -> None:
    for row in (ServicePreferenceRow, ImpersonalRankingRow):
        asked.session.execute(delete(row).where(row.account_id == asked.subject.account_id))


def _usage(asked: Asked) -> dict[str, Any]:
    account_id = asked.subject.account_id
    person = states.open_person(states.packed(asked.session, asked.cipher, account_id))
    codes = {row.place: row.code for row in asked.session.scalars(select(RankedServiceRow))}
    facts = person.fact_table()
    reported = select(UsageReceiptRow.received_at).where(UsageReceiptRow.account_id == account_id)
    return {
        "services": [
            {
                "service_code": codes.get(item),
                "times": int(facts[COUNT][place]),
                "first_at": datetime.fromtimestamp(int(facts[FIRST_AT][place]), UTC),
                "last_at": datetime.fromtimestamp(int(facts[LAST_AT][place]), UTC),
            }
            for place, item in enumerate(person.items)
        ],
        "events_received_at": list(asked.session.scalars(reported.order_by(UsageReceiptRow.received_at))),
    }


def _forget_usage(asked: Asked) -> None:
    # The state first, as who records an event locks it first.
    for row in (UsageStateRow, UsageReceiptRow):
        asked.session.execute(delete(row).where(row.account_id == asked.subject.account_id))


PARTS = (
    *reviews.PARTS,
    *cases.PARTS,
    Part(
        "service_preferences",
        frozenset({"service_preferences", "impersonal_rankings"}),
        _preferences,
        _forget_preferences,
    ),
    Part("service_usage", frozenset({"usage_states", "usage_receipts"}), _usage, _forget_usage),
)
