"""Consents (授权): what a holder has allowed, its whole history, and taking it back.

A frozen wallet suspends every consent, which is told by the holder's row and stored nowhere else: unfreezing
resumes them. A consent that was taken back stays so.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from identity.acting import ActorWord
from identity.clients.client import Client
from identity.ids import PersonId
from identity.orm import AnyRow, AnySelect
from identity.people import PersonRow
from identity.staff import OrganisationRow
from wallet.enterprise import items as consented_items
from wallet.enterprise.errors import ConsentNotFound
from wallet.enterprise.models import ConsentRow, EndedBy
from wallet.enterprise.request_views import ItemTold, Party, PurposeTold, told
from wallet.showing.records import pulled
from wallet.showing.records.pulled import Disclosed
from wallet.webhooks import outbox
from wallet.webhooks.models import EventType


class ConsentStatus(StrEnum):
    """What a consent is worth now; where several apply, the first."""

    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    USED_UP = "used_up"
    SUSPENDED = "suspended"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class PullTold:
    """A pull that was made by a consent."""

    id: str
    at: datetime
    items: list[Disclosed]


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent, as both sides read it. `record` is what was signed of it."""

    id: str
    request_id: str
    status: ConsentStatus
    requester: Party
    purpose: PurposeTold
    items: list[ItemTold]
    uses: int
    used: int
    actor: ActorWord
    assurance_level: int
    approved_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_by: EndedBy | None
    record: str
    pulls: list[PullTold] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """A page of consents, newest first; `next_cursor` is None at its end."""

    items: list[Consent]
    next_cursor: str | None


def status_of(consent: Any, wallet_frozen_at: datetime | None, now: datetime) -> ConsentStatus:
    """Return a consent's status at an instant."""
    if consent.ended_at is not None:
        return ConsentStatus.WITHDRAWN
    if consent.expires_at <= now:
        return ConsentStatus.EXPIRED
    if consent.used >= consent.uses:
        return ConsentStatus.USED_UP
    return ConsentStatus.ACTIVE if wallet_frozen_at is None else ConsentStatus.SUSPENDED


def of_holder(
    session: Session, person_id: PersonId, *, limit: int, cursor: str | None, now: datetime
) -> ConsentPage:
    """Return what a person has consented to, also what is over, each with the pulls that were made by it."""
    query = _select().where(ConsentRow.person_id == person_id)
    if cursor:
        query = query.where(ConsentRow.id < cursor)
    rows = session.execute(query.order_by(ConsentRow.id.desc()).limit(limit + 1)).all()
    more = len(rows) > limit
    return ConsentPage(_views(session, rows[:limit], now), rows[limit - 1].ConsentRow.id if more else None)


def to_holder(session: Session, person_id: PersonId, consent_id: str, now: datetime) -> Consent:
    """Return one of a person's consents. Raises ConsentNotFound."""
    return _one(session, now, ConsentRow.id == consent_id, ConsentRow.person_id == person_id)


def to_client(session: Session, client: Client, consent_id: str, now: datetime) -> Consent:
    """Return a consent to the client that it was given to. Raises ConsentNotFound."""
    return _one(session, now, ConsentRow.id == consent_id, ConsentRow.client_id == client.client_id)


def record_of(session: Session, consent_id: str, *, of: PersonId | Client) -> str:
    """Return the signed record of a consent to either side. Raises ConsentNotFound."""
    side = ConsentRow.client_id == of.client_id if isinstance(of, Client) else ConsentRow.person_id == of
    record = session.scalar(select(ConsentRow.record).where(ConsentRow.id == consent_id, side))
    if record is None:
        raise ConsentNotFound
    return record


def withdraw(session: Session, person_id: PersonId, consent_id: str, now: datetime) -> Consent:
    """Take a consent back, from this moment on; again changes nothing. Raises ConsentNotFound."""
    to_holder(session, person_id, consent_id, now)
    _end(session, EndedBy.HOLDER, now, ConsentRow.id == consent_id)
    return to_holder(session, person_id, consent_id, now)


def end_all(session: Session, person_id: PersonId, now: datetime) -> None:
    """End every consent of a person whose account lets them go."""
    _end(session, EndedBy.ACCOUNT, now, ConsentRow.person_id == person_id)


def _end(session: Session, by: EndedBy, now: datetime, *which: ColumnElement[bool]) -> None:
    ended = session.execute(
        update(ConsentRow)
        .where(ConsentRow.ended_at.is_(None), *which)
        .values(ended_at=now, ended_by=by)
        .returning(ConsentRow.id, ConsentRow.organisation_id)
        .execution_options(synchronize_session=False),
    ).all()
    for row in ended:
        outbox.emit(
            session,
            organisation_id=row.organisation_id,
            type=EventType.CONSENT_WITHDRAWN,
            resource_id=row.id,
            now=now,
        )


def _one(session: Session, now: datetime, *which: ColumnElement[bool]) -> Consent:
    rows = session.execute(_select().where(*which)).all()
    if not rows:
        raise ConsentNotFound
    return _views(session, rows, now)[0]


def _select() -> AnySelect:
    return (
        select(
            ConsentRow,
            OrganisationRow.code,
            OrganisationRow.name.label("organisation_name"),
            PersonRow.wallet_frozen_at,
        )
        .join(OrganisationRow, OrganisationRow.id == ConsentRow.organisation_id)
        .join(PersonRow, PersonRow.id == ConsentRow.person_id)
        # What a conditional write has just changed is read again.
        .execution_options(populate_existing=True)
    )


def _views(session: Session, rows: Sequence[AnyRow], now: datetime) -> list[Consent]:
    pulls: dict[str, list[PullTold]] = defaultdict(list)
    ids = [row.ConsentRow.id for row in rows]
    for record in pulled.newest_by(session, ids):
        pulls[record.consent_id or ""].append(PullTold(record.id, record.at, pulled.disclosed_in(record)))
    return [_view(row, pulls[row.ConsentRow.id], now) for row in rows]


def _view(row: AnyRow, pulls: list[PullTold], now: datetime) -> Consent:
    consent = row.ConsentRow
    return Consent(
        id=consent.id,
        request_id=consent.request_id,
        status=status_of(consent, row.wallet_frozen_at, now),
        requester=Party(row.code, row.organisation_name, consent.client_id, consent.client_name),
        purpose=PurposeTold(consent.purpose_code, consent.purpose_text),
        items=told(consented_items.from_row(consent.items)),
        uses=consent.uses,
        used=consent.used,
        actor=ActorWord(consent.actor),
        assurance_level=consent.level,
        approved_at=consent.approved_at,
        expires_at=consent.expires_at,
        ended_at=consent.ended_at,
        ended_by=EndedBy(consent.ended_by) if consent.ended_by else None,
        record=consent.record,
        pulls=pulls,
    )
