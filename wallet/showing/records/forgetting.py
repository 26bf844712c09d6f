"""Forgetting without breaking the chain: personal values are destroyed, old records make way for a checkpoint."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from identity.crypto.signer import Signer
from identity.ids import PersonId
from identity.orm import AnySelect
from wallet.showing import statements
from wallet.showing.models import AccessCheckpointRow, AccessRecordRow

Settling = aliased(AccessRecordRow)


def erase_personal(session: Session, person_id: PersonId) -> int:
    """Destroy every personal value, and its salt, in the records of a holder; return in how many.

    Their commitments stay, which say nothing without the salt: the chain is as provable as before.
    """
    erased = session.execute(
        update(AccessRecordRow)
        .where(AccessRecordRow.person_id == person_id, AccessRecordRow.purpose_sealed.is_not(None))
        .values(purpose_sealed=None)
        .returning(AccessRecordRow.id)
        .execution_options(synchronize_session=False),
    )
    return len(erased.all())


def due(before: datetime) -> AnySelect:
    """Select the ids of records from before an instant, each chain from its beginning.

    A record goes only after all that stand before it, and a scan only with what settled it.
    """
    kept = (
        select(AccessRecordRow.chain, func.min(AccessRecordRow.position).label("first"))
        .outerjoin(Settling, Settling.settles == AccessRecordRow.id)
        .where(or_(AccessRecordRow.at > before, Settling.at > before))
        .group_by(AccessRecordRow.chain)
        .subquery()
    )
    return (
        select(AccessRecordRow.id)
        .outerjoin(kept, kept.c.chain == AccessRecordRow.chain)
        .where(or_(kept.c.first.is_(None), AccessRecordRow.position < kept.c.first))
        .order_by(AccessRecordRow.chain, AccessRecordRow.position)
    )


def purge(session: Session, due_ids: Sequence[str], *, signer: Signer, now: datetime) -> None:
    """Delete records that are `due`, in its order. Of each chain a signed checkpoint says at what link it goes on."""
    last: dict[int, int] = defaultdict(int)
    places = select(AccessRecordRow.chain, AccessRecordRow.position).where(AccessRecordRow.id.in_(due_ids))
    for chain, position in session.execute(places):
        last[chain] = max(last[chain], position)
    for chain, position in last.items():
        _purge_chain(session, chain, _with_settlements(session, chain, position), signer, now)


def _with_settlements(session: Session, chain: int, position: int) -> int:
    """Return a position that parts no scan from what settled it, be it a little further on."""
    further = session.scalar(
        select(func.max(Settling.position))
        .join(AccessRecordRow, Settling.settles == AccessRecordRow.id)
        .where(AccessRecordRow.chain == chain, AccessRecordRow.position <= position),
    )
    if further is None or further <= position:
        return position
    return _with_settlements(session, chain, further)


def _purge_chain(session: Session, chain: int, position: int, signer: Signer, now: datetime) -> None:
    link = session.scalars(
        select(AccessRecordRow.link).where(
            AccessRecordRow.chain == chain, AccessRecordRow.position == position
        ),
    ).one()
    claims = {"iat": int(now.timestamp()), "chain": chain, "position": position, "link": link.hex()}
    jws = statements.state(signer, statements.CHECKPOINT_TYP, claims)
    session.add(AccessCheckpointRow(chain=chain, position=position, jws=jws, at=now))
    # The checkpoint comes first: the database lets a record go only where one stands for it.
    session.flush()
    session.execute(
        delete(AccessRecordRow)
        .where(AccessRecordRow.chain == chain, AccessRecordRow.position <= position)
        .execution_options(synchronize_session=False),
    )
