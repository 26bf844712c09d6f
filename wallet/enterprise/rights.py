"""What is held on a person around consents, copied and erased (see `identity.personal_data`)."""

import os
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from identity.people import PersonRow
from identity.personal_data import Asked, Part
from wallet.enterprise import consents
from wallet.enterprise import items as asked_items
from wallet.enterprise.models import ConsentRequestRow, RequestState
from wallet.enterprise.requests import status_of

EVERY_CONSENT = 1_000_000


def _requests(asked: Asked) -> list[dict[str, Any]]:
    rows = asked.session.scalars(
        select(ConsentRequestRow).where(_to_subject(asked)).order_by(ConsentRequestRow.id)
    )
    return [
        {
            "id": row.id,
            "client": row.client_name,
            "purpose": row.purpose_text,
            "items": [asdict(item) for item in asked_items.from_row(row.items)],
            "valid_days": row.valid_days,
            "uses": row.uses,
            "status": status_of(row, asked.now),
            "created_at": row.created_at,
            "settled_at": row.settled_at,
        }
        for row in rows
    ]


def _forget_requests(asked: Asked) -> None:
    # That something was asked stays with the consents that came of it; whom it was addressed to does not.
    for row in asked.session.scalars(select(ConsentRequestRow).where(_to_subject(asked))):
        row.number_index = row.number_index and os.urandom(32)
        row.holder_index = row.holder_index and os.urandom(32)
        if row.state == RequestState.PENDING:
            row.state, row.settled_at = RequestState.EXPIRED, asked.now
    asked.session.flush()


def _consents(asked: Asked) -> list[dict[str, Any]]:
    if asked.subject.person_id is None:
        return []
    page = consents.of_holder(
        asked.session, asked.subject.person_id, limit=EVERY_CONSENT, cursor=None, now=asked.now
    )
    return [
        {
            "id": one.id,
            "request_id": one.request_id,
            "organisation": one.requester.name,
            "client": one.requester.client_name,
            "purpose": one.purpose.text,
            "items": [
                {"kind": item.kind, "fields": [field.key for field in item.fields]} for item in one.items
            ],
            "uses": one.uses,
            "used": one.used,
            "actor": one.actor,
            "approved_at": one.approved_at,
            "expires_at": one.expires_at,
            "ended_at": one.ended_at,
            "record": one.record,
        }
        for one in page.items
    ]


def _end_consents(asked: Asked) -> None:
    # What was agreed to must be provable by who relied on it; the person's id names nobody by then.
    if asked.subject.person_id is not None:
        consents.end_all(asked.session, asked.subject.person_id, asked.now)


def _to_subject(asked: Asked) -> ColumnElement[bool]:
    number = select(PersonRow.number_index).where(PersonRow.id == asked.subject.person_id)
    return or_(
        ConsentRequestRow.person_id == asked.subject.person_id,
        ConsentRequestRow.number_index == number.scalar_subquery(),
    )


PARTS = (
    Part("consents", frozenset({"consents"}), _consents, _end_consents),
    Part("consent_requests", frozenset({"consent_requests"}), _requests, _forget_requests),
)
