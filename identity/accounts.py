"""Accounts: what a platform login opens. A real name lifts an account from level 1 to level 2."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, SmallInteger, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity import dependant_views, people
from identity.acting import ORGANISATION, ActingFor
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.dependant_views import Dependant
from identity.ids import AccountId, LoginId, PersonId, new_id
from identity.numbers.masks import mask_name
from identity.organisations import memberships
from identity.organisations.memberships import Membership
from identity.orm import ID, Base, insert_or_skip, primary_key
from identity.people import PersonRow, RealName, real_name

SUBJECT_LABEL = "login_subject"


class AccountRow(Base):
    """An account. `assurance_level` is 1 (platform login), 2 (real name) or 3 (face or counter)."""

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("assurance_level BETWEEN 1 AND 3", name="assurance_level"),)

    id: Mapped[str] = primary_key()
    assurance_level: Mapped[int] = mapped_column(SmallInteger, default=1)
    # One account per person: a second login joins it (at level 3), it does not open another.
    person_id: Mapped[str | None] = mapped_column(ID, ForeignKey("persons.id"), unique=True)
    created_at: Mapped[datetime]
    # The last face or counter check: what is done for good asks for one of these minutes.
    fresh_proof_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class LoginRow(Base):
    """A platform's user who opens an account. The platform's id for them lies as a blind index.

    `proved_at` is when a face or a visit to a counter showed this login to be the account's person.
    """

    __tablename__ = "logins"

    id: Mapped[str] = primary_key()
    account_id: Mapped[str] = mapped_column(ID, ForeignKey("accounts.id"), index=True)
    provider: Mapped[str] = mapped_column(String(16))
    subject_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class PlatformLogin:
    """A platform's user, and the account that they open."""

    id: LoginId
    account_id: AccountId


@dataclass(frozen=True, slots=True)
class ActedFor:
    """For whom an account acts at present. An enterprise's name is public, and not masked."""

    type: str
    id: str
    name_masked: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its owner sees it."""

    id: AccountId
    assurance_level: int
    real_name: RealName | None
    wallet_frozen: bool
    acting_for: ActedFor | None = None
    memberships: Sequence[Membership] = ()
    dependants: Sequence[Dependant] = ()


def log_in(
    session: Session,
    index: BlindIndex,
    *,
    provider: str,
    subject: str,
    now: datetime,
) -> PlatformLogin:
    """Return the login of a platform user, opening an account at level 1 on the first.

    The login's row is locked: a level-3 proof of somebody else, which may take it out of its account, ends the
    sessions that were opened before, and this one is opened in the account that is left to it.
    """
    subject_index = index.of(SUBJECT_LABEL, f"{provider}\0{subject}")
    known_by = (
        select(LoginRow.id, LoginRow.account_id)
        .where(LoginRow.subject_index == subject_index)
        .with_for_update(key_share=True)
    )
    known = session.execute(known_by).first()
    if known:
        return PlatformLogin(LoginId(known.id), AccountId(known.account_id))
    account = AccountRow(id=new_id(), assurance_level=1, created_at=now)
    session.add(account)
    session.flush()
    login = {
        "id": new_id(),
        "account_id": account.id,
        "provider": provider,
        "subject_index": subject_index,
        "created_at": now,
    }
    if insert_or_skip(session, LoginRow, login):
        return PlatformLogin(LoginId(str(login["id"])), AccountId(account.id))
    # The same person's other request, at the same moment, has opened their account.
    session.delete(account)
    session.flush()
    known = session.execute(known_by).one()
    return PlatformLogin(LoginId(known.id), AccountId(known.account_id))


def view(
    session: Session,
    cipher: PiiCipher,
    account_id: AccountId,
    now: datetime,
    acting: ActingFor | None = None,
) -> Account:
    """Return an account with its real name masked, and for whom its owner may act, or does."""
    account, person = session.execute(
        select(AccountRow, PersonRow)
        .outerjoin(PersonRow, PersonRow.id == AccountRow.person_id)
        .where(AccountRow.id == account_id),
    ).one()
    return Account(
        id=account_id,
        assurance_level=account.assurance_level,
        real_name=real_name(person, cipher) if person else None,
        wallet_frozen=person is not None and person.wallet_frozen_at is not None,
        acting_for=acted_for(session, cipher, acting) if acting else None,
        memberships=memberships.of_person(session, cipher, PersonId(person.id), now) if person else (),
        dependants=dependant_views.acted_for(session, cipher, PersonId(person.id), now) if person else (),
    )


def acted_for(session: Session, cipher: PiiCipher, acting: ActingFor) -> ActedFor:
    """Return for whom somebody acts, as they read it."""
    name = people.name_of(session, cipher, acting.person_id)
    return ActedFor(acting.type, acting.id, name if acting.type == ORGANISATION else mask_name(name))
