"""What is kept of a person: one sealed row, in the ranking's own packing, gone when it is forgotten."""

from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from hotservices import preferences
from hotservices.signals.people import Person, PersonUnreadableError
from hotservices.usage.models import UsageStateRow
from identity.accounts import AccountRow
from identity.crypto.cipher import PiiCipher
from identity.ids import AccountId
from identity.prepared import Executor, Prepared, Question

_MINE = UsageStateRow.account_id == bindparam("account_id")
_READ = Prepared(select(UsageStateRow.state_sealed).where(_MINE))
_READ_WHERE_PERSONAL = Prepared(select(UsageStateRow.state_sealed).where(_MINE, preferences.PERSONAL))
_LOCK = Prepared(select(UsageStateRow.state_sealed).where(_MINE, preferences.PERSONAL).with_for_update())
_SEALED = bindparam("sealed", type_=UsageStateRow.state_sealed.type)
# PostgreSQL's words, which SQLite took over. Nothing is begun for an account that is closed by now.
_BEGIN = Prepared(
    insert(UsageStateRow)
    .from_select(
        ("account_id", "state_sealed"),
        select(AccountRow.id, _SEALED).where(
            AccountRow.id == bindparam("account_id"), AccountRow.closed_at.is_(None)
        ),
    )
    .on_conflict_do_nothing(),
)
_SAVE = Prepared(
    update(UsageStateRow)
    .where(UsageStateRow.account_id == bindparam("of_account"))
    .values(state_sealed=_SEALED),
)


def packed(session: Executor, cipher: PiiCipher, account_id: AccountId) -> bytes | None:
    """Return a person's state, in the ranking's own packing; None when nothing is known."""
    row = _READ.first(session, account_id=account_id)
    return None if row is None else cipher.open(row.state_sealed, _place(account_id))


def where_personal(cipher: PiiCipher, account_id: AccountId) -> Question[bytes | None]:
    """Ask for the same; None as well, with nothing read, for who turned personal ranking off."""

    def read(rows: list[Any]) -> bytes | None:
        return cipher.open(rows[0].state_sealed, _place(account_id)) if rows else None

    return Question(_READ_WHERE_PERSONAL, {"account_id": account_id}, read)


def open_person(packed: bytes | None) -> Person:
    """Return a person from their state; a new one where there is none, or none that can be read any more."""
    try:
        return Person() if packed is None else Person.from_bytes(packed)
    except PersonUnreadableError:
        return Person()


def lock(session: Executor, cipher: PiiCipher, account_id: AccountId) -> Person | None:
    """Return the person's state, and keep other events of theirs waiting until this transaction ends.

    None for who has turned personal ranking off, or closed their account: nothing of theirs is read or kept.
    """
    row = _LOCK.first(session, account_id=account_id)
    if row is None and preferences.is_personal(account_id).ask(session):
        _BEGIN.run(session, account_id=account_id, sealed=seal(cipher, account_id, Person()))
        row = _LOCK.first(session, account_id=account_id)
    return None if row is None else open_sealed(cipher, account_id, row.state_sealed)


def hold(session: Executor, account_id: AccountId) -> None:
    """Keep events of a person waiting until this transaction ends."""
    _LOCK.first(session, account_id=account_id)


def save(session: Executor, cipher: PiiCipher, account_id: AccountId, person: Person) -> None:
    """Keep a person's state."""
    _SAVE.run(session, of_account=account_id, sealed=seal(cipher, account_id, person))


def seal(cipher: PiiCipher, account_id: AccountId, person: Person) -> bytes:
    """Return a person's state as their row holds it: never twice the same bytes."""
    return cipher.seal(person.to_bytes(), _place(account_id))


def open_sealed(cipher: PiiCipher, account_id: AccountId, sealed: bytes) -> Person:
    """Return the person that a row holds."""
    return open_person(cipher.open(sealed, _place(account_id)))


def _place(account_id: AccountId) -> str:
    return f"usage_states.state:{account_id}"
