"""Check codes (核验口令): eight digits read aloud, for people who can't show a QR.

A code stands for a show token: the same grant, the same single use. It is stored as an HMAC, and none is
given out twice within a day. Eight digits can be guessed, so wrong ones count, in the database and under a
lock on the verifier's organisation: nobody gets past the limits by asking many times at once.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from identity.crypto.cipher import BlindIndex
from identity.ids import StaffId, new_id
from identity.orm import AnyRow, insert_or_skip
from identity.principals import StaffMember
from identity.staff import OrganisationRow
from wallet.errors import CheckCodeLocked
from wallet.showing.models import CheckCodeMissRow, CheckCodeRow, ShowTokenRow

DIGITS = 8
LABEL = "check_code"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many wrong codes within a span."""

    most: int
    within: timedelta


OF_VERIFIER = (Limit(5, timedelta(minutes=1)), Limit(20, DAY))
OF_ORGANISATION = (Limit(100, DAY),)


def give_out(session: Session, index: BlindIndex, token_id: str, now: datetime) -> str:
    """Return a fresh code for a show token, drawn evenly; what was given out within a day is not drawn."""
    session.execute(delete(CheckCodeRow).where(CheckCodeRow.given_out_at <= now - DAY))
    while True:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        row = {"code_hmac": index.of(LABEL, code), "show_token_id": token_id, "given_out_at": now}
        if insert_or_skip(session, CheckCodeRow, row):
            return code


def resolve(
    session: Session,
    index: BlindIndex,
    verifier: StaffMember,
    unverified_code: str,
    now: datetime,
) -> AnyRow | None:
    """Return `jti` and `expires_at` of the token that a code stands for; None for a wrong one, which counts.

    Raises CheckCodeLocked when the verifier or their organisation had too many wrong ones.
    """
    _take_turns(session, verifier)
    _require_unlocked(session, verifier, now)
    row = session.execute(
        select(ShowTokenRow.jti, ShowTokenRow.expires_at)
        .join(CheckCodeRow, CheckCodeRow.show_token_id == ShowTokenRow.id)
        .where(CheckCodeRow.code_hmac == index.of(LABEL, unverified_code)),
    ).first()
    if row is None:
        miss = CheckCodeMissRow(
            id=new_id(), staff_id=verifier.staff_id, organisation_id=verifier.organisation_id, at=now
        )
        session.add(miss)
        session.flush()
    return row


def _take_turns(session: Session, verifier: StaffMember) -> None:
    mine = OrganisationRow.id == verifier.organisation_id
    session.execute(select(OrganisationRow.id).where(mine).with_for_update(key_share=True))


def _require_unlocked(session: Session, verifier: StaffMember, now: datetime) -> None:
    ours = CheckCodeMissRow.organisation_id == verifier.organisation_id
    session.execute(delete(CheckCodeMissRow).where(ours, CheckCodeMissRow.at <= now - DAY))
    misses = session.execute(
        select(CheckCodeMissRow.staff_id, CheckCodeMissRow.at)
        .where(ours)
        .order_by(CheckCodeMissRow.at.desc()),
    ).all()
    everybodys = [row.at for row in misses]
    own = [row.at for row in misses if StaffId(row.staff_id) == verifier.staff_id]
    waits = [
        wait
        for limits, times in ((OF_VERIFIER, own), (OF_ORGANISATION, everybodys))
        for limit in limits
        if (wait := _wait(limit, times, now)) is not None
    ]
    if waits:
        raise CheckCodeLocked(max(waits))


def _wait(limit: Limit, newest_first: Sequence[datetime], now: datetime) -> timedelta | None:
    """Return how long until a limit allows another one; None when it does now."""
    if len(newest_first) < limit.most:
        return None
    over = newest_first[limit.most - 1] + limit.within
    return over - now if over > now else None
