"""Face checks (人脸核验): one of the two ways to level 3, done by the platform that the session logged in with.

An account with a real name has its own person checked. One without says who it is; name and number are held
against the population registry before the platform is asked, and a mismatch counts against that account alone:
a face check stays open to the owner of a number that strangers have guessed at.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity import consent_texts, real_name_locks
from identity.accounts import AccountRow, LoginRow
from identity.consent_texts import ConsentText
from identity.errors import (
    FaceCheckCompleted,
    FaceCheckExpired,
    FaceCheckFailed,
    FaceCheckUnfinished,
    RealNameLocked,
    RealNameMismatch,
)
from identity.ids import AccountId, LoginId, new_id
from identity.people import NUMBER_LABEL, Person, PersonRow
from identity.proofs import face_check_rows
from identity.proofs.face_check_rows import FaceCheckRow, FaceCheckState
from identity.proofs.proving import ProofDesk, lock_account
from identity.proofs.stating import Stated, person_to_check
from identity.providers import FaceCheckProvider
from identity.real_name import RealNameDesk

LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FaceLogin:
    """Who wants to be checked: the login, the platform's word for its user, and the platform's check."""

    id: LoginId
    account_id: AccountId
    provider: str
    subject: str = field(repr=False)
    checks: FaceCheckProvider


@dataclass(frozen=True, slots=True)
class FaceCheck:
    """A face check that has begun; `client_params` are for the platform's SDK in the mini-program."""

    id: str
    provider: str
    client_params: dict[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Reserved:
    check_id: str
    person: Person
    attempt_id: str | None


@dataclass(frozen=True, slots=True)
class FaceCheckDesk:
    """Begins and completes face checks: who can be matched, who takes the proof, how long a check lives."""

    real_name: RealNameDesk
    proofs: ProofDesk
    lifetime: timedelta = LIFETIME

    def begin(self, login: FaceLogin, stated: Stated, now: datetime) -> FaceCheck:
        """Prepare a check with the platform.

        Raises FieldsMissing, InvalidField, RealNameAlreadyBound, RealNameMismatch (counted), RealNameLocked,
        GuardianConsentRequired, RegistryUnavailable, and what the platform refuses.
        """
        text = stated.consent(consent_texts.FACE_CHECK)
        reserved = self._reserve(login, stated, now)
        try:
            if reserved.attempt_id:
                self.real_name.require_match(reserved.person, now)
            started = login.checks.begin(login.subject, reserved.person, reserved.check_id)
        except RealNameMismatch:
            self._forget(reserved.check_id, None)
            raise
        except Exception:
            self._forget(reserved.check_id, reserved.attempt_id)
            raise
        self._note(login, reserved, started.provider_reference, text, now)
        return FaceCheck(reserved.check_id, login.provider, started.client_params, now + self.lifetime)

    def complete(self, login: FaceLogin, check_id: str, now: datetime) -> AccountId:
        """Ask the platform how a check went, and take the proof down; return the person's account.

        Completing a passed check again changes nothing. Raises FaceCheckNotFound, FaceCheckUnfinished,
        FaceCheckFailed, FaceCheckExpired, FaceCheckCompleted, RealNameAlreadyBound, and what the platform
        refuses.
        """
        with self._write() as session:
            row = face_check_rows.of_login(session, login.id, check_id)
            person = self._open_person(row)
            if row.state != FaceCheckState.PENDING:
                return self._settled_before(session, row, person)
            if row.expires_at <= now:
                raise FaceCheckExpired
            reference = self._open_reference(row)
        if not login.checks.passed(login.subject, person, check_id, reference):
            self._fail(login, check_id, person, now)
            raise FaceCheckFailed
        try:
            return self._pass(login, check_id, person, now)
        except IntegrityError:
            # At this very moment another login bound the person: now there is somebody to join.
            return self._pass(login, check_id, person, now)

    def _reserve(self, login: FaceLogin, stated: Stated, now: datetime) -> _Reserved:
        check_id, cipher = new_id(), self.real_name.cipher
        with self._write() as session:
            bound = lock_account(session, login.account_id)
            person = person_to_check(session, self.real_name, bound, stated, now)
            face_check_rows.require_few(session, login.id, now)
            attempt_id = None if bound else self._reserve_attempt(session, login, person, now)
            session.add(
                FaceCheckRow(
                    id=check_id,
                    login_id=login.id,
                    provider=login.provider,
                    state=FaceCheckState.PENDING,
                    claimed=bound is None,
                    person_sealed=cipher.seal(
                        face_check_rows.packed(person), face_check_rows.place("person", check_id)
                    ),
                    begun_at=now,
                    expires_at=now + self.lifetime,
                ),
            )
        return _Reserved(check_id, person, attempt_id)

    def _reserve_attempt(self, session: Session, login: FaceLogin, person: Person, now: datetime) -> str:
        return real_name_locks.reserve(
            session,
            self.real_name.index,
            account_id=login.account_id,
            id_number=person.id_number,
            now=now,
            by_face=True,
        )

    def _note(
        self,
        login: FaceLogin,
        reserved: _Reserved,
        reference: str,
        text: ConsentText | None,
        now: datetime,
    ) -> None:
        sealed = self.real_name.cipher.seal(reference, face_check_rows.place("reference", reserved.check_id))
        with self._write() as session:
            session.execute(
                update(FaceCheckRow)
                .where(FaceCheckRow.id == reserved.check_id)
                .values(reference_sealed=sealed),
            )
            if reserved.attempt_id:
                real_name_locks.strike_out(session, reserved.attempt_id)
            if text:
                consent_texts.record(session, login.account_id, text, now)

    def _forget(self, check_id: str, attempt_id: str | None) -> None:
        with self._write() as session:
            session.execute(delete(FaceCheckRow).where(FaceCheckRow.id == check_id))
            if attempt_id:
                real_name_locks.strike_out(session, attempt_id)

    def _fail(self, login: FaceLogin, check_id: str, person: Person, now: datetime) -> None:
        with self._write() as session:
            claimed = session.scalar(
                face_check_rows.settling(check_id, FaceCheckState.FAILED, now).returning(
                    FaceCheckRow.claimed
                ),
            )
            if claimed:
                # Somebody else's face is a wrong owner: it counts as a wrong number does.
                try:
                    self._reserve_attempt(session, login, person, now)
                except RealNameLocked:
                    return

    def _pass(self, login: FaceLogin, check_id: str, person: Person, now: datetime) -> AccountId:
        with self._write() as session:
            claimed = session.scalar(
                face_check_rows.settling(check_id, FaceCheckState.PASSED, now).returning(FaceCheckRow.id),
            )
            if claimed is None:
                row = face_check_rows.of_login(session, login.id, check_id)
                return self._settled_before(session, row, person)
            return self.proofs.accept(session, login.id, person, now).account_id

    def _settled_before(self, session: Session, row: FaceCheckRow, person: Person) -> AccountId:
        if row.state == FaceCheckState.FAILED:
            raise FaceCheckFailed
        number = self.real_name.index.of(NUMBER_LABEL, person.id_number)
        account_id = session.scalar(
            select(AccountRow.id)
            .join(LoginRow, LoginRow.account_id == AccountRow.id)
            .join(PersonRow, PersonRow.id == AccountRow.person_id)
            .where(
                LoginRow.id == row.login_id,
                LoginRow.proved_at.is_not(None),
                PersonRow.number_index == number,
            ),
        )
        if account_id is None:
            raise FaceCheckCompleted
        return AccountId(account_id)

    def _open_person(self, row: FaceCheckRow) -> Person:
        return face_check_rows.open_person(self.real_name.cipher, row)

    def _open_reference(self, row: FaceCheckRow) -> str:
        if row.reference_sealed is None:
            # The platform has not answered to the beginning yet.
            raise FaceCheckUnfinished
        return self.real_name.cipher.open_text(
            row.reference_sealed, face_check_rows.place("reference", row.id)
        )

    def _write(self) -> AbstractContextManager[Session]:
        return self.real_name.write()
