"""Adding a child under 16: registries must name the parent, at that moment.

Whatever does not fit (no such child, another name, another's child) is refused alike, and counted as a mismatch
of the real-name check is, so that nobody tries numbers out.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity import consent_texts, dependants, people, real_name_locks, standing
from identity.clock import age_on, civil_date
from identity.consent_texts import ConsentText
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.dependants import DependantKind, DependantRow, DependantStatus, Relation
from identity.family.errors import KinshipNotProved
from identity.family.kinship import KinshipRegistry
from identity.ids import PersonId, new_id
from identity.numbers.resident_id import IdType
from identity.people import NUMBER_LABEL, Person, PersonRow
from identity.population import PopulationRegistry
from identity.principals import Citizen
from identity.real_name import AGE_OF_OWN_CONSENT


@dataclass(frozen=True, slots=True)
class Named:
    """Whom somebody wants to act for, by their account; name and number are normalised."""

    name: str
    id_type: IdType
    id_number: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Guardian:
    """Who adds a child: as they called, and the person they are."""

    citizen: Citizen
    person_id: PersonId


@dataclass(frozen=True, slots=True)
class ChildDesk:
    """What adding a child needs: the registries, keys, and transactions."""

    population: PopulationRegistry
    kinship: KinshipRegistry
    cipher: PiiCipher
    index: BlindIndex
    write: Callable[[], AbstractContextManager[Session]]

    def add(
        self,
        guardian: Guardian,
        child: Named,
        born: date,
        consent_version: str | None,
        now: datetime,
    ) -> str:
        """Add a child and return the tie's id; a child that was added before keeps the tie it has.

        Adding a child under 14 is the guardian's consent to the text `guardian` that is in force.
        Raises InvalidField (an old consent version), RealNameLocked, KinshipNotProved, RegistryUnavailable,
        SessionEnded.
        """
        text = self._consent(born, consent_version, now)
        with self.write() as session:
            standing.hold(session, self.cipher, guardian.citizen, now, alone=True)
            parent_number = people.number_of(session, self.cipher, guardian.person_id)
            attempt_id = real_name_locks.reserve(
                session,
                self.index,
                account_id=guardian.citizen.account_id,
                id_number=child.id_number,
                now=now,
            )
        try:
            proved = self._proved(parent_number, child)
        except Exception:
            # A registry's failure is not the parent's mismatch.
            with self.write() as session:
                real_name_locks.strike_out(session, attempt_id)
            raise
        if not proved:
            raise KinshipNotProved
        with self.write() as session:
            real_name_locks.strike_out(session, attempt_id)
        with self.write() as session:
            return self._tie(session, guardian, child, text, now)

    def _consent(self, born: date, version: str | None, now: datetime) -> ConsentText | None:
        if age_on(born, civil_date(now)) >= AGE_OF_OWN_CONSENT:
            return None
        if version is None:
            return consent_texts.current(consent_texts.GUARDIAN)
        return consent_texts.require_current(consent_texts.GUARDIAN, version)

    def _proved(self, parent_number: str, child: Named) -> bool:
        known = self.population.birth_date_of(
            name=child.name, id_type=child.id_type, id_number=child.id_number
        )
        return known is not None and self.kinship.is_parent(parent_number, child.id_number)

    def _tie(
        self,
        session: Session,
        guardian: Guardian,
        child: Named,
        text: ConsentText | None,
        now: datetime,
    ) -> str:
        standing.hold(session, self.cipher, guardian.citizen, now, alone=True)
        person = known_person(session, self.cipher, self.index, child, now)
        known = session.scalar(
            select(DependantRow.id).where(
                DependantRow.actor_person_id == guardian.person_id,
                DependantRow.person_id == person.id,
                DependantRow.status == DependantStatus.ACTIVE,
            ),
        )
        if known:
            return known
        tie_id = new_id()
        session.add(
            DependantRow(
                id=tie_id,
                actor_person_id=guardian.person_id,
                person_id=person.id,
                number_index=self.index.of(NUMBER_LABEL, child.id_number),
                number_sealed=dependants.seal_number(self.cipher, tie_id, child.id_number),
                name_sealed=dependants.seal_name(self.cipher, tie_id, child.name),
                kind=DependantKind.CHILD,
                relation=child.relation,
                status=DependantStatus.ACTIVE,
                consent_version=text and text.version,
                consent_sha256=text and text.sha256,
                asked_at=now,
                approved_at=now,
            ),
        )
        if text:
            consent_texts.record(session, guardian.citizen.account_id, text, now)
        session.flush()
        return tie_id


def known_person(
    session: Session, cipher: PiiCipher, index: BlindIndex, named: Named | Person, now: datetime
) -> PersonRow:
    """Return the row of a person whom a registry has confirmed, writing one if there is none."""
    row = people.find_by_number(session, index, named.id_number)
    return row or people.add(
        session,
        cipher,
        index,
        name=named.name,
        id_type=named.id_type,
        id_number=named.id_number,
        now=now,
    )


def lock_person(session: Session, person_id: PersonId) -> None:
    """Let what one person asks for happen one after the other."""
    session.execute(select(PersonRow.id).where(PersonRow.id == person_id).with_for_update(key_share=True))
