"""Bringing a wallet up to date: one row a licence, each holder's own view of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity import people
from identity.ids import PersonId
from identity.numbers.resident_id import IdType
from tests.sandbox import Sandbox
from wallet import licences, syncing
from wallet.errors import LicenceNotFound, PhotoNotFound
from wallet.licences import Licence, Preferences
from wallet.models import LicenceRow
from wallet.registries.asking import AnswerStatus, RegistryAnswer
from wallet.registries.protocol import RegistryRecord
from wallet.status import LicenceStatus

HIS, HERS = "100000199005170119", "100000199103080125"
SECOND = timedelta(seconds=1)
CERTIFICATE = RegistryRecord(
    registry="civil-affairs",
    kind="MARRIAGE_CERT",
    identifier="1.2.156.3005.2.A.B.C.001.D",
    number="J440300-2016-000001",
    holder_numbers=(HIS, HERS),
    issuer_name="测试市民政局",
    issued_on=date(2016, 5, 20),
    valid_from=date(2016, 5, 20),
    valid_to=None,
    status=LicenceStatus.VALID,
    version=2,
    fields={"male_id_no": HIS, "female_id_no": HERS, "cert_no": "J440300-2016-000001"},
    photo_png=None,
)


class Wallets:
    """Two people's wallets in one transaction, and registries that answer as a test says."""

    def __init__(self, sandbox: Sandbox, session: Session, now: datetime) -> None:
        self.session, self.cipher, self.now = session, sandbox.parts.cipher, now
        self.index = sandbox.parts.index
        self.him, self.her = self.a_person("张伟", HIS), self.a_person("李娜", HERS)

    def a_person(self, name: str, number: str) -> PersonId:
        row = people.add(
            self.session,
            self.cipher,
            self.index,
            name=name,
            id_type=IdType.RESIDENT_ID,
            id_number=number,
            now=self.now,
        )
        return PersonId(row.id)

    def sync(
        self,
        person: PersonId,
        *records: RegistryRecord,
        status: AnswerStatus = AnswerStatus.OK,
        now: datetime | None = None,
    ) -> None:
        answer = RegistryAnswer("civil-affairs", "测试市民政局", status, records)
        syncing.store_answers(self.session, self.cipher, person, [answer], now or self.now)

    def of(self, person: PersonId) -> list[Licence]:
        return licences.list_held(self.session, self.cipher, person, now=self.now)


@pytest.fixture
def wallets(sandbox: Sandbox, now: datetime) -> Iterator[Wallets]:
    with sandbox.parts.database.write() as session:
        yield Wallets(sandbox, session, now)


def test_two_holders_share_one_licence_row(wallets: Wallets) -> None:
    wallets.sync(wallets.him, CERTIFICATE)
    wallets.sync(wallets.her, CERTIFICATE)

    rows = wallets.session.scalar(select(func.count()).select_from(LicenceRow))
    (his,), (hers,) = wallets.of(wallets.him), wallets.of(wallets.her)

    assert rows == 1
    assert his.id == hers.id
    assert (his.holder_name_masked, hers.holder_name_masked) == ("*伟", "*娜")


def test_each_holders_order_and_visibility_are_their_own(wallets: Wallets) -> None:
    for person in (wallets.him, wallets.her):
        wallets.sync(person, CERTIFICATE)
    (his,) = wallets.of(wallets.him)

    licences.set_preferences(wallets.session, wallets.him, his.id, Preferences(pinned=True, hidden=True))
    wallets.sync(wallets.him, CERTIFICATE)

    (his,), (hers,) = wallets.of(wallets.him), wallets.of(wallets.her)
    assert (his.pinned, his.hidden, hers.pinned, hers.hidden) == (True, True, False, False)


def test_a_licence_the_registry_no_longer_lists_leaves_that_wallet_only(wallets: Wallets) -> None:
    for person in (wallets.him, wallets.her):
        wallets.sync(person, CERTIFICATE)

    wallets.sync(wallets.him)

    assert wallets.of(wallets.him) == []
    assert len(wallets.of(wallets.her)) == 1


@pytest.mark.parametrize("status", [AnswerStatus.UNAVAILABLE, AnswerStatus.TIMEOUT])
def test_a_registry_that_did_not_answer_changes_nothing(wallets: Wallets, status: AnswerStatus) -> None:
    wallets.sync(wallets.him, CERTIFICATE)

    wallets.sync(wallets.him, status=status, now=wallets.now + SECOND)

    (licence,) = wallets.of(wallets.him)
    assert licence.as_of == wallets.now


def test_what_another_registry_lists_is_none_of_this_ones(wallets: Wallets) -> None:
    house = replace(
        CERTIFICATE, registry="natural-resources", kind="REAL_ESTATE_CERT", identifier="1.2.156.3005.2.X"
    )
    other = RegistryAnswer("natural-resources", "不动产登记中心", AnswerStatus.OK, (house,))
    wallets.sync(wallets.him, CERTIFICATE)

    syncing.store_answers(wallets.session, wallets.cipher, wallets.him, [other], wallets.now)

    assert {licence.kind for licence in wallets.of(wallets.him)} == {"MARRIAGE_CERT", "REAL_ESTATE_CERT"}


def test_newer_data_replaces_what_we_had(wallets: Wallets) -> None:
    wallets.sync(wallets.him, CERTIFICATE)

    changed = replace(CERTIFICATE, version=3, status=LicenceStatus.REVOKED, number="J2")
    wallets.sync(wallets.him, changed, now=wallets.now + SECOND)

    (licence,) = wallets.of(wallets.him)
    assert licence.status is LicenceStatus.REVOKED
    assert licence.as_of == wallets.now + SECOND
    assert licence.number_masked == "**"


def test_an_older_version_is_passed_over(wallets: Wallets) -> None:
    wallets.sync(wallets.him, CERTIFICATE)

    older = replace(CERTIFICATE, version=1, status=LicenceStatus.REVOKED)
    wallets.sync(wallets.him, older, now=wallets.now + SECOND)

    (licence,) = wallets.of(wallets.him)
    assert (licence.status, licence.as_of) == (LicenceStatus.VALID, wallets.now)


def test_an_answer_from_before_a_push_does_not_undo_it(wallets: Wallets) -> None:
    wallets.sync(wallets.him, CERTIFICATE)
    pushed_at = wallets.now + 10 * SECOND
    suspended = replace(CERTIFICATE, status=LicenceStatus.SUSPENDED)
    syncing.store_record(wallets.session, wallets.cipher, suspended, pushed_at)

    wallets.sync(wallets.him, CERTIFICATE, now=pushed_at - SECOND)

    (licence,) = wallets.of(wallets.him)
    assert licence.status is LicenceStatus.SUSPENDED


def test_a_kind_that_is_in_no_catalogue_is_left_out(wallets: Wallets) -> None:
    wallets.sync(wallets.him, replace(CERTIFICATE, kind="MARS_PERMIT"), CERTIFICATE)

    assert [licence.kind for licence in wallets.of(wallets.him)] == ["MARRIAGE_CERT"]


def test_a_licence_of_somebody_else_is_as_if_it_were_not_there(wallets: Wallets) -> None:
    wallets.sync(wallets.him, replace(CERTIFICATE, photo_png=b"a picture"))
    (his,) = wallets.of(wallets.him)
    session, cipher, her = wallets.session, wallets.cipher, wallets.her

    assert licences.photo(session, cipher, wallets.him, his.id) == b"a picture"
    with pytest.raises(LicenceNotFound):
        licences.get_held(session, cipher, her, his.id, wallets.now)
    with pytest.raises(LicenceNotFound):
        licences.set_preferences(session, her, his.id, Preferences(pinned=True))
    with pytest.raises(LicenceNotFound):
        syncing.source_of(session, her, his.id)
    with pytest.raises(PhotoNotFound):
        licences.photo(session, cipher, her, his.id)


def test_a_photo_stays_with_its_holder_and_not_with_who_gets_the_licence(wallets: Wallets) -> None:
    his, hers = (replace(CERTIFICATE, holder_numbers=(number,)) for number in (HIS, HERS))
    wallets.sync(wallets.him, replace(his, photo_png=b"his face"))
    wallets.sync(wallets.him, his)
    (licence,) = wallets.of(wallets.him)
    assert licences.photo(wallets.session, wallets.cipher, wallets.him, licence.id) == b"his face"

    wallets.sync(wallets.her, hers)

    assert [one.id for one in wallets.of(wallets.her)] == [licence.id]
    with pytest.raises(PhotoNotFound):
        licences.photo(wallets.session, wallets.cipher, wallets.her, licence.id)


def test_number_fields_and_photo_lie_sealed(wallets: Wallets) -> None:
    wallets.sync(wallets.him, replace(CERTIFICATE, photo_png=b"a picture"))
    wallets.session.flush()

    stored = [
        value
        for table in ("licences", "licence_photos")
        for row in wallets.session.connection().exec_driver_sql(f"SELECT * FROM {table}")  # noqa: S608
        for value in row
    ]

    everything = repr([bytes(value) if isinstance(value, memoryview) else value for value in stored])
    assert HIS not in everything
    assert "J440300" not in everything
    assert "a picture" not in everything
