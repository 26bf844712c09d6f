"""Consent requests (授权请求): a client asks a person, or whoever scans its QR first.

A request to a person is written alike whether or not there is such a person: what is looked up, sealed and
written is the same, and so is the answer. Name and number are kept as blind indexes alone.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from identity import notices, people
from identity.clients.client import Client
from identity.clients.models import ClientRow
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.ids import PersonId, new_id
from identity.notices import NoticeKind
from identity.people import NUMBER_LABEL, PersonRow
from identity.staff import OrganisationRow
from wallet.enterprise import items as asked_items
from wallet.enterprise.addressing import Addressee
from wallet.enterprise.errors import (
    ConsentRequestNotFound,
    ConsentRequestSettled,
    PurposeExceeded,
    TooManyOpenRequests,
)
from wallet.enterprise.items import Items
from wallet.enterprise.models import ConsentRequestRow, RequestState

# Of one client to one person, waiting for an answer.
MAX_OPEN = 3
LIFETIME = timedelta(days=3)
QR_START = "lz-consent:"
HOLDER_LABEL = "consent_holder"
SECRET_BYTES = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks for. `holder` is None for whoever scans the QR first."""

    holder: Addressee | None
    purpose: str
    items: Items
    valid_days: int
    uses: int


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request as its client gets it; the QR is told once."""

    id: str
    qr_text: str
    status: RequestState
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RequestDesk:
    """Takes requests in: keys, what stands in front of a QR, and how long a request waits."""

    cipher: PiiCipher
    index: BlindIndex
    qr_prefix: str
    lifetime: timedelta

    def ask(self, session: Session, client: Client, asked: Asked, now: datetime) -> NewRequest:
        """Ask for consent. Raises PurposeExceeded, TooManyOpenRequests."""
        purpose = client.purpose(asked.purpose)
        if purpose is None or not purpose.allows(asked.items):
            raise PurposeExceeded
        secret = secrets.token_urlsafe(SECRET_BYTES)
        row = ConsentRequestRow(
            id=new_id(),
            client_id=client.client_id,
            client_name=client.name,
            organisation_id=client.organisation_id,
            purpose_code=purpose.code,
            purpose_text=purpose.text,
            items=asked_items.written(asked.items),
            valid_days=asked.valid_days,
            uses=asked.uses,
            state=RequestState.PENDING,
            secret_digest=_digest(secret),
            created_at=now,
            expires_at=now + self.lifetime,
        )
        if asked.holder is not None:
            self._address(session, client, row, asked.holder, now)
        else:
            session.add(row)
            session.flush()
        qr_text = f"{self.qr_prefix}{QR_START}{secret}"
        return NewRequest(row.id, qr_text, RequestState.PENDING, row.expires_at)

    def resolve(
        self, session: Session, person_id: PersonId, unverified_text: str, now: datetime
    ) -> ConsentRequestRow:
        """Return the request of a QR; an open one is from now on this person's, whoever scans it later.

        Raises ConsentRequestNotFound, ConsentRequestSettled (nobody scanned it in time).
        """
        secret = unverified_text.strip().removeprefix(self.qr_prefix).removeprefix(QR_START)
        of_qr = ConsentRequestRow.secret_digest == _digest(secret)
        is_open = and_(ConsentRequestRow.holder_index.is_(None), ConsentRequestRow.person_id.is_(None))
        session.execute(
            update(ConsentRequestRow)
            .where(of_qr, is_open, *_waiting(now))
            .values(person_id=person_id)
            .execution_options(synchronize_session=False),
        )
        row = session.scalar(
            select(ConsentRequestRow).where(of_qr, or_(self.is_to(session, person_id), is_open))
        )
        if row is None:
            raise ConsentRequestNotFound
        if row.person_id is None and row.holder_index is None:
            raise ConsentRequestSettled
        return row

    def is_to(self, session: Session, person_id: PersonId) -> ColumnElement[bool]:
        """Return what is true of the requests to a person, also from before they were known here."""
        known = people.open_person(people.row_of(session, person_id), self.cipher)
        named = self._holder_index(people.normalise_name(known.name), known.id_number)
        waits = and_(ConsentRequestRow.person_id.is_(None), ConsentRequestRow.holder_index == named)
        return or_(ConsentRequestRow.person_id == person_id, waits)

    def welcome(self, session: Session, person: PersonRow, now: datetime) -> None:
        """Tell a person, who has just become known here, of the requests that wait for them."""
        person_id = PersonId(person.id)
        waits = and_(self.is_to(session, person_id), ConsentRequestRow.person_id.is_(None))
        for row in session.scalars(select(ConsentRequestRow).where(waits, *_waiting(now))).all():
            row.person_id = person_id
            self._tell(session, row, person_id, now)
        session.flush()

    def _address(
        self, session: Session, client: Client, row: ConsentRequestRow, holder: Addressee, now: datetime
    ) -> None:
        # The client's row is locked, so that its requests are counted one after the other.
        locked = select(ClientRow.name).where(ClientRow.id == client.client_id)
        session.execute(locked.with_for_update(key_share=True))
        row.number_index = self.index.of(NUMBER_LABEL, holder.id_number)
        row.holder_index = self._holder_index(holder.name, holder.id_number)
        waiting = select(func.count()).where(
            ConsentRequestRow.client_id == row.client_id,
            ConsentRequestRow.number_index == row.number_index,
            *_waiting(now),
        )
        if (session.scalar(waiting) or 0) >= MAX_OPEN:
            raise TooManyOpenRequests
        person_id = self._known(session, holder)
        row.person_id = person_id
        session.add(row)
        session.flush()
        self._tell(session, row, person_id, now)

    def _known(self, session: Session, holder: Addressee) -> PersonId | None:
        """Return the person whom a client named, if there is one; it takes as long when there is none."""
        person = people.find_by_number(session, self.index, holder.id_number)
        nobody = people.seal_name(self.cipher, "", holder.name)
        known_id, sealed = (person.id, person.name_sealed) if person else ("", nobody)
        name = people.open_name(self.cipher, known_id, sealed)
        named = people.normalise_name(name) == holder.name
        return PersonId(known_id) if person and named else None

    def _tell(
        self, session: Session, row: ConsentRequestRow, person_id: PersonId | None, now: datetime
    ) -> None:
        organisation = session.get_one(OrganisationRow, row.organisation_id)
        about = {"organisation": organisation.name, "purpose": row.purpose_text, "consent_request_id": row.id}
        notices.tell_if_known(
            session, self.cipher, person_id=person_id, kind=NoticeKind.CONSENT_ASKED, about=about, now=now
        )

    def _holder_index(self, name: str, id_number: str) -> bytes:
        return self.index.of(HOLDER_LABEL, f"{id_number}\0{name}")


def status_of(row: ConsentRequestRow, now: datetime) -> RequestState:
    """Return a request's status at an instant."""
    state = RequestState(row.state)
    return RequestState.EXPIRED if state is RequestState.PENDING and row.expires_at <= now else state


def row_of(session: Session, request_id: str) -> ConsentRequestRow:
    """Return a request's row."""
    return session.get_one(ConsentRequestRow, request_id)


def settle(
    session: Session, request_id: str, state: RequestState, person_id: PersonId, now: datetime
) -> None:
    """Give a waiting request its answer: one conditional write. Raises ConsentRequestSettled."""
    settled = session.scalar(
        update(ConsentRequestRow)
        .where(ConsentRequestRow.id == request_id, *_waiting(now))
        .values(state=state, settled_at=now, person_id=person_id)
        .returning(ConsentRequestRow.id)
        .execution_options(synchronize_session=False),
    )
    if settled is None:
        raise ConsentRequestSettled


def _waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ConsentRequestRow.state == RequestState.PENDING, ConsentRequestRow.expires_at > now


def _digest(secret: str) -> bytes:
    # 128 random bits: nobody guesses them, with or without the digest in hand.
    return hashlib.sha256(secret.encode(errors="replace")).digest()
