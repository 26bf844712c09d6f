"""Requests that nobody answered in time: their clients are told, each once, however many workers look."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from wallet.enterprise.models import ConsentRequestRow, RequestState
from wallet.webhooks import outbox
from wallet.webhooks.models import EventType

BATCH = 100


def expire(session: Session, now: datetime, limit: int = BATCH) -> int:
    """Write down which requests have expired, and tell of each; return how many, at most `limit`."""
    over = (ConsentRequestRow.state == RequestState.PENDING, ConsentRequestRow.expires_at <= now)
    some = (
        select(ConsentRequestRow.id).where(*over).order_by(ConsentRequestRow.expires_at).limit(limit)
    ).with_for_update(skip_locked=True, key_share=True)
    ids = session.scalars(some).all()
    expired = session.execute(
        update(ConsentRequestRow)
        .where(ConsentRequestRow.id.in_(ids), *over)
        .values(state=RequestState.EXPIRED, settled_at=now)
        .returning(ConsentRequestRow.id, ConsentRequestRow.organisation_id)
        .execution_options(synchronize_session=False),
    ).all()
    for row in expired:
        outbox.emit(
            session,
            organisation_id=row.organisation_id,
            type=EventType.CONSENT_EXPIRED,
            resource_id=row.id,
            now=now,
        )
    return len(expired)
