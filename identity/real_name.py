"""Binding a real name (实名): an account of level 1 becomes one of level 2.

Three witnesses: the number's own check, the population registry for name and number, and the platform
for "this login is that person". Both are asked outside any transaction, the platform first: whom it does not
vouch for learns nothing, not even from the time it takes, of what the registry knows.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity import consent_texts, people, real_name_locks
from identity.accounts import AccountRow
from identity.clock import age_on, civil_date
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.errors import (
    DomainError,
    GuardianConsentRequired,
    InvalidField,
    RealNameAlreadyBound,
    RealNameBoundElsewhere,
    RealNameMismatch,
)
from identity.ids import AccountId, PersonId
from identity.numbers.resident_id import FAULTS, IdType, fault, normalise
from identity.organisations import memberships
from identity.people import Person, PersonRow
from identity.population import PopulationRegistry

# Below this age a guardian has to consent (PIPL art. 31).
AGE_OF_OWN_CONSENT = 14


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says they are."""

    name: str
    id_type: IdType
    id_number: str
    # Empty where the person consented beforehand.
    consent_version: str = ""
    phone_code: str | None = None


# Tells whether a guardian's consent for the child of a number is on record.
GuardianConsent = Callable[[Session, BlindIndex, str], bool]
# Tells a person who has just become known here of what waits for them elsewhere.
Welcome = Callable[[Session, PersonRow, datetime], None]


@dataclass(frozen=True, slots=True)
class RealNameDesk:
    """What binding needs besides the claim: registry, keys, transactions, and the platform's word.

    `vouch` tells whether the platform that this session logged in with confirms the person; `welcome` is what
    else waits for somebody who becomes known.
    """

    population: PopulationRegistry
    cipher: PiiCipher
    index: BlindIndex
    write: Callable[[], AbstractContextManager[Session]]
    fictitious_allowed: bool
    guardian_consent: GuardianConsent
    welcome: Welcome

    def bind(
        self,
        account_id: AccountId,
        claim: Claim,
        vouch: Callable[[Person, str | None], bool],
        now: datetime,
    ) -> None:
        """Bind the claimed person to the account.

        Raises InvalidField (a number or consent version that can't be right; not counted),
        RealNameLocked, RealNameMismatch (counted), GuardianConsentRequired, RealNameAlreadyBound,
        RealNameBoundElsewhere, RegistryUnavailable.
        """
        text = consent_texts.require_current(consent_texts.REAL_NAME, claim.consent_version)
        person = self.plausible(claim, now)
        attempt_id = self._reserve(account_id, person, now)
        try:
            born = self._birth_date(person) if vouch(person, claim.phone_code) else None
        except Exception:
            # The registry's or the platform's failure is not the citizen's mismatch.
            self._strike_out(attempt_id)
            raise
        if born is None:
            raise RealNameMismatch
        try:
            self.require_own_consent(person, born, now)
            with self.write() as session:
                real_name_locks.strike_out(session, attempt_id)
                self._attach(session, account_id, person, now)
                consent_texts.record(session, account_id, text, now)
        except IntegrityError as error:
            # Another request bound this account, or another login the same person, at this very moment.
            self._strike_out(attempt_id)
            with self.write() as session:
                _require_unbound(session, account_id)
            raise RealNameBoundElsewhere from error
        except DomainError:
            self._strike_out(attempt_id)
            raise

    def require_match(self, person: Person, now: datetime) -> None:
        """Hold a person against the population registry.

        Raises RealNameMismatch, GuardianConsentRequired, RegistryUnavailable.
        """
        born = self._birth_date(person)
        if born is None:
            raise RealNameMismatch
        self.require_own_consent(person, born, now)

    def require_own_consent(self, person: Person, born: date, now: datetime) -> None:
        """Raise GuardianConsentRequired for a child under 14 whose guardian's consent is not on record."""
        if age_on(born, civil_date(now)) >= AGE_OF_OWN_CONSENT:
            return
        with self.write() as session:
            if not self.guardian_consent(session, self.index, person.id_number):
                raise GuardianConsentRequired

    def plausible(self, claim: Claim, now: datetime) -> Person:
        """Return the claimed person in the registry's spelling. Raises InvalidField."""
        number = normalise(claim.id_number)
        wrong = fault(
            claim.id_type,
            number,
            today=civil_date(now),
            fictitious_allowed=self.fictitious_allowed,
        )
        if wrong:
            zh, en = FAULTS[wrong]
            raise InvalidField(field="id_number", message_zh=zh, message_en=en)
        name = people.normalise_name(claim.name)
        if not name:
            raise InvalidField(
                field="name", message_zh="请填写姓名", message_en="There is nothing of a name in it."
            )
        return Person(PersonId(""), name, claim.id_type, number)

    def _birth_date(self, person: Person) -> date | None:
        return self.population.birth_date_of(
            name=person.name,
            id_type=person.id_type,
            id_number=person.id_number,
        )

    def _reserve(self, account_id: AccountId, person: Person, now: datetime) -> str:
        with self.write() as session:
            _require_unbound(session, account_id)
            return real_name_locks.reserve(
                session,
                self.index,
                account_id=account_id,
                id_number=person.id_number,
                now=now,
            )

    def _strike_out(self, attempt_id: str) -> None:
        with self.write() as session:
            real_name_locks.strike_out(session, attempt_id)

    def _attach(self, session: Session, account_id: AccountId, person: Person, now: datetime) -> None:
        _require_unbound(session, account_id)
        row = people.confirmed(session, self.cipher, self.index, person, now)
        bound_to = session.scalar(select(AccountRow.id).where(AccountRow.person_id == row.id))
        if bound_to is not None:
            # This account's, when another request of it was faster since we looked.
            raise RealNameAlreadyBound if bound_to == account_id else RealNameBoundElsewhere
        account = session.get_one(AccountRow, account_id)
        account.person_id = row.id
        account.assurance_level = 2
        session.flush()
        memberships.welcome(session, self.cipher, row, now)
        self.welcome(session, row, now)


def _require_unbound(session: Session, account_id: AccountId) -> None:
    if session.scalar(select(AccountRow.person_id).where(AccountRow.id == account_id)):
        raise RealNameAlreadyBound
