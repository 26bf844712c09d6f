"""Entries: drawn at random, shown in turn, following licence, wallet and freeze."""

import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from identity.ids import PersonId
from tests.sandbox import Sandbox
from wallet import changes
from wallet.models import HoldingRow, LicenceRow
from wallet.status import LicenceStatus
from wallet.status_lists import blocks, entries, history
from wallet.status_lists.encoding import ListStatus
from wallet.status_lists.entries import ENTRIES_PER_HOLDING, Entry
from wallet.status_lists.models import StatusBlockRow, StatusChangeRow, StatusEntryRow, StatusListRow

SECOND = timedelta(seconds=1)
VALID, INVALID, SUSPENDED = ListStatus.VALID, ListStatus.INVALID, ListStatus.SUSPENDED


class Wallet:
    """A person, one licence of theirs, and the status lists, in one transaction."""

    def __init__(self, sandbox: Sandbox, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.cipher = sandbox.parts.cipher
        row = session.execute(
            select(HoldingRow.person_id, LicenceRow.id, LicenceRow.identifier)
            .join(LicenceRow, LicenceRow.id == HoldingRow.licence_id)
            .where(LicenceRow.kind == "DRIVING_LICENCE"),
        ).one()
        self.person, self.licence, self.identifier = PersonId(row.person_id), row.id, row.identifier

    def show(self) -> Entry:
        return entries.next_in_turn(self.session, self.person, self.licence, self.now)

    def decide(self, status: LicenceStatus, now: datetime | None = None) -> None:
        row = self.session.get_one(LicenceRow, self.licence)
        changes.apply(self.session, self.cipher, row, status, now or self.now)

    def freeze(self, *, frozen: bool = True) -> None:
        entries.set_frozen(self.session, self.person, self.now, frozen=frozen)

    def said(self, entry: Entry) -> int:
        return blocks.whole(self.session, entry.list_id).status(entry.place)

    def version(self, entry: Entry) -> int:
        self.session.expire_all()
        return self.session.get_one(StatusListRow, entry.list_id).version


@pytest.fixture
def wallet(sandbox: Sandbox, now: datetime) -> Iterator[Wallet]:
    sandbox.citizen("zhang-wei")
    with sandbox.parts.database.write() as session:
        yield Wallet(sandbox, session, now)


def test_a_fresh_entry_is_valid(wallet: Wallet) -> None:
    assert wallet.said(wallet.show()) == VALID


def test_a_licence_shows_its_entries_in_turn_so_that_no_number_follows_its_holder(wallet: Wallet) -> None:
    shown = Counter(wallet.show() for _ in range(3 * ENTRIES_PER_HOLDING))

    assert len(shown) == ENTRIES_PER_HOLDING
    assert set(shown.values()) == {3}


def test_entries_are_drawn_at_random_over_the_whole_list(wallet: Wallet) -> None:
    places = sorted({wallet.show().place for _ in range(ENTRIES_PER_HOLDING)})
    gaps = {later - earlier for earlier, later in itertools.pairwise(places)}

    assert len(gaps) > 1
    assert max(places) > 1_000


def test_a_place_that_is_taken_is_drawn_again(wallet: Wallet) -> None:
    wallet.session.execute(update(StatusListRow).values(size=4 * ENTRIES_PER_HOLDING))
    first = {wallet.show().place for _ in range(ENTRIES_PER_HOLDING)}
    other = wallet.session.scalars(
        select(HoldingRow.licence_id).where(HoldingRow.licence_id != wallet.licence).limit(1)
    ).one()

    second = {
        entries.next_in_turn(wallet.session, wallet.person, other, wallet.now).place
        for _ in range(ENTRIES_PER_HOLDING)
    }

    assert (len(first), len(second)) == (ENTRIES_PER_HOLDING, ENTRIES_PER_HOLDING)
    assert first.isdisjoint(second)


def test_the_next_list_is_begun_before_this_one_is_full(wallet: Wallet) -> None:
    wallet.session.execute(update(StatusListRow).values(size=2 * ENTRIES_PER_HOLDING))
    first = wallet.show()

    begun = blocks.count(wallet.session)
    other = wallet.session.scalars(
        select(HoldingRow.licence_id).where(HoldingRow.licence_id != wallet.licence).limit(1)
    ).one()
    second = entries.next_in_turn(wallet.session, wallet.person, other, wallet.now)

    assert begun == 2
    assert second.list_id != first.list_id


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (LicenceStatus.SUSPENDED, SUSPENDED),
        (LicenceStatus.NOT_YET_VALID, SUSPENDED),
        (LicenceStatus.REVOKED, INVALID),
        (LicenceStatus.CANCELLED, INVALID),
        (LicenceStatus.SUPERSEDED, INVALID),
        (LicenceStatus.TRANSFERRED, INVALID),
        (LicenceStatus.EXPIRED, INVALID),
    ],
)
def test_every_entry_of_a_licence_follows_its_status_and_back(
    wallet: Wallet,
    status: LicenceStatus,
    said: ListStatus,
) -> None:
    shown = [wallet.show() for _ in range(ENTRIES_PER_HOLDING)]

    wallet.decide(status)
    decided = {wallet.said(entry) for entry in shown}
    wallet.decide(LicenceStatus.VALID)

    assert decided == {said}
    assert {wallet.said(entry) for entry in shown} == {VALID}


def test_a_licence_that_was_revoked_before_it_was_ever_shown_gets_invalid_entries(wallet: Wallet) -> None:
    wallet.decide(LicenceStatus.REVOKED)

    assert wallet.said(wallet.show()) == INVALID


def test_a_freeze_suspends_and_what_is_invalid_stays_so(wallet: Wallet) -> None:
    shown = wallet.show()

    wallet.freeze()
    frozen = wallet.said(shown)
    wallet.decide(LicenceStatus.REVOKED)
    revoked = wallet.said(shown)
    wallet.freeze(frozen=False)
    thawed = wallet.said(shown)
    wallet.decide(LicenceStatus.VALID)

    assert (frozen, revoked, thawed, wallet.said(shown)) == (SUSPENDED, INVALID, INVALID, VALID)


def test_a_licence_that_leaves_a_wallet_is_invalid_there_until_it_comes_back(wallet: Wallet) -> None:
    shown = wallet.show()

    entries.set_lost(wallet.session, wallet.person, [wallet.licence], wallet.now, lost=True)
    lost = wallet.said(shown)
    entries.set_lost(wallet.session, wallet.person, [wallet.licence], wallet.now, lost=False)

    assert (lost, wallet.said(shown)) == (INVALID, VALID)


def test_what_changes_nothing_is_no_new_version(wallet: Wallet) -> None:
    shown = wallet.show()
    before = wallet.version(shown)

    wallet.decide(LicenceStatus.VALID)
    wallet.freeze(frozen=False)

    assert wallet.version(shown) == before


def test_a_change_is_one_version_and_rewrites_no_more_blocks_than_it_has_entries(wallet: Wallet) -> None:
    shown = wallet.show()
    before = wallet.version(shown)

    wallet.decide(LicenceStatus.REVOKED)
    written = wallet.session.scalars(select(StatusBlockRow.data)).all()

    assert wallet.version(shown) == before + 1
    assert len(written) <= ENTRIES_PER_HOLDING
    assert {len(block) for block in written} == {blocks.BLOCK_BYTES}


def test_what_changed_since_a_version_is_each_entrys_last_status(wallet: Wallet) -> None:
    shown = wallet.show()
    before = wallet.version(shown)
    wallet.decide(LicenceStatus.SUSPENDED)
    wallet.decide(LicenceStatus.REVOKED)

    since = blocks.changed_since(wallet.session, shown.list_id, before, limit=1_000) or {}
    later = blocks.changed_since(wallet.session, shown.list_id, before + 2, limit=1_000)
    too_many = blocks.changed_since(wallet.session, shown.list_id, before, limit=3)

    assert len(since) == ENTRIES_PER_HOLDING
    assert (set(since.values()), later, too_many) == ({INVALID}, {}, None)


def test_a_list_and_a_licence_tell_what_they_said_at_any_instant(wallet: Wallet) -> None:
    shown, begin = wallet.show(), wallet.now
    wallet.decide(LicenceStatus.SUSPENDED, begin + SECOND)
    wallet.decide(LicenceStatus.REVOKED, begin + 3 * SECOND)

    said = [
        blocks.status_at(wallet.session, shown.list_id, shown.place, begin + n * SECOND) for n in range(5)
    ]
    was = [
        history.status_at(wallet.session, wallet.licence, LicenceStatus.REVOKED, begin + n * SECOND)
        for n in range(5)
    ]

    assert said == [VALID, SUSPENDED, SUSPENDED, INVALID, INVALID]
    assert was == ["valid", "suspended", "suspended", "revoked", "revoked"]


def test_a_change_that_is_rolled_back_leaves_no_trace(sandbox: Sandbox, now: datetime) -> None:
    sandbox.citizen("zhang-wei")

    def break_off() -> None:
        with sandbox.parts.database.write() as session:
            wallet = Wallet(sandbox, session, now)
            wallet.show()
            wallet.decide(LicenceStatus.REVOKED)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        break_off()
    with sandbox.parts.database.read() as session:
        left = [
            session.scalar(select(func.count()).select_from(row))
            for row in (StatusEntryRow, StatusChangeRow, StatusBlockRow)
        ]

    assert left == [0, 0, 0]
