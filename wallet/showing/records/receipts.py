"""Receipts: what an access record says, signed, for its holder to keep (`typ: lz-receipt`).

The payload: `iat`, `record` (as the list has it) and `links`, one for the scan and one for what settled it:
`{record_id, chain, position, link, digest}`. While the record is in the database, and after, its holder can
prove what was recorded.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from identity.crypto.cipher import PiiCipher
from identity.crypto.signer import Signer
from identity.ids import PersonId
from wallet.errors import AccessRecordNotFound
from wallet.showing import statements
from wallet.showing.models import AccessRecordRow
from wallet.showing.records import chain, holders_records
from wallet.showing.records.holders_records import AccessRecord


def receipt(
    session: Session,
    cipher: PiiCipher,
    signer: Signer,
    *,
    person_id: PersonId,
    record_id: str,
    now: datetime,
) -> str:
    """Return the signed receipt of one of a holder's records. Raises AccessRecordNotFound."""
    row = session.execute(
        holders_records.select_all(person_id).where(AccessRecordRow.id == record_id),
    ).first()
    if row is None:
        raise AccessRecordNotFound
    links = [_link(record) for record in (row.AccessRecordRow, row[1]) if record is not None]
    claims = {
        "iat": int(now.timestamp()),
        "record": _said(holders_records.view(row, cipher, now)),
        "links": links,
    }
    return statements.state(signer, statements.RECEIPT_TYP, claims)


def _said(record: AccessRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "kind": record.kind,
        "licence_id": record.licence_id,
        "licence_title": record.licence_title,
        "organisation": {"code": record.organisation.code, "name": record.organisation.name},
        "staff_masked": record.staff_masked,
        "actor": record.actor,
        "actor_name_masked": record.actor_name_masked,
        "purpose": record.purpose,
        "fields": record.fields,
        "outcome": record.outcome,
        "reason": record.reason,
        "at": record.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "consent_id": record.consent_id,
        "licences": [asdict(one) for one in record.licences],
    }


def _link(row: AccessRecordRow) -> dict[str, Any]:
    return {
        "record_id": row.id,
        "chain": row.chain,
        "position": row.position,
        "link": row.link.hex(),
        "digest": chain.digest_of(chain.columns_of(row)).hex(),
    }
