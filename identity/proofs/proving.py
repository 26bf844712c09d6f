"""A proof of level 3 (DESIGN.md section 4): it takes the identity over.

Whoever shows their face, or comes to a counter, is the person. Their login keeps the person's account or joins
it; logins of that account that never proved as much are put out of it, and their sessions end at once.

Everything that changes whose account a person has goes in turn: the person's row is locked first, then the
login's, then the account's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from identity import consent_texts, notices, people, real_name_locks
from identity.accounts import AccountRow, LoginRow
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.errors import RealNameAlreadyBound
from identity.ids import AccountId, LoginId, PersonId, new_id
from identity.notices import NoticeKind
from identity.organisations import memberships
from identity.people import Person, PersonRow
from identity.sessions import SessionRow, lock_in_turn


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the rest of the system does when an account changes hands; identity knows nothing of it.

    `release` stops what runs for a person (their show tokens, their consents); `merge` takes over what one account
    chose for itself into another; `welcome` tells a person of what waits for them.
    """

    release: Callable[[Session, PersonId, datetime], None]
    merge: Callable[[Session, AccountId, AccountId], None]
    welcome: Callable[[Session, PersonRow, datetime], None]


@dataclass(frozen=True, slots=True)
class Proved:
    """Whose account a proof opened, and for whom."""

    account_id: AccountId
    person_id: PersonId


@dataclass(frozen=True, slots=True)
class ProofDesk:
    """Takes a proof down: cipher, index, and what follows from it elsewhere."""

    cipher: PiiCipher
    index: BlindIndex
    aftermath: Aftermath

    def accept(self, session: Session, login_id: LoginId, person: Person, now: datetime) -> Proved:
        """Lift a login's person to level 3 in the one account that is theirs.

        Raises RealNameAlreadyBound when the login's account is another person's, RealNameMismatch when the
        number is known under another document.
        """
        row = people.confirmed(session, self.cipher, self.index, person, now)
        person_id = PersonId(row.id)
        own_id = _lock_login(session, login_id)
        bound_to = lock_account(session, own_id)
        if bound_to not in {None, person_id}:
            raise RealNameAlreadyBound
        theirs = session.scalar(select(AccountRow.id).where(AccountRow.person_id == person_id))
        account_id = AccountId(theirs) if theirs else own_id
        if account_id != own_id:
            self._join(session, login_id, own_id, account_id)
            self._tell(session, person_id, NoticeKind.LOGIN_JOINED, now)
        _raise(session, account_id, person_id, now)
        memberships.welcome(session, self.cipher, row, now)
        self.aftermath.welcome(session, row, now)
        session.execute(update(LoginRow).where(LoginRow.id == login_id).values(proved_at=now))
        if _detach_unproved(session, account_id, now):
            # Codes that an unproved login has on a screen are not this person's doing.
            self.aftermath.release(session, person_id, now)
            self._tell(session, person_id, NoticeKind.LOGIN_DETACHED, now)
        return Proved(account_id, person_id)

    def _join(self, session: Session, login_id: LoginId, own_id: AccountId, account_id: AccountId) -> None:
        session.execute(update(LoginRow).where(LoginRow.id == login_id).values(account_id=account_id))
        session.execute(
            update(SessionRow).where(SessionRow.login_id == login_id).values(account_id=account_id),
        )
        consent_texts.move(session, own_id, account_id)
        real_name_locks.move(session, own_id, account_id)
        self.aftermath.merge(session, own_id, account_id)

    def _tell(self, session: Session, person_id: PersonId, kind: NoticeKind, now: datetime) -> None:
        notices.tell(session, self.cipher, person_id=person_id, kind=kind, about={}, now=now)


def part(session: Session, account_id: AccountId, login_id: LoginId, now: datetime) -> None:
    """Give a login a new account of level 1, and its sessions with it."""
    fresh_id = new_id()
    session.add(AccountRow(id=fresh_id, assurance_level=1, created_at=now))
    session.flush()
    session.execute(
        update(LoginRow)
        .where(LoginRow.id == login_id, LoginRow.account_id == account_id)
        .values(account_id=fresh_id, proved_at=None),
    )
    session.execute(update(SessionRow).where(SessionRow.login_id == login_id).values(account_id=fresh_id))


def _lock_login(session: Session, login_id: LoginId) -> AccountId:
    login = select(LoginRow.account_id).where(LoginRow.id == login_id)
    return AccountId(session.scalars(login.with_for_update(key_share=True)).one())


def lock_account(session: Session, account_id: AccountId) -> str | None:
    """Lock an account's row, and return the id of its person."""
    account = select(AccountRow.person_id).where(AccountRow.id == account_id)
    return session.scalars(account.with_for_update(key_share=True)).one()


def _raise(session: Session, account_id: AccountId, person_id: PersonId, now: datetime) -> None:
    level_3 = {"assurance_level": 3, "fresh_proof_at": now}
    account = update(AccountRow).where(AccountRow.id == account_id)
    session.execute(account.values(level_3))
    session.execute(account.where(AccountRow.person_id.is_(None)).values(person_id=person_id))


def _detach_unproved(session: Session, account_id: AccountId, now: datetime) -> bool:
    unproved = session.scalars(
        select(LoginRow.id)
        .where(LoginRow.account_id == account_id, LoginRow.proved_at.is_(None))
        .order_by(LoginRow.id)
        .with_for_update(key_share=True),
    ).all()
    for login_id in unproved:
        part(session, account_id, LoginId(login_id), now)
        theirs = SessionRow.login_id == login_id, SessionRow.revoked_at.is_(None)
        lock_in_turn(session, *theirs)
        session.execute(update(SessionRow).where(*theirs).values(revoked_at=now))
    return bool(unproved)
