"""Using a consent: whether it may be used, and counting that it is, by one conditional write."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from identity import ties
from identity.acting import DEPENDANT, Tie
from identity.crypto.cipher import PiiCipher
from identity.errors import DomainError
from identity.ids import PersonId
from identity.people import PersonRow
from identity.prepared import Prepared
from wallet.enterprise.consents import ConsentStatus, status_of
from wallet.enterprise.errors import ConsentExpired, ConsentRequired, ConsentUsedUp, ConsentWithdrawn
from wallet.enterprise.models import ConsentRow
from wallet.errors import WalletFrozen

REFUSALS: dict[ConsentStatus, type[DomainError]] = {
    ConsentStatus.WITHDRAWN: ConsentWithdrawn,
    ConsentStatus.EXPIRED: ConsentExpired,
    ConsentStatus.USED_UP: ConsentUsedUp,
    ConsentStatus.SUSPENDED: WalletFrozen,
}


_USABLE = Prepared(
    select(
        ConsentRow.id,
        ConsentRow.client_id,
        ConsentRow.organisation_id,
        ConsentRow.person_id,
        ConsentRow.purpose_code,
        ConsentRow.purpose_text,
        ConsentRow.items,
        ConsentRow.uses,
        ConsentRow.used,
        ConsentRow.expires_at,
        ConsentRow.ended_at,
        ConsentRow.actor,
        ConsentRow.actor_person_id,
        ConsentRow.tie_id,
        PersonRow.name_sealed,
        PersonRow.number_sealed,
        PersonRow.wallet_frozen_at,
    )
    .join(PersonRow, PersonRow.id == ConsentRow.person_id)
    .where(ConsentRow.id == bindparam("consent_id"), ConsentRow.client_id == bindparam("client_id")),
)
_COUNT = Prepared(
    update(ConsentRow)
    .where(
        ConsentRow.id == bindparam("consent_id"),
        ConsentRow.ended_at.is_(None),
        ConsentRow.expires_at > bindparam("now"),
        ConsentRow.used < ConsentRow.uses,
        ~select(PersonRow.id)
        .where(PersonRow.id == ConsentRow.person_id, PersonRow.wallet_frozen_at.is_not(None))
        .exists(),
    )
    .values(used=ConsentRow.used + 1)
    .returning(ConsentRow.used),
)


def find(session: Session, client_id: str, consent_id: str) -> Any:
    """Return a consent to this client, with what is sealed of its holder; None where there is none."""
    return _USABLE.first(session, consent_id=consent_id, client_id=client_id)


def usable(session: Session, cipher: PiiCipher, client_id: str, consent_id: str, now: datetime) -> Any:
    """Return a consent that this client may use, as `find` has it.

    Raises ConsentRequired (also when it is another client's), ConsentWithdrawn (also when whoever gave it for
    somebody else no longer acts for them), ConsentExpired, ConsentUsedUp, WalletFrozen.
    """
    row = find(session, client_id, consent_id)
    if row is None:
        raise ConsentRequired
    _require_usable(row, now)
    if row.tie_id is not None:
        _require_tie(session, cipher, row, now)
    return row


def count(session: Session, consent: Any, now: datetime) -> None:
    """Count a use, if there is one left at this very moment. Raises what `usable` raises."""
    if _COUNT.first(session, consent_id=consent.id, now=now) is None:
        # Somebody was there first: what they did is the reason.
        _require_usable(find(session, consent.client_id, consent.id), now)
        raise ConsentUsedUp


def _require_usable(row: Any, now: datetime) -> None:
    status = status_of(row, row.wallet_frozen_at, now)
    if status is not ConsentStatus.ACTIVE:
        raise REFUSALS[status]


def _require_tie(session: Session, cipher: PiiCipher, consent: Any, now: datetime) -> None:
    tie = Tie(DEPENDANT, consent.tie_id)
    try:
        ties.acting_for(session, cipher, tie, PersonId(consent.actor_person_id), now)
    except ties.NOT_FOUND:
        raise ConsentWithdrawn from None
