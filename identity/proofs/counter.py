"""A visit to a counter (窗口核验): the other way to level 3, for whoever does not want to show a face to a phone.

The citizen's phone shows a code of eight digits; a member of staff with the permission looks at the person and
their document, and enters the code with what the document says. The code says which login it is, the document says
who; both must agree where the account has a person, and the population registry must where it has none yet.
"""

import secrets
import unicodedata
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity import consent_texts, notices, people
from identity.accounts import AccountRow, LoginRow
from identity.errors import CounterCodeUnknown, FieldsMissing, RealNameMismatch
from identity.ids import LoginId, new_id
from identity.notices import NoticeKind
from identity.numbers.masks import mask_name, mask_number
from identity.orm import insert_or_skip
from identity.people import Person, PersonRow
from identity.principals import Citizen, StaffMember
from identity.proofs import counter_rows
from identity.proofs.counter_rows import CounterCheckRow, CounterCodeRow
from identity.proofs.proving import ProofDesk, lock_account
from identity.proofs.stating import Stated
from identity.real_name import Claim, RealNameDesk

CODE_LABEL = "counter_code"
CODE_DIGITS = 8
CODE_LIFETIME = timedelta(minutes=10)
# What people and keyboards put between the digits.
SEPARATORS = str.maketrans("", "", " -")


@dataclass(frozen=True, slots=True)
class CounterCode:
    """A code to read to the counter."""

    id: str
    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CounterCheck:
    """What a member of staff did, as they see it."""

    id: str
    name_masked: str
    id_number_masked: str
    at: datetime
    assurance_level: int = 3


@dataclass(frozen=True, slots=True)
class CounterDesk:
    """Hands out codes, and raises whom staff have seen."""

    real_name: RealNameDesk
    proofs: ProofDesk

    def issue(
        self,
        session: Session,
        citizen: Citizen,
        login_id: LoginId,
        consent_version: str | None,
        now: datetime,
    ) -> CounterCode:
        """Make a login's code; an earlier one is worth nothing from now on.

        Raises FieldsMissing (an account without a real name must consent to be bound), InvalidField.
        """
        text = Stated(consent_version=consent_version).consent(consent_texts.COUNTER_CHECK)
        if lock_account(session, citizen.account_id) is None and text is None:
            raise FieldsMissing(("consent_version",))
        if text:
            consent_texts.record(session, citizen.account_id, text, now)
        over = CounterCodeRow.expires_at <= now
        session.execute(delete(CounterCodeRow).where((CounterCodeRow.login_id == login_id) | over))
        issued = CounterCode(new_id(), _new_code(), now + CODE_LIFETIME)
        while not insert_or_skip(session, CounterCodeRow, self._columns(issued, login_id)):
            issued = CounterCode(issued.id, _new_code(), issued.expires_at)
        return issued

    def raise_level(
        self,
        staff: StaffMember,
        unverified_code: str,
        document: Claim,
        now: datetime,
    ) -> CounterCheck:
        """Lift whom a member of staff has seen to level 3.

        Raises InvalidField, CounterCodeUnknown and RealNameMismatch (both counted), CounterCodeLocked,
        GuardianConsentRequired, RegistryUnavailable.
        """
        person = self.real_name.plausible(document, now)
        code_index = self._index(unverified_code)
        with self._write() as session:
            miss_id = counter_rows.reserve_miss(session, staff.staff_id, now)
        try:
            self._require_agreement(code_index, person, now)
            check = self._accept_twice(staff, code_index, person, now)
        except (CounterCodeUnknown, RealNameMismatch):
            raise
        except Exception:
            self._strike_out(miss_id)
            raise
        self._strike_out(miss_id)
        return check

    def _require_agreement(
        self,
        code_index: bytes,
        person: Person,
        now: datetime,
    ) -> None:
        bound = self._bound_person(code_index, now)
        if bound is None:
            self.real_name.require_match(person, now)
        elif (bound.name, bound.id_type, bound.id_number) != (person.name, person.id_type, person.id_number):
            raise RealNameMismatch

    def _bound_person(self, code_index: bytes, now: datetime) -> Person | None:
        with self._write() as session:
            row = session.execute(
                select(LoginRow.id, PersonRow)
                .join(CounterCodeRow, CounterCodeRow.login_id == LoginRow.id)
                .join(AccountRow, AccountRow.id == LoginRow.account_id)
                .outerjoin(PersonRow, PersonRow.id == AccountRow.person_id)
                .where(CounterCodeRow.code_index == code_index, CounterCodeRow.expires_at > now),
            ).first()
            if row is None:
                raise CounterCodeUnknown
            return people.open_person(row.PersonRow, self.real_name.cipher) if row.PersonRow else None

    def _accept_twice(
        self, staff: StaffMember, code_index: bytes, person: Person, now: datetime
    ) -> CounterCheck:
        try:
            return self._accept(staff, code_index, person, now)
        except IntegrityError:
            # At this very moment another login bound the person: now there is somebody to join.
            return self._accept(staff, code_index, person, now)

    def _accept(self, staff: StaffMember, code_index: bytes, person: Person, now: datetime) -> CounterCheck:
        with self._write() as session:
            login_id = session.scalar(
                delete(CounterCodeRow)
                .where(CounterCodeRow.code_index == code_index, CounterCodeRow.expires_at > now)
                .returning(CounterCodeRow.login_id),
            )
            if login_id is None:
                raise CounterCodeUnknown
            proved = self.proofs.accept(session, LoginId(login_id), person, now)
            check_id = new_id()
            session.add(
                CounterCheckRow(
                    id=check_id,
                    account_id=proved.account_id,
                    person_id=proved.person_id,
                    staff_id=staff.staff_id,
                    at=now,
                ),
            )
            notices.tell(
                session,
                self.real_name.cipher,
                person_id=proved.person_id,
                kind=NoticeKind.ASSURANCE_RAISED,
                about={"organisation": staff.organisation_name},
                now=now,
            )
        return CounterCheck(check_id, mask_name(person.name), mask_number(person.id_number), now)

    def _columns(self, issued: CounterCode, login_id: LoginId) -> dict[str, object]:
        return {
            "id": issued.id,
            "login_id": login_id,
            "code_index": self._index(issued.code),
            "expires_at": issued.expires_at,
        }

    def _index(self, unverified_code: str) -> bytes:
        typed = unicodedata.normalize("NFKC", unverified_code).translate(SEPARATORS)
        return self.real_name.index.of(CODE_LABEL, typed)

    def _strike_out(self, miss_id: str) -> None:
        with self._write() as session:
            counter_rows.strike_out(session, miss_id)

    def _write(self) -> AbstractContextManager[Session]:
        return self.real_name.write()


def _new_code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
