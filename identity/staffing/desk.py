"""Staff at the door: logging in with password and second factor, and changing either.

argon2 runs outside any transaction. What a refusal has to leave behind, a counted failure, is written in a
short transaction of its own before it is raised.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.errors import (
    InvalidField,
    StaffCredentialsRefused,
    TotpAlreadyEnrolled,
    TotpNotEnrolled,
    TotpRefused,
    TotpRequired,
)
from identity.ids import StaffId
from identity.principals import StaffMember
from identity.sessions import SessionRow
from identity.staff import OrganisationRow, StaffAccount, StaffRow, account_of
from identity.staffing import lockout, totp
from identity.staffing.passwords import Passwords, require_good

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody says to log in as staff, and from where."""

    organisation_code: str
    staff_number: str
    password: str
    totp: str | None
    address: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """Whose credentials those were, and what they were compared with."""

    staff_id: StaffId
    password_hash: str = field(repr=False)
    totp_confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor to be confirmed: shown once."""

    secret: str
    otpauth_uri: str


@dataclass(frozen=True, slots=True)
class StaffDesk:
    """What logging in needs: keys, the cost of passwords, transactions."""

    cipher: PiiCipher
    index: BlindIndex
    passwords: Passwords
    read: Transaction
    write: Transaction

    def admit(self, said: Credentials, now: datetime) -> Admitted:
        """Return whose password, and second factor where there is one, this is.

        Raises StaffCredentialsRefused, TotpRequired, TotpRefused, StaffLocked.
        """
        key = lockout.key_of(self.index, said.organisation_code, said.staff_number, said.address)
        with self.read() as session:
            lockout.require_open(session, key, now)
            row = session.scalar(
                select(StaffRow)
                .join(OrganisationRow, OrganisationRow.id == StaffRow.organisation_id)
                .where(
                    OrganisationRow.code == said.organisation_code,
                    StaffRow.staff_number == said.staff_number,
                    StaffRow.active,
                ),
            )
        if not self.passwords.matches(row.password_hash if row else None, said.password):
            self._fail(key, now)
            raise StaffCredentialsRefused
        if row is None:
            raise StaffCredentialsRefused
        if row.totp_confirmed_at is not None and not said.totp:
            raise TotpRequired
        if row.totp_confirmed_at is not None:
            self._use_code(row, said.totp or "", key, now)
        with self.read() as session:
            tried_before = session.get(lockout.StaffLoginFailureRow, key) is not None
        if tried_before:
            with self.write() as session:
                lockout.succeeded(session, key)
        return Admitted(StaffId(row.id), row.password_hash, row.totp_confirmed_at)

    def change_password(
        self, member: StaffMember, address: str, old_password: str, new_password: str, now: datetime
    ) -> None:
        """Change a member's password; their other sessions end. Raises InvalidField, StaffLocked."""
        row = self._proved(member, address, "old_password", old_password, now)
        require_good(
            "new_password",
            new_password,
            staff_number=member.staff_number,
            organisation=(member.organisation_code, member.organisation_name),
        )
        if new_password == old_password:
            raise InvalidField(
                field="new_password",
                message_zh="新密码不能与原密码相同",
                message_en="The new password is the old one.",
            )
        new_hash = self.passwords.hash(new_password)
        with self.write() as session:
            changed = session.scalar(
                update(StaffRow)
                .where(StaffRow.id == row.id, StaffRow.password_hash == row.password_hash)
                .values(password_hash=new_hash, password_is_initial=False)
                .returning(StaffRow.id),
            )
            if changed is None:
                # Somebody else changed or reset it at this very moment.
                raise StaffCredentialsRefused
            _end_others(session, member, now)

    def enrol(self, session: Session, member: StaffMember) -> Enrolment:
        """Give a member a second factor, to be confirmed. Raises TotpAlreadyEnrolled."""
        row = _locked(session, member)
        if row.totp_confirmed_at is not None:
            raise TotpAlreadyEnrolled
        secret = totp.new_secret()
        row.totp_sealed = totp.seal(self.cipher, row.id, secret)
        row.totp_last_step = None
        session.flush()
        return Enrolment(secret, totp.uri(secret, f"{member.organisation_code}/{member.staff_number}"))

    def confirm(self, member: StaffMember, address: str, code: str, now: datetime) -> None:
        """Let a second factor count from now on; the member's other sessions end.

        Raises TotpAlreadyEnrolled, TotpNotEnrolled, TotpRefused, StaffLocked.
        """
        key = self._key(member, address)
        with self.read() as session:
            lockout.require_open(session, key, now)
            row = session.get_one(StaffRow, member.staff_id)
        if row.totp_confirmed_at is not None:
            raise TotpAlreadyEnrolled
        if row.totp_sealed is None:
            raise TotpNotEnrolled
        self._use_code(row, code, key, now)
        with self.write() as session:
            confirmed = session.scalar(
                update(StaffRow)
                .where(StaffRow.id == row.id, StaffRow.totp_sealed == row.totp_sealed)
                .values(totp_confirmed_at=now)
                .returning(StaffRow.id),
            )
            if confirmed is None:
                # Enrolled anew at this very moment: the code was the former secret's.
                raise TotpRefused
            _end_others(session, member, now)

    def disable(self, member: StaffMember, address: str, password: str, code: str, now: datetime) -> None:
        """Take a second factor away. Raises InvalidField, TotpNotEnrolled, TotpRefused, StaffLocked."""
        row = self._proved(member, address, "password", password, now)
        if row.totp_confirmed_at is None:
            raise TotpNotEnrolled
        self._use_code(row, code, self._key(member, address), now)
        with self.write() as session:
            forget_totp(_locked(session, member))
            session.flush()

    def _proved(
        self, member: StaffMember, address: str, field: str, password: str, now: datetime
    ) -> StaffRow:
        key = self._key(member, address)
        with self.read() as session:
            lockout.require_open(session, key, now)
            row = session.get_one(StaffRow, member.staff_id)
        if not self.passwords.matches(row.password_hash, password):
            self._fail(key, now)
            raise _wrong_password(field)
        return row

    def _use_code(self, row: StaffRow, code: str, key: bytes, now: datetime) -> None:
        with self.write() as session:
            accepted = totp.accept(session, self.cipher, row, code, now)
        if not accepted:
            self._fail(key, now)
            raise TotpRefused

    def _fail(self, key: bytes, now: datetime) -> None:
        with self.write() as session:
            lockout.failed(session, key, now)

    def _key(self, member: StaffMember, address: str) -> bytes:
        return lockout.key_of(self.index, member.organisation_code, member.staff_number, address)


def hold_still(session: Session, admitted: Admitted) -> StaffAccount:
    """Return who was admitted, and let nothing that ends their sessions come before a new one is there to be ended.

    Raises StaffCredentialsRefused if it came already.
    """
    found = session.execute(
        select(StaffRow, OrganisationRow)
        .join(OrganisationRow, OrganisationRow.id == StaffRow.organisation_id)
        .where(
            StaffRow.id == admitted.staff_id,
            StaffRow.active,
            StaffRow.password_hash == admitted.password_hash,
            StaffRow.totp_confirmed_at.is_not_distinct_from(admitted.totp_confirmed_at),
        )
        .with_for_update(read=True, of=StaffRow),
    ).first()
    if found is None:
        raise StaffCredentialsRefused
    return account_of(found.StaffRow, found.OrganisationRow)


def forget_totp(row: StaffRow) -> None:
    """Take a member's second factor away."""
    row.totp_sealed = row.totp_confirmed_at = row.totp_last_step = None


def end_sessions(session: Session, staff_id: str, now: datetime, keep: str | None = None) -> None:
    """End a member's sessions, all but the one to keep."""
    ended = update(SessionRow).where(SessionRow.staff_id == staff_id, SessionRow.revoked_at.is_(None))
    if keep is not None:
        ended = ended.where(SessionRow.id != keep)
    session.execute(ended.values(revoked_at=now))


def _end_others(session: Session, member: StaffMember, now: datetime) -> None:
    end_sessions(session, member.staff_id, now, keep=member.session_id)


def _locked(session: Session, member: StaffMember) -> StaffRow:
    return session.get_one(StaffRow, member.staff_id, with_for_update=True)


def _wrong_password(field: str) -> InvalidField:
    return InvalidField(field=field, message_zh="密码不正确", message_en="The password is wrong.")
