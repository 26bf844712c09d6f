"""Photos of a pull: fetched by the client that it was made by, for a few minutes, while all that let it be stands."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.clients.client import Client
from identity.crypto.cipher import PiiCipher
from identity.people import PersonRow
from wallet.enterprise.models import ConsentRow
from wallet.enterprise.pull_record import PHOTO_LIFETIME
from wallet.errors import PhotoNotFound
from wallet.kinds import all_kinds
from wallet.models import HoldingRow, LicencePhotoRow, photo_place
from wallet.showing.models import AccessRecordRow, RecordKind
from wallet.showing.records import pulled
from wallet.showing.records.pulled import Disclosed


def photo(
    session: Session, cipher: PiiCipher, client: Client, *, pull_id: str, place: int, now: datetime
) -> bytes:
    """Return the photo of the licence at a place of a pull, as PNG. Raises PhotoNotFound."""
    record = session.scalar(
        select(AccessRecordRow).where(
            AccessRecordRow.id == pull_id,
            AccessRecordRow.kind == RecordKind.PULL,
            AccessRecordRow.client_id == client.client_id,
            AccessRecordRow.at > now - PHOTO_LIFETIME,
        ),
    )
    shown = pulled.disclosed_in(record) if record else []
    if record is None or not 0 <= place < len(shown):
        raise PhotoNotFound
    one = shown[place]
    sealed = _standing(session, record, one, now) if all_kinds()[one.kind].photo_field in one.fields else None
    if sealed is None:
        raise PhotoNotFound
    return cipher.open(sealed, photo_place(one.licence_id))


def _standing(session: Session, record: AccessRecordRow, one: Disclosed, now: datetime) -> bytes | None:
    """Return a photo as it lies sealed, unless something was withdrawn, frozen or lost since."""
    query = (
        select(LicencePhotoRow.photo_sealed)
        .join(HoldingRow, HoldingRow.licence_id == LicencePhotoRow.licence_id)
        .join(PersonRow, PersonRow.id == HoldingRow.person_id)
        .join(ConsentRow, ConsentRow.person_id == HoldingRow.person_id)
        .where(
            LicencePhotoRow.licence_id == one.licence_id,
            ConsentRow.id == record.consent_id,
            ConsentRow.ended_at.is_(None),
            ConsentRow.expires_at > now,
            PersonRow.wallet_frozen_at.is_(None),
        )
    )
    return session.scalar(query)
