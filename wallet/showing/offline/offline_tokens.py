"""Sealing offline tokens: what the basic profile says of a licence goes into the code itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from identity import people
from identity.crypto.cipher import PiiCipher
from identity.crypto.signer import Signer
from identity.ids import PersonId
from identity.numbers.masks import mask_name, mask_number
from identity.people import PersonRow
from identity.prepared import Prepared
from wallet.models import LicenceRow, open_content
from wallet.showing.offline import offline_codec
from wallet.showing.offline.offline_codec import OfflineClaims
from wallet.status_lists import entries

_SHOWN = Prepared(
    select(
        LicenceRow.kind,
        LicenceRow.valid_to,
        LicenceRow.content_sealed,
        PersonRow.name_sealed,
    )
    .select_from(LicenceRow)
    .join(PersonRow, PersonRow.id == bindparam("person_id"))
    .where(LicenceRow.id == bindparam("licence_id")),
)


@dataclass(frozen=True, slots=True)
class OfflineSealer:
    """Seals tokens that are verified without a network."""

    cipher: PiiCipher
    signer: Signer

    def seal(
        self,
        session: Session,
        *,
        person_id: PersonId,
        licence_id: str,
        jti: str,
        issued_at: datetime,
        expires_at: datetime,
    ) -> str:
        """Return the offline token of a licence that its holder may show; the holding's row is locked."""
        row = _SHOWN.first(session, person_id=person_id, licence_id=licence_id)
        entry = entries.next_in_turn(session, person_id, licence_id, issued_at)
        name = people.open_name(self.cipher, person_id, row.name_sealed)
        number = open_content(self.cipher, licence_id, row.content_sealed).number
        claims = OfflineClaims(
            jti=jti,
            issued_at=issued_at,
            expires_at=expires_at,
            kind=row.kind,
            name=mask_name(name),
            number=mask_number(number),
            valid_to=row.valid_to,
            list_id=entry.list_id,
            place=entry.place,
        )
        return offline_codec.seal(claims, self.signer)
