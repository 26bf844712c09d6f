"""At a counter: who has no phone shows their document, and is told the codes of those who ask to act for them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity import dependants, notices
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.dependants import DependantRow, DependantStatus, Relation
from identity.errors import RealNameMismatch
from identity.family import helpers
from identity.family.children import known_person
from identity.ids import PersonId
from identity.notices import NoticeKind
from identity.people import Person, PersonRow
from identity.population import PopulationRegistry
from identity.principals import StaffMember
from identity.proofs import counter_rows


@dataclass(frozen=True, slots=True)
class HelperCode:
    """A request that waits for a principal, and its code."""

    dependant_id: str
    helper: str
    relation: Relation
    code: str
    approve_by: datetime


@dataclass(frozen=True, slots=True)
class HelperCounter:
    """What telling codes needs: the registry, keys, and transactions."""

    population: PopulationRegistry
    cipher: PiiCipher
    index: BlindIndex
    write: Callable[[], AbstractContextManager[Session]]

    def tell_codes(self, staff: StaffMember, principal: Person, now: datetime) -> list[HelperCode]:
        """Return the codes of whoever asks to act for the owner of a document, and record who told them.

        Raises RealNameMismatch (counted as at raising a level), CounterCodeLocked, RegistryUnavailable.
        """
        self._require_match(staff, principal, now)
        with self.write() as session:
            person = known_person(session, self.cipher, self.index, principal, now)
            rows = session.scalars(
                select(DependantRow)
                .where(
                    DependantRow.number_index == person.number_index,
                    DependantRow.status == DependantStatus.PENDING,
                    DependantRow.approve_by > now,
                )
                .order_by(DependantRow.id)
                .with_for_update(),
            ).all()
            named = [row for row in rows if helpers.is_named(self.cipher, row, person)]
            return [self._told(session, staff, person, row, now) for row in named]

    def _require_match(self, staff: StaffMember, principal: Person, now: datetime) -> None:
        with self.write() as session:
            miss_id = counter_rows.reserve_miss(session, staff.staff_id, now)
        try:
            born = self.population.birth_date_of(
                name=principal.name, id_type=principal.id_type, id_number=principal.id_number
            )
        except Exception:
            # The registry's failure is no mistake of the staff's.
            self._strike_out(miss_id)
            raise
        if born is None:
            raise RealNameMismatch
        self._strike_out(miss_id)

    def _strike_out(self, miss_id: str) -> None:
        with self.write() as session:
            counter_rows.strike_out(session, miss_id)

    def _told(
        self, session: Session, staff: StaffMember, person: PersonRow, row: DependantRow, now: datetime
    ) -> HelperCode:
        row.code_told_by, row.code_told_at = staff.staff_id, now
        helper = helpers.name_of_actor(session, self.cipher, row)
        notices.tell(
            session,
            self.cipher,
            person_id=PersonId(person.id),
            kind=NoticeKind.HELPER_CODE_GIVEN,
            about={"organisation": staff.organisation_name, "helper": helper, "dependant_id": row.id},
            now=now,
        )
        return HelperCode(
            dependant_id=row.id,
            helper=helper,
            relation=Relation(row.relation),
            code=dependants.open_code(self.cipher, row) or "",
            approve_by=row.approve_by or now,
        )
