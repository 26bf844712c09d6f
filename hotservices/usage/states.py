"""What is kept of a person: one sealed row, in the ranking's own packing, gone when it is forgotten."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hotservices.signals.people import Person, PersonUnreadableError
from hotservices.usage.models import UsageReceiptRow, UsageStateRow
from identity.crypto.cipher import PiiCipher
from identity.ids import AccountId
from identity.orm import insert_or_skip


def packed(session: Session, cipher: PiiCipher, account_id: AccountId) -> bytes | None:
    """Return a person's state, in the ranking's own packing; None when nothing is known."""
    sealed = session.scalar(
        select(UsageStateRow.state_sealed).where(UsageStateRow.account_id == account_id),
    )
    return None if sealed is None else cipher.open(sealed, _place(account_id))


def forget(session: Session, account_id: AccountId) -> None:
    """Delete all that is kept of what an account uses."""
    session.execute(delete(UsageStateRow).where(UsageStateRow.account_id == account_id))
    session.execute(delete(UsageReceiptRow).where(UsageReceiptRow.account_id == account_id))


def open_person(packed: bytes | None) -> Person:
    """Return a person from their state; a new one where there is none, or none that can be read any more."""
    try:
        return Person() if packed is None else Person.from_bytes(packed)
    except PersonUnreadableError:
        return Person()


def lock(session: Session, cipher: PiiCipher, account_id: AccountId) -> Person:
    """Return the person's state, and keep other events of theirs waiting until this transaction ends."""
    locked = (
        select(UsageStateRow.state_sealed).where(UsageStateRow.account_id == account_id).with_for_update()
    )
    sealed = session.scalar(locked)
    if sealed is None:
        empty = cipher.seal(Person().to_bytes(), _place(account_id))
        insert_or_skip(session, UsageStateRow, {"account_id": account_id, "state_sealed": empty})
        sealed = session.execute(locked).scalar_one()
    return open_person(cipher.open(sealed, _place(account_id)))


def save(session: Session, cipher: PiiCipher, account_id: AccountId, person: Person) -> None:
    """Keep a person's state."""
    session.execute(
        update(UsageStateRow)
        .where(UsageStateRow.account_id == account_id)
        .values(state_sealed=cipher.seal(person.to_bytes(), _place(account_id))),
    )


def _place(account_id: AccountId) -> str:
    return f"usage_states.state:{account_id}"
