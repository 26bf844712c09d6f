"""Pulls (调取): a client is handed what a holder consented to, once for every use that the consent allows.

The use is counted by one conditional write before anything is read; the access record and the notice to the holder
are written in the same transaction. What is refused counts for nothing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from identity import notices, people
from identity.acting import Actor, ActorWord
from identity.clients.client import Client
from identity.crypto.cipher import PiiCipher
from identity.crypto.signer import Signer
from identity.errors import InvalidField
from identity.ids import PersonId, new_id
from identity.notices import NoticeKind
from identity.prepared import Prepared
from wallet import disclosure, licences
from wallet.disclosure import Holder
from wallet.enterprise import encryption, pull_record, using
from wallet.enterprise import items as consented_items
from wallet.enterprise.errors import (
    PurposeExceeded,
)
from wallet.enterprise.items import Item, Items
from wallet.enterprise.pull_record import Annotation, PulledLicence
from wallet.errors import PhotoNotFound
from wallet.kinds import Profile, all_kinds
from wallet.licences import Freshness
from wallet.models import HoldingRow, LicenceRow, open_content
from wallet.showing.records import pulled
from wallet.showing.records.pulled import Disclosed, Pulled

_HELD = Prepared(
    select(
        LicenceRow.id,
        LicenceRow.identifier,
        LicenceRow.kind,
        LicenceRow.registry_status,
        LicenceRow.valid_from,
        LicenceRow.valid_to,
        LicenceRow.as_of,
        LicenceRow.changed_at,
        LicenceRow.content_sealed,
        HoldingRow.person_id,
    )
    .join(HoldingRow, HoldingRow.licence_id == LicenceRow.id)
    .where(HoldingRow.person_id == bindparam("person_id")),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client asks for. `items` is None for all that was consented to."""

    consent_id: str
    items: Items | None
    encrypt: bool = False


@dataclass(frozen=True, slots=True)
class Pull:
    """What a client gets: `data` and `jws`, or only `jwe` where it asked for that. `as_of` is of the oldest data."""

    id: str
    data: dict[str, Any] | None
    jws: str | None
    jwe: str | None
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class _Held:
    """A licence that is handed out, with what is recorded of it."""

    licence: PulledLicence
    disclosed: Disclosed


@dataclass(frozen=True, slots=True)
class _Granted:
    """A pull that goes ahead: by whom, by what, of what."""

    id: str
    client: Client
    consent: Any
    items: Items
    held: Sequence[_Held]
    now: datetime

    @property
    def as_of(self) -> datetime | None:
        """Of when the oldest of the data is; None where there is none."""
        return min((one.licence.as_of for one in self.held), default=None)


@dataclass(frozen=True, slots=True)
class PullDesk:
    """Answers pulls: cipher and signer."""

    cipher: PiiCipher
    signer: Signer

    def pull(
        self, session: Session, client: Client, wanted: Wanted, now: datetime, *, registries_down: bool
    ) -> Pull:
        """Hand out what was consented to. `registries_down` tells why a kind may be missing.

        Raises InvalidField, ConsentRequired, ConsentWithdrawn, ConsentExpired, ConsentUsedUp, WalletFrozen,
        PurposeExceeded.
        """
        key = _key_for(session, client, wanted)
        consent = using.usable(session, self.cipher, client.client_id, wanted.consent_id, now)
        consented = consented_items.from_row(consent.items)
        items = consented if wanted.items is None else wanted.items
        if not consented_items.covers(consented, items):
            raise PurposeExceeded
        using.count(session, consent, now)
        held = self._held(session, consent, items, now)
        granted = _Granted(new_id(), client, consent, items, held, now)
        data = _data(granted, registries_down=registries_down)
        jws = pull_record.sign(self.signer, data)
        jwe = encryption.encrypt(jws, key) if key else None
        self._tell(session, granted)
        # Last, since it keeps the holder's chain to itself until the transaction ends.
        self._record(session, granted)
        if jwe is not None:
            return Pull(granted.id, None, None, jwe, granted.as_of)
        return Pull(granted.id, data, jws, None, granted.as_of)

    def _held(self, session: Session, consent: Any, items: Items, now: datetime) -> list[_Held]:
        by_kind = {item.kind: item for item in items}
        person_id = consent.person_id
        holder = Holder(
            people.open_name(self.cipher, person_id, consent.name_sealed),
            people.open_number(self.cipher, person_id, consent.number_sealed),
        )
        order = list(all_kinds())
        rows = [row for row in _HELD.all(session, person_id=person_id) if row.kind in by_kind]
        return [
            self._licence(session, one, by_kind[one.kind], holder, now)
            for one in sorted(rows, key=lambda one: (order.index(one.kind), one.identifier))
        ]

    def _licence(self, session: Session, row: Any, item: Item, holder: Holder, now: datetime) -> _Held:
        kind = all_kinds()[row.kind]
        content = open_content(self.cipher, row.id, row.content_sealed)
        fields = disclosure.disclose(kind, content.fields, holder, Profile.FULL, None)
        licence = PulledLicence(
            kind=kind,
            status=licences.current_status(row, now),
            freshness=licences.freshness_of(row, now),
            as_of=row.as_of,
            fields=[field for field in fields if field.key in item.fields],
            photo_digest=self._photo_digest(session, row) if kind.photo_field in item.fields else None,
        )
        return _Held(licence, Disclosed(row.id, row.kind, item.fields))

    def _photo_digest(self, session: Session, row: Any) -> str | None:
        try:
            return hashlib.sha256(licences.photo(session, self.cipher, row.person_id, row.id)).hexdigest()
        except PhotoNotFound:
            return None

    def _tell(self, session: Session, granted: _Granted) -> None:
        consent = granted.consent
        about = {
            "organisation": granted.client.organisation_name,
            "licence": "、".join(dict.fromkeys(one.licence.kind.title for one in granted.held)) or "—",
            "purpose": consent.purpose_text,
            "consent_id": consent.id,
        }
        notices.tell(
            session,
            self.cipher,
            person_id=PersonId(consent.person_id),
            kind=NoticeKind.DATA_PULLED,
            about=about,
            now=granted.now,
        )

    def _record(self, session: Session, granted: _Granted) -> None:
        consent = granted.consent
        fresh = all(one.licence.freshness is Freshness.FRESH for one in granted.held)
        record = Pulled(
            id=granted.id,
            person_id=PersonId(consent.person_id),
            actor=Actor(ActorWord(consent.actor), PersonId(consent.actor_person_id)),
            organisation_id=consent.organisation_id,
            client_id=consent.client_id,
            consent_id=consent.id,
            purpose=consent.purpose_text,
            disclosed=[one.disclosed for one in granted.held],
            freshness=Freshness.FRESH if fresh else Freshness.STALE,
            as_of=granted.as_of,
        )
        pulled.append(session, self.cipher, record, granted.now)


def _key_for(session: Session, client: Client, wanted: Wanted) -> dict[str, Any] | None:
    if not wanted.encrypt:
        return None
    key = encryption.key_of(session, client.client_id)
    if key is None:
        raise InvalidField(
            field="encrypt",
            message_zh="该应用没有登记加密密钥",
            message_en="This client has no key to encrypt to.",
        )
    return key


def _data(granted: _Granted, *, registries_down: bool) -> dict[str, Any]:
    client, consent = granted.client, granted.consent
    found = {one.disclosed.kind for one in granted.held}
    reason = pull_record.UNANSWERED if registries_down else pull_record.NOT_HELD
    return pull_record.payload(
        pull_id=granted.id,
        client_id=consent.client_id,
        consent_id=consent.id,
        purpose={"code": consent.purpose_code, "text": consent.purpose_text},
        annotation=Annotation(
            client.organisation_name, client.name, consent.purpose_text, consent.expires_at
        ),
        licences=[one.licence for one in granted.held],
        missing=[pull_record.absent(item.kind, reason) for item in granted.items if item.kind not in found],
        now=granted.now,
    )
