"""Proving the chains of access records, or naming the first record where one breaks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity.crypto.cipher import CipherError, PiiCipher
from identity.crypto.keyring import KeyRing
from wallet.showing import statements
from wallet.showing.models import AccessChainRow, AccessCheckpointRow, AccessRecordRow
from wallet.showing.records import anchors, chain
from wallet.showing.statements import Unproven

PAGE = 1000


class Fault(StrEnum):
    """What can be wrong with a chain."""

    ALTERED = "altered"
    MISSING = "missing"
    REORDERED = "re-ordered"
    UNCHAINED = "outside the chain"
    HEAD = "not what the chain's head says"
    CHECKPOINT = "behind a checkpoint that nobody signed"
    ANCHOR = "not what a published anchor says"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where a chain breaks. A record that is missing has no id any more."""

    fault: Fault
    chain: int | None = None
    position: int | None = None
    record_id: str | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """Every chain holds. How many records were looked at, in how many chains."""

    records: int
    chains: int


@dataclass(slots=True)
class _Place:
    """How far a chain was proven, and how long it was when that began."""

    chain: int
    position: int
    link: bytes
    length: int
    head: bytes


class Auditor:
    """Proves chains: with the cipher that opens commitments and the keys that signed checkpoints."""

    def __init__(self, session: Session, cipher: PiiCipher, ring: KeyRing) -> None:
        self._session = session
        self._cipher = cipher
        self._ring = ring

    def count(self) -> int:
        """Return how many records there are to look at."""
        return self._session.scalar(select(func.count()).select_from(AccessRecordRow)) or 0

    def verify(self, looked_at: Callable[[int], object]) -> Proven | Broken:
        """Prove every chain, and tell how many records were `looked_at` meanwhile.

        Chains may grow while they are proven: each is proven up to where it ended when its turn began.
        """
        unchained = self._session.scalar(
            select(AccessRecordRow.id).where(AccessRecordRow.link.is_(None)).limit(1),
        )
        if unchained:
            return Broken(Fault.UNCHAINED, record_id=unchained)
        promises = anchors.promises(self._session, self._ring)
        if isinstance(promises, Unproven):
            return Broken(Fault.ANCHOR)
        total, numbers = 0, self._chains(promises)
        for number in numbers:
            place = self._begin(number)
            if isinstance(place, Broken):
                return place
            started_at, promised = place.position, promises.get(number, {})
            broken = self._walk(place, promised, looked_at) or self._end(place, promised)
            if broken:
                return broken
            total += place.position - started_at
        return Proven(total, len(numbers))

    def _chains(self, promised: anchors.Promises) -> list[int]:
        """Return every chain that anything speaks of: one that is gone as a whole is missed, too."""
        told = (AccessChainRow.chain, AccessRecordRow.chain, AccessCheckpointRow.chain)
        there = {chain for column in told for chain in self._session.scalars(select(column).distinct())}
        return sorted(there | set(promised))

    def _begin(self, number: int) -> _Place | Broken:
        head = self._head(number)
        if head is None:
            return Broken(Fault.HEAD, number)
        row = self._session.scalar(
            select(AccessCheckpointRow)
            .where(AccessCheckpointRow.chain == number)
            .order_by(AccessCheckpointRow.position.desc())
            .limit(1),
        )
        if row is None:
            return _Place(number, 0, chain.genesis(number), head.length, head.head)
        try:
            said = statements.open_statement(row.jws, self._ring, statements.CHECKPOINT_TYP)
        except Unproven:
            return Broken(Fault.CHECKPOINT, number, row.position)
        if (said["chain"], said["position"]) != (number, row.position):
            return Broken(Fault.CHECKPOINT, number, row.position)
        return _Place(number, row.position, bytes.fromhex(said["link"]), head.length, head.head)

    def _walk(
        self,
        place: _Place,
        promised: dict[int, str],
        looked_at: Callable[[int], object],
    ) -> Broken | None:
        for row in self._records(place):
            fault = self._fault(place, row)
            if fault is Fault.MISSING:
                return Broken(fault, place.chain, place.position + 1)
            if fault:
                return Broken(fault, place.chain, row.position, row.id)
            place.position, place.link = row.position, row.link
            if promised.get(place.position, row.link.hex()) != row.link.hex():
                return Broken(Fault.ANCHOR, place.chain, row.position, row.id)
            looked_at(1)
        return None

    def _end(self, place: _Place, promised: dict[int, str]) -> Broken | None:
        if place.position < max(place.length, *promised, 0):
            return Broken(Fault.MISSING, place.chain, place.position + 1)
        newest = self._session.scalar(
            select(func.max(AccessRecordRow.position)).where(AccessRecordRow.chain == place.chain),
        )
        now = self._head(place.chain)
        if place.link != place.head or now is None or (newest or 0) > now.length:
            return Broken(Fault.HEAD, place.chain, place.position)
        return None

    def _head(self, number: int) -> AccessChainRow | None:
        query = select(AccessChainRow).where(AccessChainRow.chain == number)
        return self._session.scalar(query.execution_options(populate_existing=True))

    def _fault(self, place: _Place, row: AccessRecordRow) -> Fault | None:
        intact = chain.linked(place.link, chain.digest_of(chain.columns_of(row))) == row.link
        if intact and row.position == place.position + 1:
            return None if self._keeps_its_word(row) else Fault.ALTERED
        if self._belongs_elsewhere(place, row):
            return Fault.REORDERED
        return Fault.MISSING if row.position != place.position + 1 else Fault.ALTERED

    def _belongs_elsewhere(self, place: _Place, row: AccessRecordRow) -> bool:
        """Tell whether another record of the chain belongs here, or this one follows another."""
        digest = chain.digest_of(chain.columns_of(row))
        for other in self._records(place, from_start=True):
            if other.id == row.id:
                continue
            theirs = chain.digest_of(chain.columns_of(other))
            if chain.linked(place.link, theirs) in (row.link, other.link):
                return True
            if chain.linked(other.link, digest) == row.link:
                return True
        return False

    def _keeps_its_word(self, row: AccessRecordRow) -> bool:
        try:
            return chain.keeps_its_word(self._cipher, row)
        except CipherError:
            return False

    def _records(self, place: _Place, *, from_start: bool = False) -> Iterator[AccessRecordRow]:
        after = -1 if from_start else place.position
        while True:
            rows = self._session.scalars(
                select(AccessRecordRow)
                .where(
                    AccessRecordRow.chain == place.chain,
                    AccessRecordRow.position > after,
                    AccessRecordRow.position <= place.length,
                )
                .order_by(AccessRecordRow.position)
                .limit(PAGE),
            ).all()
            yield from rows
            if len(rows) < PAGE:
                return
            after = rows[-1].position
            self._session.expunge_all()
