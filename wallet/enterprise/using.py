"""Using a consent: whether it may be used, and counting that it is, by one conditional write."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from identity import ties
from identity.acting import DEPENDANT, Tie
from identity.crypto.cipher import PiiCipher
from identity.errors import DomainError
from identity.ids import PersonId
from identity.orm import AnyRow, AnySelect
from identity.people import PersonRow
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


def usable(session: Session, cipher: PiiCipher, client_id: str, consent_id: str, now: datetime) -> AnyRow:
    """Return a consent that this client may use, with its holder: ConsentRow and PersonRow.

    Raises ConsentRequired (also when it is another client's), ConsentWithdrawn (also when whoever gave it for
    somebody else no longer acts for them), ConsentExpired, ConsentUsedUp, WalletFrozen.
    """
    row = session.execute(_with_holder().where(ConsentRow.id == consent_id, _is_to(client_id))).first()
    if row is None:
        raise ConsentRequired
    _require_usable(row, now)
    consent = row.ConsentRow
    if consent.tie_id is not None:
        _require_tie(session, cipher, consent, now)
    return row


def count(session: Session, consent_id: str, now: datetime) -> None:
    """Count a use, if there is one left at this very moment. Raises what `usable` raises."""
    frozen = select(PersonRow.id).where(
        PersonRow.id == ConsentRow.person_id, PersonRow.wallet_frozen_at.is_not(None)
    )
    used = session.scalar(
        update(ConsentRow)
        .where(
            ConsentRow.id == consent_id,
            ConsentRow.ended_at.is_(None),
            ConsentRow.expires_at > now,
            ConsentRow.used < ConsentRow.uses,
            ~frozen.exists(),
        )
        .values(used=ConsentRow.used + 1)
        .returning(ConsentRow.used)
        .execution_options(synchronize_session=False),
    )
    if used is None:
        # Somebody was there first: what they did is the reason.
        again = _with_holder().where(ConsentRow.id == consent_id)
        _require_usable(session.execute(again.execution_options(populate_existing=True)).one(), now)
        raise ConsentUsedUp


def _with_holder() -> AnySelect:
    return select(ConsentRow, PersonRow).join(PersonRow, PersonRow.id == ConsentRow.person_id)


def _is_to(client_id: str) -> Any:
    return ConsentRow.client_id == client_id


def _require_usable(row: AnyRow, now: datetime) -> None:
    status = status_of(row.ConsentRow, row.PersonRow.wallet_frozen_at, now)
    if status is not ConsentStatus.ACTIVE:
        raise REFUSALS[status]


def _require_tie(session: Session, cipher: PiiCipher, consent: ConsentRow, now: datetime) -> None:
    tie = Tie(DEPENDANT, consent.tie_id or "")
    try:
        ties.acting_for(session, cipher, tie, PersonId(consent.actor_person_id), now)
    except ties.NOT_FOUND:
        raise ConsentWithdrawn from None
