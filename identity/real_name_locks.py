"""How often a real name may be tried (DESIGN.md section 4).

Five mismatches within an hour lock the account for an hour. Twenty on one number lock that number at
level 2 for other accounts too, an hour long; the face check stays open to its owner, so that nobody
can lock a stranger out.

An attempt is written down before the registry is asked and struck out when it succeeds: attempts
that run side by side can't slip past the limit.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Index, LargeBinary, and_, delete, false, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts import AccountRow
from identity.crypto.cipher import BlindIndex
from identity.errors import RealNameLocked
from identity.ids import AccountId, new_id
from identity.orm import ID, Base, primary_key
from identity.people import NUMBER_LABEL

WINDOW = timedelta(hours=1)
MISMATCHES_PER_ACCOUNT = 5
MISMATCHES_PER_NUMBER = 20


class RealNameAttemptRow(Base):
    """A real-name attempt that failed, or is under way."""

    __tablename__ = "real_name_attempts"
    __table_args__ = (
        Index(None, "account_id", "at"),
        Index(None, "number_index", "at"),
    )

    id: Mapped[str] = primary_key()
    account_id: Mapped[str] = mapped_column(ID, ForeignKey("accounts.id"))
    number_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    # A face check's: it counts against its account, never against the number's owner.
    by_face: Mapped[bool] = mapped_column(default=False, server_default=false())
    at: Mapped[datetime]


def reserve(
    session: Session,
    index: BlindIndex,
    *,
    account_id: AccountId,
    id_number: str,
    now: datetime,
    by_face: bool = False,
) -> str:
    """Write an attempt down and return its id. Raises RealNameLocked.

    What strangers tried on a number does not close a face check.
    """
    # The account's row is locked, so that its attempts are counted one after the other.
    session.execute(select(AccountRow.id).where(AccountRow.id == account_id).with_for_update())
    number_index = index.of(NUMBER_LABEL, id_number)
    of_account = RealNameAttemptRow.account_id == account_id
    of_number = and_(RealNameAttemptRow.number_index == number_index, ~RealNameAttemptRow.by_face)
    _require_open(session, of_account, MISMATCHES_PER_ACCOUNT, now)
    if not by_face:
        _require_open(session, of_number, MISMATCHES_PER_NUMBER, now)
    attempt = RealNameAttemptRow(
        id=new_id(),
        account_id=account_id,
        number_index=number_index,
        by_face=by_face,
        at=now,
    )
    session.add(attempt)
    session.flush()
    return attempt.id


def strike_out(session: Session, attempt_id: str) -> None:
    """Forget an attempt that was no mismatch."""
    session.execute(delete(RealNameAttemptRow).where(RealNameAttemptRow.id == attempt_id))


def move(session: Session, from_id: AccountId, to_id: AccountId) -> None:
    """Let an account's attempts be those of the account that it became part of."""
    mine = RealNameAttemptRow.account_id == from_id
    session.execute(update(RealNameAttemptRow).where(mine).values(account_id=to_id))


def _require_open(session: Session, whose: ColumnElement[bool], limit: int, now: datetime) -> None:
    newest_first = session.scalars(
        select(RealNameAttemptRow.at)
        .where(whose, RealNameAttemptRow.at > now - 2 * WINDOW)
        .order_by(RealNameAttemptRow.at.desc())
        .limit(limit),
    ).all()
    if len(newest_first) < limit or newest_first[0] - newest_first[-1] > WINDOW:
        return
    locked_until = newest_first[0] + WINDOW
    if now < locked_until:
        raise RealNameLocked(locked_until - now)
