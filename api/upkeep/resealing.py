"""Every place where sealed values lie, and the walk through them all that moves them to the key in use."""

from collections.abc import Iterator
from dataclasses import dataclass

from hotservices.cases.models import CaseRow, CaseStepRow
from hotservices.reviews.models import ReviewRow
from hotservices.usage import uses
from hotservices.usage.models import UsageLogRow, UsageSnapshotRow, UsageStateRow
from identity import resealing
from identity.crypto.cipher import PiiCipher
from identity.dependants import DependantRow
from identity.idempotency import IdempotencyRow
from identity.notices import NoticeRow
from identity.organisations.models import MembershipRow
from identity.orm import Database
from identity.people import PersonRow
from identity.proofs.face_check_rows import FaceCheckRow
from identity.resealing import SealedColumn
from identity.sandbox.enterprises import SandboxEnterpriseRow
from identity.sandbox.personas import SandboxPersonRow
from identity.sessions import SessionRow
from identity.staff import StaffRow
from wallet.forms.models import CorrectionRow, DraftRow
from wallet.models import LicencePhotoRow, LicenceRow, StaffFreezeRow
from wallet.registries.sandbox import SandboxLicenceRow
from wallet.showing.models import AccessRecordRow, ShowTokenRow

BATCH = 200
# Rows that somebody holds are tried again so often before they are left to the next run.
PASSES = 5

SEALED = (
    SealedColumn(PersonRow.name_sealed),
    SealedColumn(PersonRow.number_sealed),
    SealedColumn(SessionRow.login_subject_sealed),
    SealedColumn(SessionRow.device_name_sealed),
    SealedColumn(StaffRow.totp_sealed),
    SealedColumn(FaceCheckRow.person_sealed),
    SealedColumn(FaceCheckRow.reference_sealed),
    SealedColumn(DependantRow.number_sealed),
    SealedColumn(DependantRow.name_sealed),
    SealedColumn(DependantRow.code_sealed),
    SealedColumn(MembershipRow.number_sealed),
    SealedColumn(MembershipRow.name_sealed),
    SealedColumn(NoticeRow.about_sealed),
    SealedColumn(IdempotencyRow.answer_sealed, lambda key: f"idempotency_keys.answer:{key.hex()}"),
    SealedColumn(LicenceRow.content_sealed),
    SealedColumn(LicencePhotoRow.photo_sealed),
    SealedColumn(StaffFreezeRow.reason_sealed),
    SealedColumn(ShowTokenRow.qr_sealed),
    SealedColumn(AccessRecordRow.purpose_sealed),
    SealedColumn(CaseRow.facts_sealed),
    SealedColumn(CaseRow.reasons_sealed),
    SealedColumn(CaseStepRow.comment_sealed),
    SealedColumn(DraftRow.content_sealed),
    SealedColumn(CorrectionRow.content_sealed),
    SealedColumn(ReviewRow.comment_sealed),
    SealedColumn(UsageStateRow.state_sealed),
    SealedColumn(UsageLogRow.use_sealed, lambda _key: uses.SEALED_AT),
    SealedColumn(UsageSnapshotRow.tables_sealed),
    SealedColumn(SandboxPersonRow.persona_sealed),
    SealedColumn(SandboxEnterpriseRow.enterprise_sealed),
    SealedColumn(SandboxLicenceRow.licence_sealed),
    SealedColumn(SandboxLicenceRow.photo_sealed),
)


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of some values: written under the key in use, not to be opened, changed or held meanwhile."""

    written: int
    unreadable: int
    skipped: int


def left(database: Database, cipher: PiiCipher, column: SealedColumn) -> int:
    """Return how many values of a column still lie under a former key."""
    with database.read() as session:
        return resealing.count(session, column, cipher.kid, under=False)


def under(database: Database, kid: str) -> int:
    """Return how many values lie under a key, wherever."""
    with database.read() as session:
        return sum(resealing.count(session, column, kid, under=True) for column in SEALED)


def walk(database: Database, cipher: PiiCipher, column: SealedColumn, size: int = BATCH) -> Iterator[Batch]:
    """Move a column's values to the key in use; yield each batch once it is committed."""
    for _ in range(PASSES):
        skipped = 0
        for batch in _pass(database, cipher, column, size):
            skipped += batch.skipped
            yield batch
        if not skipped:
            return


def _pass(database: Database, cipher: PiiCipher, column: SealedColumn, size: int) -> Iterator[Batch]:
    after = None
    while True:
        with database.read() as session:
            rows = session.execute(resealing.next_rows(column, cipher.kid, after, size)).all()
        if not rows:
            return
        resealed = resealing.reseal(cipher, column, rows)
        with database.write() as session:
            written = resealing.put(session, column, resealed)
        yield Batch(written, len(rows) - len(resealed), len(resealed) - written)
        after = rows[-1].key
