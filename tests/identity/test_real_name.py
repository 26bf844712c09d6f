"""Binding a real name: three witnesses, and what each refusal leaves behind."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity import accounts
from identity.accounts import AccountRow
from identity.consent_texts import ConsentGivenRow, texts
from identity.crypto.cipher import BlindIndex
from identity.errors import (
    GuardianConsentRequired,
    InvalidField,
    RealNameAlreadyBound,
    RealNameBoundElsewhere,
    RealNameLocked,
    RealNameMismatch,
    RegistryUnavailable,
)
from identity.ids import AccountId
from identity.numbers.resident_id import IdType
from identity.people import Person, PersonRow
from identity.real_name import Claim, RealNameDesk
from identity.real_name_locks import RealNameAttemptRow
from tests.sandbox import Sandbox

CLAIM = Claim("张伟", IdType.RESIDENT_ID, "100000199005170119", "1")


class Register:
    """Knows one birthday for whoever asks, nobody at all, or is out of order."""

    def __init__(self, born: date | None, *, down: bool = False) -> None:
        self.born, self.down, self.asked = born, down, 0

    def birth_date_of(self, *, name: str, id_type: IdType, id_number: str) -> date | None:
        self.asked += 1
        self.question = (name, id_type, id_number)
        if self.down:
            raise RegistryUnavailable
        return self.born


Vouch = Callable[[Person, str | None], bool]


def yes(_person: Person, _phone_code: str | None) -> bool:
    return True


def no(_person: Person, _phone_code: str | None) -> bool:
    return False


@pytest.fixture
def register() -> Register:
    return Register(date(1990, 5, 17))


@pytest.fixture
def desk(sandbox: Sandbox, register: Register) -> RealNameDesk:
    return replace(sandbox.parts.real_name, population=register)


@pytest.fixture
def account(sandbox: Sandbox, now: datetime) -> AccountId:
    return an_account(sandbox, "one", now)


def an_account(sandbox: Sandbox, subject: str, now: datetime) -> AccountId:
    parts = sandbox.parts
    with parts.database.write() as session:
        return accounts.log_in(session, parts.index, provider="test", subject=subject, now=now).account_id


def level(sandbox: Sandbox, account: AccountId) -> int:
    with sandbox.parts.database.read() as session:
        return session.get_one(AccountRow, account).assurance_level


def counts(sandbox: Sandbox) -> tuple[int | None, int | None, int | None]:
    """Return how many people, consents and counted attempts there are."""
    with sandbox.parts.database.read() as session:
        people, consents, attempts = (
            session.scalar(select(func.count()).select_from(table))
            for table in (PersonRow, ConsentGivenRow, RealNameAttemptRow)
        )
    return people, consents, attempts


def test_who_matches_and_is_vouched_for_rises_to_level_2_with_their_consent_kept(
    sandbox: Sandbox,
    desk: RealNameDesk,
    account: AccountId,
    now: datetime,
) -> None:
    desk.bind(account, CLAIM, yes, now)

    assert level(sandbox, account) == 2
    assert counts(sandbox) == (1, 1, 0)
    with sandbox.parts.database.read() as session:
        consent = session.scalars(select(ConsentGivenRow)).one()
        shown = accounts.view(session, sandbox.parts.cipher, account, now).real_name
    assert (consent.version, consent.sha256, consent.given_at) == ("1", texts()[0].sha256, now)
    assert shown is not None
    assert (shown.name_masked, shown.id_number_masked) == ("*伟", "1000**********0119")


def test_the_registry_is_asked_for_the_name_and_number_as_registries_write_them(
    desk: RealNameDesk,
    register: Register,
    account: AccountId,
    now: datetime,
) -> None:
    typed = replace(CLAIM, name=" 阿卜杜拉•买买提 ", id_number=" 11010519491231002x ")

    desk.bind(account, typed, yes, now)

    assert register.question == ("阿卜杜拉·买买提", IdType.RESIDENT_ID, "11010519491231002X")


@pytest.mark.parametrize(("born", "vouch"), [(None, yes), (date(1990, 5, 17), no), (None, no)])
def test_name_number_or_platform_alone_are_refused_alike_and_counted(
    sandbox: Sandbox,
    desk: RealNameDesk,
    account: AccountId,
    now: datetime,
    *,
    born: date | None,
    vouch: Vouch,
) -> None:
    desk = replace(desk, population=Register(born))

    with pytest.raises(RealNameMismatch):
        desk.bind(account, CLAIM, vouch, now)

    assert level(sandbox, account) == 1
    assert counts(sandbox) == (0, 0, 1)


def test_the_registry_is_not_asked_about_whom_the_platform_does_not_vouch_for(
    desk: RealNameDesk,
    register: Register,
    account: AccountId,
    now: datetime,
) -> None:
    with pytest.raises(RealNameMismatch):
        desk.bind(account, CLAIM, no, now)

    assert register.asked == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"id_number": "100000199005170118"}, "id_number"),
        ({"id_number": "100000199002300119"}, "id_number"),
        ({"id_number": "12"}, "id_number"),
        ({"consent_version": "0"}, "consent_version"),
    ],
)
def test_what_can_not_be_right_names_its_field_asks_nobody_and_is_not_counted(
    sandbox: Sandbox,
    desk: RealNameDesk,
    register: Register,
    account: AccountId,
    now: datetime,
    *,
    wrong: dict[str, str],
    field: str,
) -> None:
    with pytest.raises(InvalidField) as refusal:
        desk.bind(account, replace(CLAIM, **wrong), yes, now)  # type: ignore[arg-type]

    assert refusal.value.field == field
    assert set(refusal.value.messages) == {"zh", "en"}
    assert register.asked == 0
    assert counts(sandbox) == (0, 0, 0)


def test_a_fictitious_number_is_refused_outside_of_the_sandbox(
    desk: RealNameDesk,
    account: AccountId,
    now: datetime,
) -> None:
    strict = replace(desk, fictitious_allowed=False)

    with pytest.raises(InvalidField, match="province"):
        strict.bind(account, CLAIM, yes, now)


def test_a_child_binds_with_the_first_moment_of_its_fourteenth_birthday_in_china(
    sandbox: Sandbox,
    desk: RealNameDesk,
    account: AccountId,
) -> None:
    desk = replace(desk, population=Register(date(2012, 11, 22)))
    evening_before = datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC)
    birthday = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)

    with pytest.raises(GuardianConsentRequired):
        desk.bind(account, CLAIM, yes, evening_before)
    before = counts(sandbox)
    desk.bind(account, CLAIM, yes, birthday)

    assert before == (0, 0, 0)
    assert level(sandbox, account) == 2


def test_a_child_whose_guardian_has_consented_binds_and_the_number_is_what_was_asked_for(
    sandbox: Sandbox,
    desk: RealNameDesk,
    account: AccountId,
    now: datetime,
) -> None:
    asked: list[str] = []

    def consented(_session: Session, _index: BlindIndex, id_number: str) -> bool:
        asked.append(id_number)
        return True

    child = replace(desk, population=Register(date(2018, 6, 1)), guardian_consent=consented)

    child.bind(account, CLAIM, yes, now)

    assert asked == [CLAIM.id_number]
    assert level(sandbox, account) == 2


def test_a_registry_that_is_down_is_not_the_citizens_mismatch(
    sandbox: Sandbox,
    desk: RealNameDesk,
    account: AccountId,
    now: datetime,
) -> None:
    desk = replace(desk, population=Register(None, down=True))

    for _ in range(6):
        with pytest.raises(RegistryUnavailable):
            desk.bind(account, CLAIM, yes, now)

    assert counts(sandbox) == (0, 0, 0)


def test_the_fifth_mismatch_stands_although_every_one_was_refused(
    desk: RealNameDesk,
    account: AccountId,
    now: datetime,
) -> None:
    for _ in range(5):
        with pytest.raises(RealNameMismatch):
            desk.bind(account, CLAIM, no, now)

    with pytest.raises(RealNameLocked):
        desk.bind(account, CLAIM, yes, now)


def test_an_account_has_one_real_name_and_a_person_one_account(
    sandbox: Sandbox,
    desk: RealNameDesk,
    account: AccountId,
    now: datetime,
) -> None:
    desk.bind(account, CLAIM, yes, now)
    other = an_account(sandbox, "two", now)

    with pytest.raises(RealNameAlreadyBound):
        desk.bind(account, CLAIM, yes, now)
    with pytest.raises(RealNameBoundElsewhere):
        desk.bind(other, CLAIM, yes, now)

    assert level(sandbox, other) == 1
    assert counts(sandbox) == (1, 1, 0)
