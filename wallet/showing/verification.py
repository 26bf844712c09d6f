"""Verifying (核验): from an unverified QR text to accepted, pending, or rejected with the first reason.

Four statements at most: who scans was read by the caller; here one read of token, licence, holder and
grant, one conditional write that uses the token up, one access record. Nothing is disclosed before that
write has succeeded: of N scanners at the same moment exactly one is accepted.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from identity import notices, people
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.ids import PersonId, new_id
from identity.notices import NoticeKind
from identity.numbers.masks import mask_name
from identity.orm import AnyRow
from identity.people import PersonRow
from identity.prepared import Prepared
from identity.principals import StaffMember
from wallet import licences
from wallet.disclosure import DisclosedField, Holder, disclose
from wallet.kinds import LicenceKind, Profile, all_kinds, smaller
from wallet.licences import Freshness
from wallet.models import open_content
from wallet.showing import check_codes, codecs
from wallet.showing.codecs import Codecs
from wallet.showing.jws import Untrusted
from wallet.showing.models import Mode, ShowTokenRow, TokenState
from wallet.showing.offline.offline_codec import OfflineClaims
from wallet.showing.outcomes import (
    Accepted,
    Outcome,
    Pending,
    Rejected,
    SeenHolder,
    SeenLicence,
    Verification,
    word_of,
)
from wallet.showing.reasons import Reason, of_status
from wallet.showing.records import access_records
from wallet.showing.records.access_records import Scan
from wallet.showing.shown import agent_masked, shown_by, shown_licence, with_grant
from wallet.status import LicenceStatus

CONFIRMATION_PATIENCE = timedelta(seconds=60)
# How long after a scan its verifier can still see fields, holder and photo.
VIEW_LIFETIME = timedelta(minutes=2)

_ENDED = {
    TokenState.WITHDRAWN: Reason.WITHDRAWN,
    TokenState.DECLINED: Reason.DECLINED,
    TokenState.USED: Reason.USED,
    # Somebody else's scan is waiting for the holder's word.
    TokenState.AWAITING_CONFIRMATION: Reason.USED,
}


@dataclass(frozen=True, slots=True)
class VerifyDesk:
    """Verifies show tokens: who opens them, and the cipher."""

    codecs: Codecs
    cipher: PiiCipher
    index: BlindIndex

    def verify(
        self,
        session: Session,
        verifier: StaffMember,
        *,
        unverified_text: str,
        is_check_code: bool = False,
        purpose: str | None,
        now: datetime,
    ) -> Verification:
        """Judge what was scanned or read aloud, use its token up unless it is rejected, and record the scan.

        Raises CheckCodeLocked.
        """
        verification_id = new_id()
        judge = self._judge_check_code if is_check_code else self._judge
        row, reason = judge(session, verifier, unverified_text, now)
        if row is not None and reason is None and not _claim(session, row, now):
            row, reason = _after_lost_race(session, row)
        outcome = (
            self._grant(row, verification_id, now)
            if row is not None and reason is None
            else _refuse(session, verifier, row, reason or Reason.UNKNOWN_CODE, now)
        )
        scan = _scan(verification_id, row, outcome)
        if row is not None and not isinstance(outcome, Rejected):
            self._tell_holder(session, verifier, row, outcome, now)
        access_records.append(session, self.cipher, verifier, scan, purpose=purpose, now=now)
        return Verification(verification_id, outcome, now)

    def _judge(
        self,
        session: Session,
        verifier: StaffMember,
        unverified_text: str,
        now: datetime,
    ) -> tuple[AnyRow | None, Reason | None]:
        """Return what the text stands for, if it is genuine, and the first reason against it."""
        try:
            claims = self.codecs.open(unverified_text)
        except Untrusted as fault:
            return None, fault.reason
        row = _SHOWN.first(session, jti=claims.jti, organisation_id=verifier.organisation_id)
        if row is not None and (row.mode == Mode.OFFLINE) is not isinstance(claims, OfflineClaims):
            return None, Reason.UNKNOWN_CODE
        # A genuine token is recorded with its holder even when its time is over.
        return row, codecs.lifetime_fault(claims, now) or _first_reason(row, now)

    def _tell_holder(
        self, session: Session, verifier: StaffMember, row: AnyRow, outcome: Outcome, now: datetime
    ) -> None:
        asked = isinstance(outcome, Pending)
        notices.tell(
            session,
            self.cipher,
            person_id=PersonId(row.person_id),
            kind=NoticeKind.CONFIRMATION_ASKED if asked else NoticeKind.CODE_SCANNED,
            about={"organisation": verifier.organisation_name, "licence": all_kinds()[row.kind].title},
            now=now,
        )

    def _judge_check_code(
        self,
        session: Session,
        verifier: StaffMember,
        unverified_code: str,
        now: datetime,
    ) -> tuple[AnyRow | None, Reason | None]:
        found = check_codes.resolve(session, self.index, verifier, unverified_code, now)
        if found is None:
            return None, Reason.UNKNOWN_CODE
        row = _SHOWN.first(session, jti=found.jti, organisation_id=verifier.organisation_id)
        return row, Reason.EXPIRED if found.expires_at <= now else _first_reason(row, now)

    def _grant(self, row: AnyRow, verification_id: str, now: datetime) -> Outcome:
        freshness = licences.freshness_of(row, now)
        if row.mode == Mode.CONFIRM:
            return Pending(freshness, row.as_of)
        return self.accept(row, effective_profile(row), photo_path(verification_id), freshness, now)

    def accept(
        self,
        row: AnyRow,
        profile: Profile,
        photo: str | None,
        freshness: Freshness,
        now: datetime,
    ) -> Accepted:
        """Disclose what a profile shows of a licence row."""
        kind = all_kinds()[row.kind]
        holder = Holder(
            people.open_name(self.cipher, row.person_id, row.name_sealed),
            people.open_number(self.cipher, row.person_id, row.number_sealed),
        )
        content = open_content(self.cipher, row.licence_id, row.content_sealed)
        agent = agent_masked(self.cipher, row)
        # What an organisation is called is no secret, and who shows its licence is not who it is.
        named = profile is not Profile.BASIC or agent is not None
        return Accepted(
            licence=_seen(kind, row, now, disclose(kind, content.fields, holder, profile, photo)),
            holder=SeenHolder(
                mask_name(holder.name),
                holder.name if named else None,
                agent,
            ),
            freshness=freshness,
            as_of=row.as_of,
        )


def photo_path(verification_id: str) -> str:
    """Return where a verifier fetches the photo of what they scanned."""
    return f"/v1/verifications/{verification_id}/photo"


_SHOWN = Prepared(
    with_grant(
        shown_licence().where(ShowTokenRow.jti == bindparam("jti")),
        bindparam("organisation_id"),
    ),
)
_CLAIM = Prepared(
    update(ShowTokenRow)
    .where(
        ShowTokenRow.id == bindparam("token_id"),
        ShowTokenRow.state == TokenState.ACTIVE,
        ShowTokenRow.expires_at > bindparam("now"),
        # A freeze that came since the token was read counts, too.
        select(PersonRow.wallet_frozen_at)
        .where(PersonRow.id == ShowTokenRow.person_id)
        .scalar_subquery()
        .is_(None),
    )
    .values(state=bindparam("next_state"), confirm_by=bindparam("answer_by"))
    .returning(ShowTokenRow.id),
)


def licence_fault(row: AnyRow, now: datetime) -> Reason | None:
    """Return what stands against verifying a shown licence, apart from its token."""
    if row.granted is None:
        return Reason.NOT_PERMITTED
    if row.wallet_frozen_at is not None:
        return Reason.WALLET_FROZEN
    if row.held is None and row.registry_status != LicenceStatus.SUPERSEDED:
        # The registry gave it to somebody else since the token was issued. A superseded one is in no
        # wallet either: its holders have the newer version.
        return Reason.LICENCE_TRANSFERRED
    return of_status(licences.current_status(row, now))


def _first_reason(row: AnyRow | None, now: datetime) -> Reason | None:
    if row is None:
        return Reason.UNKNOWN_CODE
    state = TokenState(row.state)
    if state is TokenState.AWAITING_CONFIRMATION and row.confirm_by <= now:
        # The holder let their minute pass: nobody can use this code any more.
        return Reason.EXPIRED
    return _ENDED.get(state) or licence_fault(row, now)


def effective_profile(row: AnyRow) -> Profile:
    """Return the holder's choice ∩ the organisation's permission."""
    return smaller(Profile(row.disclose), Profile(row.granted))


def _claim(session: Session, row: AnyRow, now: datetime) -> bool:
    waits = row.mode == Mode.CONFIRM
    claimed = _CLAIM.first(
        session,
        token_id=row.token_id,
        now=now,
        next_state=TokenState.AWAITING_CONFIRMATION if waits else TokenState.USED,
        answer_by=now + CONFIRMATION_PATIENCE if waits else None,
    )
    return claimed is not None


def _after_lost_race(session: Session, row: AnyRow) -> tuple[AnyRow | None, Reason]:
    # Since the token was read, another scanner used it, or its holder withdrew it, froze the wallet, or closed
    # the account, which leaves nothing that a record could point to.
    now = session.execute(
        select(ShowTokenRow.state, PersonRow.wallet_frozen_at)
        .join(PersonRow, PersonRow.id == ShowTokenRow.person_id)
        .where(ShowTokenRow.id == row.token_id)
        .with_for_update(read=True, key_share=True, of=ShowTokenRow),
    ).first()
    if now is None:
        return None, Reason.UNKNOWN_CODE
    frozen = Reason.WALLET_FROZEN if now.wallet_frozen_at else Reason.EXPIRED
    return row, _ENDED.get(TokenState(now.state), frozen)


def _refuse(
    session: Session,
    verifier: StaffMember,
    row: AnyRow | None,
    reason: Reason,
    now: datetime,
) -> Rejected:
    if row is None:
        return Rejected(reason)
    if reason is Reason.USED:
        earlier = access_records.earlier_scan(session, row.token_id, verifier.staff_id)
        return Rejected(reason, used_by_you=earlier is not None, verification_id=earlier)
    if not reason.is_licences_own:
        return Rejected(reason)
    kind = all_kinds()[row.kind]
    freshness = licences.freshness_of(row, now)
    return Rejected(reason, _seen(kind, row, now, []), freshness, row.as_of)


def _seen(kind: LicenceKind, row: AnyRow, now: datetime, fields: list[DisclosedField]) -> SeenLicence:
    return SeenLicence(kind.code, kind.title, licences.current_status(row, now), fields)


def _scan(verification_id: str, row: AnyRow | None, outcome: Outcome) -> Scan:
    rejected = isinstance(outcome, Rejected)
    return Scan(
        id=verification_id,
        person_id=PersonId(row.person_id) if row else None,
        licence_id=row.licence_id if row else None,
        show_token_id=row.token_id if row else None,
        actor=shown_by(row) if row else None,
        profile=None if rejected or row is None else effective_profile(row),
        outcome=word_of(outcome),
        reason=outcome.reason if isinstance(outcome, Rejected) else None,
        freshness=outcome.freshness,
        as_of=outcome.as_of,
    )
