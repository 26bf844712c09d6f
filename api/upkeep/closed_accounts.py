"""Accounts that were closed, when nothing is left that they have to be kept for.

With the proof that its owner once agreed, and what a counter did, goes whatever a use of services left behind that was
told while the account was being closed: a row that still points to an account would keep all of them for ever.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotservices import rights as hotservices_rights
from identity.accounts import AccountRow
from identity.consent_texts import ConsentGivenRow
from identity.proofs.counter_rows import CounterCheckRow
from identity.retention import Rule, Witness


def _drop(session: Session, keys: Sequence[Any], _witness: Witness) -> None:
    hotservices_rights.forget_accounts(session, keys)
    for row in (ConsentGivenRow, CounterCheckRow):
        session.execute(delete(row).where(row.account_id.in_(keys)))
    session.execute(delete(AccountRow).where(AccountRow.id.in_(keys)))


RULE = Rule(
    "closed_accounts", lambda before: select(AccountRow.id).where(AccountRow.closed_at <= before), _drop
)
