"""Consent requests as either side reads them: who asks, why, for which fields, for how long."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.clients.client import Client
from identity.ids import PersonId
from identity.orm import AnyRow, AnySelect
from identity.staff import OrganisationRow
from wallet.enterprise import items as asked_items
from wallet.enterprise.errors import ConsentRequestNotFound
from wallet.enterprise.items import Item
from wallet.enterprise.models import ConsentRequestRow, ConsentRow, RequestState
from wallet.enterprise.requests import RequestDesk, status_of
from wallet.kinds import Field, all_kinds


@dataclass(frozen=True, slots=True)
class Party:
    """Who asks: the organisation, and which of its programs."""

    code: str
    name: str
    client_id: str
    client_name: str


@dataclass(frozen=True, slots=True)
class PurposeTold:
    """Why."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ItemTold:
    """Which fields of which kind, with the level that consenting to it asks for."""

    kind: str
    title: str
    required_level: int
    fields: list[Field]


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """A request. `consent_id` is there once it is approved."""

    id: str
    status: RequestState
    requester: Party
    purpose: PurposeTold
    items: list[ItemTold]
    required_level: int
    valid_days: int
    uses: int
    created_at: datetime
    expires_at: datetime
    settled_at: datetime | None
    consent_id: str | None


@dataclass(frozen=True, slots=True)
class RequestPage:
    """A page of requests, newest first; `next_cursor` is None at its end."""

    items: list[ConsentRequest]
    next_cursor: str | None


def of_holder(
    session: Session,
    desk: RequestDesk,
    person_id: PersonId,
    *,
    limit: int,
    cursor: str | None,
    now: datetime,
) -> RequestPage:
    """Return what a person was asked for."""
    query = _select().where(desk.is_to(session, person_id))
    if cursor:
        query = query.where(ConsentRequestRow.id < cursor)
    rows = session.execute(query.order_by(ConsentRequestRow.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    more = len(rows) > limit
    items = [_view(row, now) for row in shown]
    return RequestPage(items, shown[-1].ConsentRequestRow.id if more else None)


def to_holder(
    session: Session, desk: RequestDesk, person_id: PersonId, request_id: str, now: datetime
) -> ConsentRequest:
    """Return a request to the person whom it is to. Raises ConsentRequestNotFound."""
    mine = desk.is_to(session, person_id)
    return _one(session, _select().where(ConsentRequestRow.id == request_id, mine), now)


def to_client(session: Session, client: Client, request_id: str, now: datetime) -> ConsentRequest:
    """Return a request to the client that made it. Raises ConsentRequestNotFound."""
    own = ConsentRequestRow.client_id == client.client_id
    return _one(session, _select().where(ConsentRequestRow.id == request_id, own), now)


def told(items: tuple[Item, ...]) -> list[ItemTold]:
    """Return items with their words."""
    return [
        ItemTold(
            item.kind,
            all_kinds()[item.kind].title,
            all_kinds()[item.kind].consent_level,
            asked_items.fields_of(item),
        )
        for item in items
    ]


def _one(session: Session, query: AnySelect, now: datetime) -> ConsentRequest:
    row = session.execute(query).first()
    if row is None:
        raise ConsentRequestNotFound
    return _view(row, now)


def _select() -> AnySelect:
    return (
        select(
            ConsentRequestRow,
            OrganisationRow.code,
            OrganisationRow.name.label("organisation_name"),
            ConsentRow.id.label("consent_id"),
        )
        .join(OrganisationRow, OrganisationRow.id == ConsentRequestRow.organisation_id)
        .outerjoin(ConsentRow, ConsentRow.request_id == ConsentRequestRow.id)
        # What a conditional write has just changed is read again.
        .execution_options(populate_existing=True)
    )


def _view(row: AnyRow, now: datetime) -> ConsentRequest:
    request = row.ConsentRequestRow
    items = asked_items.from_row(request.items)
    return ConsentRequest(
        id=request.id,
        status=status_of(request, now),
        requester=Party(row.code, row.organisation_name, request.client_id, request.client_name),
        purpose=PurposeTold(request.purpose_code, request.purpose_text),
        items=told(items),
        required_level=asked_items.level_of(items),
        valid_days=request.valid_days,
        uses=request.uses,
        created_at=request.created_at,
        expires_at=request.expires_at,
        settled_at=request.settled_at,
        consent_id=row.consent_id,
    )
