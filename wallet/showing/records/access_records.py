"""Access records: who saw what, when, for what. Appended in the transaction of the scan, never changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from identity.acting import Actor, ActorWord
from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId, StaffId, new_id
from identity.orm import AnyRow, AnySelect
from identity.principals import StaffMember
from wallet.kinds import Profile
from wallet.licences import Freshness
from wallet.models import LicenceRow
from wallet.showing.models import AccessRecordRow, OutcomeWord, RecordKind, ShowTokenRow, TokenState
from wallet.showing.reasons import Reason
from wallet.showing.records import chain
from wallet.showing.show_tokens import state_of

Item = TypeVar("Item")

# What a record of a scan leaves empty.
NOT_PULLED = {"client_id": None, "consent_id": None, "disclosed": None}

Settlement = aliased(AccessRecordRow, name="settlement")


@dataclass(frozen=True, slots=True)
class Scan:
    """What is recorded of a scan, beside who scanned, why and when. `actor` is who showed it."""

    id: str
    person_id: PersonId | None
    licence_id: str | None
    show_token_id: str | None
    actor: Actor | None
    profile: Profile | None
    outcome: OutcomeWord
    reason: Reason | None
    freshness: Freshness
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who asked, for the holder's eyes."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of a list, newest first; `next_cursor` is None at its end."""

    items: list[Item]
    next_cursor: str | None


def append(
    session: Session,
    cipher: PiiCipher,
    verifier: StaffMember,
    scan: Scan,
    *,
    purpose: str | None,
    now: datetime,
) -> None:
    """Record a scan."""
    chain.append(
        session,
        cipher,
        purpose=purpose,
        id=scan.id,
        kind=RecordKind.VERIFICATION,
        person_id=scan.person_id,
        licence_id=scan.licence_id,
        show_token_id=scan.show_token_id,
        settles=None,
        **NOT_PULLED,
        organisation_id=verifier.organisation_id,
        staff_id=verifier.staff_id,
        actor=scan.actor.word if scan.actor else ActorWord.SELF,
        actor_person_id=scan.actor.person_id if scan.actor else None,
        profile=scan.profile,
        outcome=scan.outcome,
        reason=scan.reason,
        freshness=scan.freshness,
        as_of=scan.as_of,
        at=now,
    )


def settle(
    session: Session,
    cipher: PiiCipher,
    scan: AccessRecordRow,
    *,
    actor: Actor,
    outcome: OutcomeWord,
    reason: Reason | None,
    freshness: str,
    as_of: datetime | None,
    now: datetime,
    profile: Profile | None = None,
) -> None:
    """Record how the holder's word, or what was found at that moment, settled a pending scan.

    `actor` is who gave the word.
    """
    chain.append(
        session,
        cipher,
        purpose=None,
        id=new_id(),
        kind=RecordKind.CONFIRMATION,
        person_id=scan.person_id,
        licence_id=scan.licence_id,
        show_token_id=scan.show_token_id,
        settles=scan.id,
        **NOT_PULLED,
        organisation_id=scan.organisation_id,
        staff_id=scan.staff_id,
        actor=actor.word,
        actor_person_id=actor.person_id,
        profile=profile,
        outcome=outcome,
        reason=reason,
        freshness=freshness,
        as_of=as_of,
        at=now,
    )


def earlier_scan(session: Session, show_token_id: str, staff_id: StaffId) -> str | None:
    """Return the id of the scan by which this member of staff used a token up."""
    return session.scalar(
        select(AccessRecordRow.id).where(
            AccessRecordRow.show_token_id == show_token_id,
            AccessRecordRow.kind == RecordKind.VERIFICATION,
            AccessRecordRow.staff_id == staff_id,
            AccessRecordRow.outcome != OutcomeWord.REJECTED,
        ),
    )


def using_scan(session: Session, show_token_id: str) -> AccessRecordRow | None:
    """Return the scan that used a token up, or waits for its holder."""
    return session.scalar(
        select(AccessRecordRow).where(
            AccessRecordRow.show_token_id == show_token_id,
            AccessRecordRow.kind == RecordKind.VERIFICATION,
            AccessRecordRow.outcome != OutcomeWord.REJECTED,
        ),
    )


def token_and_use(session: Session, show_token_id: str) -> AnyRow | None:
    """Return a token with the scan that uses it and what settled that; see `settled`.

    In one statement: a scan between two would leave a token that nobody has used beside the scan that did.
    """
    used_by = and_(
        AccessRecordRow.show_token_id == ShowTokenRow.id,
        AccessRecordRow.kind == RecordKind.VERIFICATION,
        AccessRecordRow.outcome != OutcomeWord.REJECTED,
    )
    query = (
        select(AccessRecordRow, Settlement, ShowTokenRow)
        .select_from(ShowTokenRow)
        .outerjoin(AccessRecordRow, used_by)
        .outerjoin(Settlement, Settlement.settles == AccessRecordRow.id)
        .where(ShowTokenRow.id == show_token_id)
        .execution_options(populate_existing=True)
    )
    return session.execute(query).first()


def shown_profile(row: AnyRow) -> Profile | None:
    """Return the profile that a scan came to show, None when it showed nothing."""
    last = row[1] or row.AccessRecordRow
    return Profile(last.profile) if last.outcome == OutcomeWord.ACCEPTED and last.profile else None


def with_settlement(*kinds: RecordKind) -> AnySelect:
    """Select scans, or records of other kinds, each with what settled it and the token it used."""
    return (
        select(AccessRecordRow, Settlement, ShowTokenRow, LicenceRow.kind.label("licence_kind"))
        .outerjoin(Settlement, Settlement.settles == AccessRecordRow.id)
        .outerjoin(ShowTokenRow, ShowTokenRow.id == AccessRecordRow.show_token_id)
        .outerjoin(LicenceRow, LicenceRow.id == AccessRecordRow.licence_id)
        .where(AccessRecordRow.kind.in_(kinds or (RecordKind.VERIFICATION,)))
    )


def settled(row: AnyRow, now: datetime) -> tuple[OutcomeWord, Reason | None, datetime]:
    """Return a scan's outcome, reason and instant as they stand now.

    A pending scan whose holder said nothing in time has expired; one whose code was withdrawn, was not
    granted either.
    """
    scan, settlement, token = row.AccessRecordRow, row[1], row.ShowTokenRow
    last = settlement or scan
    if last.outcome != OutcomeWord.PENDING:
        return OutcomeWord(last.outcome), last.reason and Reason(last.reason), last.at
    state = state_of(token, now)
    if state is TokenState.AWAITING_CONFIRMATION:
        return OutcomeWord.PENDING, None, scan.at
    return OutcomeWord.REJECTED, Reason(state), scan.at


def page_of(
    session: Session,
    query: AnySelect,
    *,
    limit: int,
    cursor: str | None,
) -> tuple[list[AnyRow], str | None]:
    """Return a page of scans, newest first, and the cursor of the next one."""
    if cursor:
        query = query.where(AccessRecordRow.id < cursor)
    rows = list(session.execute(query.order_by(AccessRecordRow.id.desc()).limit(limit + 1)).all())
    more = len(rows) > limit
    return rows[:limit], rows[limit - 1].AccessRecordRow.id if more else None
