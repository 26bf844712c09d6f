"""Keeping what is about to be pulled current: registries are asked first, outside any transaction.

Nothing is refused here. What a registry that is down does not tell, the pull hands out as of when it was told last,
and says so.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from identity import people
from identity.crypto.cipher import PiiCipher
from identity.errors import RegistryUnavailable
from identity.ids import PersonId
from identity.prepared import Prepared
from wallet import syncing
from wallet.enterprise import items as consented_items
from wallet.enterprise import using
from wallet.enterprise.consents import ConsentStatus, status_of
from wallet.enterprise.items import Items
from wallet.errors import LicenceNotFound
from wallet.licences import Freshness, freshness_of
from wallet.models import HoldingRow, LicenceRow
from wallet.registries.asking import AnswerStatus, RegistryDesk

Opener = Callable[[], AbstractContextManager[Session]]

_AGES = Prepared(
    select(LicenceRow.id, LicenceRow.kind, LicenceRow.registry_code, LicenceRow.as_of, LicenceRow.changed_at)
    .join(HoldingRow, HoldingRow.licence_id == LicenceRow.id)
    .where(HoldingRow.person_id == bindparam("person_id")),
)


@dataclass(frozen=True, slots=True)
class _Lacking:
    """Which of a holder's licences are too old, and whether some kind is not in the wallet at all."""

    person_id: PersonId
    stale: list[str]
    absent: bool


@dataclass(slots=True)
class Refresher:
    """Asks for what some pulls need: every registry that failed once, and every holder, once at most."""

    registries: RegistryDesk
    cipher: PiiCipher
    read: Opener
    write: Opener
    asked: set[PersonId] = field(default_factory=set)
    down: set[str] = field(default_factory=set)

    def bring_up_to_date(self, client_id: str, consent_id: str, wanted: Items | None, now: datetime) -> None:
        """Ask the registries for what a pull by a consent would hand out, if it is older than its kind bears."""
        with self.read() as session:
            lacking = self._lacking(session, client_id, consent_id, wanted, now)
            if lacking is None or lacking.person_id in self.asked:
                return
            number = people.number_of(session, self.cipher, lacking.person_id)
        if lacking.absent or len(lacking.stale) > 1:
            self.asked.add(lacking.person_id)
            self._ask_all(lacking.person_id, number, now)
        elif lacking.stale:
            self._ask_one(lacking.person_id, number, lacking.stale[0], now)

    def _lacking(
        self, session: Session, client_id: str, consent_id: str, wanted: Items | None, now: datetime
    ) -> _Lacking | None:
        consent = using.find(session, client_id, consent_id)
        if consent is None or status_of(consent, consent.wallet_frozen_at, now) is not ConsentStatus.ACTIVE:
            return None
        consented = consented_items.from_row(consent.items)
        if wanted is not None and not consented_items.covers(consented, wanted):
            return None
        kinds = {item.kind for item in (consented if wanted is None else wanted)}
        held = [row for row in _AGES.all(session, person_id=consent.person_id) if row.kind in kinds]
        stale = [
            one.id
            for one in held
            if freshness_of(one, now) is not Freshness.FRESH and one.registry_code not in self.down
        ]
        absent = bool(kinds - {one.kind for one in held})
        return _Lacking(PersonId(consent.person_id), stale, absent) if stale or absent else None

    def _ask_all(self, person_id: PersonId, number: str, now: datetime) -> None:
        answers = self.registries.ask_all(number)
        self.down |= {answer.code for answer in answers if answer.status is not AnswerStatus.OK}
        with self.write() as session:
            syncing.store_answers(session, self.cipher, person_id, answers, now)

    def _ask_one(self, person_id: PersonId, number: str, licence_id: str, now: datetime) -> None:
        with self.read() as session:
            try:
                source = syncing.source_of(session, person_id, licence_id)
            except LicenceNotFound:
                return
        try:
            record = self.registries.ask_one(source.registry_code, source.identifier, holder_number=number)
        except RegistryUnavailable:
            self.down.add(source.registry_code)
            return
        with self.write() as session:
            if not people.hold_living(session, [person_id]):
                return
            if record is None:
                syncing.forget_holding(session, self.cipher, person_id, source, now)
            else:
                syncing.store_record(session, self.cipher, record, now)
