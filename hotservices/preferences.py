"""What people choose for themselves: favourites (收藏), hidden services, personal ranking on or off.

A service is a favourite or hidden, never both: the later choice takes the place of the earlier.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, update
from sqlalchemy.orm import Session

from hotservices.catalogue import Catalogue
from hotservices.errors import ServiceNotFound
from hotservices.models import ImpersonalRankingRow, ServicePreferenceRow
from identity.accounts import AccountRow
from identity.ids import AccountId
from identity.orm import insert_or_skip
from identity.prepared import Executor, Prepared, Question

_CHOICE = (
    ServicePreferenceRow.service_code,
    ServicePreferenceRow.favourite_since,
    ServicePreferenceRow.hidden_since,
)
_CHOSEN = Prepared(select(*_CHOICE).where(ServicePreferenceRow.account_id == bindparam("account_id")))
# True of an account (`account_id`) whose ranking may use what is known of the person.
PERSONAL = ~exists().where(ImpersonalRankingRow.account_id == bindparam("account_id"))
# One row for an account that chose nothing, none for one whose ranking is not personal.
_CHOSEN_WHERE_PERSONAL = Prepared(
    select(*_CHOICE)
    .select_from(AccountRow)
    .outerjoin(ServicePreferenceRow, ServicePreferenceRow.account_id == AccountRow.id)
    .where(AccountRow.id == bindparam("account_id"), PERSONAL),
)
_CHOSEN_OF_ONE = Prepared(
    select(ServicePreferenceRow.favourite_since, ServicePreferenceRow.hidden_since).where(
        ServicePreferenceRow.account_id == bindparam("account_id"),
        ServicePreferenceRow.service_code == bindparam("service_code"),
    ),
)
_IMPERSONAL = Prepared(
    select(ImpersonalRankingRow.since).where(ImpersonalRankingRow.account_id == bindparam("account_id")),
)


@dataclass(frozen=True, slots=True)
class Preferences:
    """An account's choices by service code; favourites with the newest first."""

    favourites: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Marks:
    """What an account chose for one service."""

    code: str
    favourite: bool
    hidden: bool


def of(session: Executor, account_id: AccountId) -> Preferences:
    """Return an account's choices."""
    return _preferences(_CHOSEN.all(session, account_id=account_id))


def where_personal(account_id: AccountId) -> Question[Preferences | None]:
    """Ask for the same; None, with nothing read, for an account that turned personal ranking off."""
    return Question(_CHOSEN_WHERE_PERSONAL, {"account_id": account_id}, _preferences_if_any)


def _preferences_if_any(rows: Sequence[Any]) -> Preferences | None:
    return _preferences([row for row in rows if row.service_code is not None]) if rows else None


def _preferences(rows: Sequence[Any]) -> Preferences:
    favourites = sorted(
        ((row.favourite_since, row.service_code) for row in rows if row.favourite_since is not None),
        reverse=True,
    )
    return Preferences(
        favourites=tuple(code for _, code in favourites),
        hidden=frozenset(row.service_code for row in rows if row.hidden_since is not None),
    )


def marks(session: Executor, account_id: AccountId, code: str) -> Marks:
    """Return what an account chose for a service."""
    row = _CHOSEN_OF_ONE.first(session, account_id=account_id, service_code=code)
    return Marks(
        code=code,
        favourite=row is not None and row.favourite_since is not None,
        hidden=row is not None and row.hidden_since is not None,
    )


def set_favourite(
    session: Session, catalogue: Catalogue, account_id: AccountId, code: str, *, on: bool, now: datetime
) -> Marks:
    """Make a service a favourite, or no longer. Raises ServiceNotFound."""
    _require(session, catalogue, account_id, code)
    return _choose(session, account_id, code, on, {"favourite_since": now, "hidden_since": None})


def set_hidden(
    session: Session, catalogue: Catalogue, account_id: AccountId, code: str, *, on: bool, now: datetime
) -> Marks:
    """Hide a service from an account's list, or no longer. Raises ServiceNotFound."""
    _require(session, catalogue, account_id, code)
    return _choose(session, account_id, code, on, {"favourite_since": None, "hidden_since": now})


def is_personal(account_id: AccountId) -> Question[bool]:
    """Ask whether an account's ranking may use what is known of the person."""
    return Question(_IMPERSONAL, {"account_id": account_id}, lambda rows: not rows)


def set_personal(session: Session, account_id: AccountId, on: bool, now: datetime) -> None:
    """Turn personal ranking on or off."""
    if on:
        session.execute(delete(ImpersonalRankingRow).where(ImpersonalRankingRow.account_id == account_id))
    else:
        insert_or_skip(session, ImpersonalRankingRow, {"account_id": account_id, "since": now})


def _require(session: Session, catalogue: Catalogue, account_id: AccountId, code: str) -> None:
    """Raise ServiceNotFound, unless the service is in the catalogue, or was when the account chose it."""
    if code not in catalogue.services and session.get(ServicePreferenceRow, (account_id, code)) is None:
        raise ServiceNotFound


def _choose(session: Session, account_id: AccountId, code: str, on: bool, chosen: dict[str, Any]) -> Marks:
    (column,) = (name for name, since in chosen.items() if since is not None)
    mine = (ServicePreferenceRow.account_id == account_id, ServicePreferenceRow.service_code == code)
    since = getattr(ServicePreferenceRow, column)
    key = {"account_id": account_id, "service_code": code}
    if not on:
        session.execute(delete(ServicePreferenceRow).where(*mine, since.is_not(None)))
    elif not insert_or_skip(session, ServicePreferenceRow, key | chosen):
        # Choosing the same again leaves the place among the favourites as it is.
        session.execute(update(ServicePreferenceRow).where(*mine, since.is_(None)).values(chosen))
    return marks(session, account_id, code)
