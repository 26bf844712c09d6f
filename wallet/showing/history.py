"""A verifier's own history: every scan, and for two minutes what it showed."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from identity.crypto.cipher import PiiCipher
from identity.ids import StaffId
from identity.orm import AnyRow
from wallet import licences
from wallet.errors import PhotoNotFound, VerificationNotFound
from wallet.kinds import all_kinds
from wallet.licences import Freshness
from wallet.showing.models import AccessRecordRow, OutcomeWord, ShowTokenRow
from wallet.showing.outcomes import (
    Accepted,
    Pending,
    Rejected,
    SeenLicence,
    Verification,
)
from wallet.showing.records import access_records
from wallet.showing.records.access_records import Page
from wallet.showing.shown import shown_licence, with_grant
from wallet.showing.verification import (
    VIEW_LIFETIME,
    VerifyDesk,
    photo_path,
)
from wallet.status import LicenceStatus


def list_own(
    session: Session,
    staff_id: StaffId,
    *,
    limit: int,
    cursor: str | None,
    now: datetime,
) -> Page[Verification]:
    """Return a verifier's scans, without fields, holders or photos."""
    query = access_records.with_settlement().where(AccessRecordRow.staff_id == staff_id)
    rows, next_cursor = access_records.page_of(session, query, limit=limit, cursor=cursor)
    return Page([_past(row, now) for row in rows], next_cursor)


def get_own(
    session: Session,
    desk: VerifyDesk,
    staff_id: StaffId,
    verification_id: str,
    now: datetime,
) -> Verification:
    """Return one of a verifier's scans; what it showed only for two minutes, and while its holder still holds it.

    Raises VerificationNotFound.
    """
    row = _own(session, staff_id, verification_id)
    past, profile = _past(row, now), access_records.shown_profile(row)
    before = past.outcome
    if not isinstance(before, Accepted) or profile is None or not _still_visible(past, now):
        return past
    scan = row.AccessRecordRow
    shown = shown_licence().where(ShowTokenRow.id == scan.show_token_id)
    licence = session.execute(with_grant(shown, scan.organisation_id)).one()
    if licence.held is None:
        # What stands there today may be of whom it passed to.
        return past
    redrawn = desk.accept(licence, profile, photo_path(scan.id), before.freshness, now)
    # It was accepted as valid; what its department has decided since is for the next scan to say.
    as_scanned = replace(redrawn.licence, status=before.licence.status)
    return Verification(past.id, replace(redrawn, licence=as_scanned, as_of=before.as_of), past.at)


def photo(
    session: Session,
    cipher: PiiCipher,
    staff_id: StaffId,
    verification_id: str,
    now: datetime,
) -> bytes:
    """Return the photo on a licence that was accepted within the last two minutes, as PNG, if it is still held.

    Raises VerificationNotFound, PhotoNotFound.
    """
    row = _own(session, staff_id, verification_id)
    if not _still_visible(_past(row, now), now):
        raise PhotoNotFound
    scan = row.AccessRecordRow
    return licences.photo(session, cipher, scan.person_id, scan.licence_id)


def _own(session: Session, staff_id: StaffId, verification_id: str) -> AnyRow:
    row = session.execute(
        access_records.with_settlement().where(
            AccessRecordRow.id == verification_id,
            AccessRecordRow.staff_id == staff_id,
        ),
    ).first()
    if row is None:
        raise VerificationNotFound
    return row


def _still_visible(past: Verification, now: datetime) -> bool:
    return isinstance(past.outcome, Accepted) and now - past.at < VIEW_LIFETIME


def _past(row: AnyRow, now: datetime) -> Verification:
    scan, settlement = row.AccessRecordRow, row[1]
    word, reason, at = access_records.settled(row, now)
    last = settlement or scan
    freshness = Freshness(last.freshness)
    if word is OutcomeWord.PENDING:
        return Verification(scan.id, Pending(freshness, last.as_of), at)
    if word is OutcomeWord.ACCEPTED:
        licence = _bare(row.licence_kind, LicenceStatus.VALID)
        return Verification(scan.id, Accepted(licence, None, freshness, last.as_of), at)
    if reason is None:
        msg = f"rejected scan {scan.id} without a reason"
        raise ValueError(msg)
    at_fault = reason.is_licences_own
    status = LicenceStatus(reason.removeprefix("licence_")) if at_fault else None
    refused = _bare(row.licence_kind, status) if status else None
    return Verification(scan.id, Rejected(reason, refused, freshness, last.as_of), at)


def _bare(kind_code: str, status: LicenceStatus) -> SeenLicence:
    kind = all_kinds()[kind_code]
    return SeenLicence(kind.code, kind.title, status, [])
