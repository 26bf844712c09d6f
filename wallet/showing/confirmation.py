"""The holder's word on a scan that waits: confirm, decline, and what became of it.

Everything is checked again at the moment of confirming; who looked is settled by a record of its own.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from identity.acting import Actor, ActorWord
from identity.acting_notices import tell_principal
from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId
from identity.notices import NoticeKind
from identity.numbers.masks import mask_staff_number
from identity.orm import AnyRow
from identity.staff import OrganisationRow, StaffRow
from wallet import licences
from wallet.errors import NotAwaitingConfirmation, ShowTokenNotFound
from wallet.kinds import Profile, all_kinds
from wallet.showing import show_tokens
from wallet.showing.models import AccessRecordRow, Mode, OutcomeWord, ShowTokenRow, TokenState
from wallet.showing.reasons import Reason
from wallet.showing.records import access_records, chain
from wallet.showing.records.access_records import Organisation
from wallet.showing.shown import shown_licence, with_grant
from wallet.showing.verification import effective_profile, licence_fault


@dataclass(frozen=True, slots=True)
class SeenBy:
    """Who scanned a token, for what, under which verification, and how that stands."""

    verification_id: str
    organisation: Organisation
    staff_masked: str
    purpose: str | None
    outcome: OutcomeWord
    reason: Reason | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ShowTokenView:
    """A show token as its holder watches it. `confirm_by` is set while a scan waits for their word."""

    id: str
    licence_id: str
    state: TokenState
    mode: Mode
    disclose: Profile
    issued_at: datetime
    expires_at: datetime
    confirm_by: datetime | None
    scanned_by: SeenBy | None


def watch(
    session: Session,
    cipher: PiiCipher,
    person_id: PersonId,
    token_id: str,
    now: datetime,
) -> ShowTokenView:
    """Return a token's state and who scanned it. Raises ShowTokenNotFound."""
    used = access_records.token_and_use(session, token_id)
    if used is None or used.ShowTokenRow.person_id != person_id:
        raise ShowTokenNotFound
    row = used.ShowTokenRow
    state = show_tokens.state_of(row, now)
    waiting = state is TokenState.AWAITING_CONFIRMATION
    return ShowTokenView(
        id=row.id,
        licence_id=row.licence_id,
        state=state,
        mode=Mode(row.mode),
        disclose=Profile(row.disclose),
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        confirm_by=row.confirm_by if waiting else None,
        scanned_by=_seen_by(session, cipher, used, now) if used.AccessRecordRow else None,
    )


def confirm(
    session: Session,
    cipher: PiiCipher,
    token_id: str,
    *,
    person_id: PersonId,
    actor: Actor,
    now: datetime,
) -> None:
    """Let the waiting verifier see; who is acted for is told. Raises ShowTokenNotFound, NotAwaitingConfirmation."""
    scan = _settle_token(session, person_id, token_id, TokenState.USED, now)
    shown = shown_licence().where(ShowTokenRow.id == token_id)
    row = session.execute(with_grant(shown, scan.organisation_id)).one()
    reason = licence_fault(row, now)
    if reason is None and actor.word is not ActorWord.SELF:
        _tell(session, cipher, actor, row, scan=scan, now=now)
    access_records.settle(
        session,
        cipher,
        scan,
        actor=actor,
        outcome=OutcomeWord.REJECTED if reason else OutcomeWord.ACCEPTED,
        reason=reason,
        # What the organisation may see may have shrunk since the scan, too.
        profile=None if reason else effective_profile(row),
        freshness=licences.freshness_of(row, now),
        as_of=row.as_of,
        now=now,
    )


def decline(
    session: Session,
    cipher: PiiCipher,
    token_id: str,
    *,
    person_id: PersonId,
    actor: Actor,
    now: datetime,
) -> None:
    """Say no to the waiting verifier. Raises ShowTokenNotFound, NotAwaitingConfirmation."""
    scan = _settle_token(session, person_id, token_id, TokenState.DECLINED, now)
    access_records.settle(
        session,
        cipher,
        scan,
        actor=actor,
        outcome=OutcomeWord.REJECTED,
        reason=Reason.DECLINED,
        freshness=licences.Freshness.UNKNOWN,
        as_of=None,
        now=now,
    )


def _tell(
    session: Session, cipher: PiiCipher, actor: Actor, row: AnyRow, *, scan: AccessRecordRow, now: datetime
) -> None:
    organisation = session.get_one(OrganisationRow, scan.organisation_id)
    tell_principal(
        session,
        cipher,
        actor,
        person_id=PersonId(row.person_id),
        kind=NoticeKind.HELPER_CONFIRMED,
        about={"licence": all_kinds()[row.kind].title, "organisation": organisation.name},
        now=now,
    )


def _settle_token(
    session: Session,
    person_id: PersonId,
    token_id: str,
    state: TokenState,
    now: datetime,
) -> AccessRecordRow:
    show_tokens.held_by(session, person_id, token_id)
    settled = session.scalar(
        update(ShowTokenRow)
        .where(
            ShowTokenRow.id == token_id,
            ShowTokenRow.state == TokenState.AWAITING_CONFIRMATION,
            ShowTokenRow.confirm_by > now,
        )
        .values(state=state)
        .returning(ShowTokenRow.id)
        .execution_options(synchronize_session=False),
    )
    scan = access_records.using_scan(session, token_id) if settled else None
    if scan is None:
        raise NotAwaitingConfirmation
    return scan


def _seen_by(session: Session, cipher: PiiCipher, row: AnyRow, now: datetime) -> SeenBy:
    scan = row.AccessRecordRow
    outcome, reason, _ = access_records.settled(row, now)
    organisation = session.get_one(OrganisationRow, scan.organisation_id)
    staff = session.get_one(StaffRow, scan.staff_id)
    return SeenBy(
        verification_id=scan.id,
        organisation=Organisation(organisation.code, organisation.name),
        staff_masked=mask_staff_number(staff.staff_number),
        purpose=chain.open_purpose(cipher, scan),
        outcome=outcome,
        reason=reason,
        at=scan.at,
    )
