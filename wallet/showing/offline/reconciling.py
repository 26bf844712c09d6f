"""Reconciling scans that were made without a network, once there is one again.

A token's life is judged at the moment of the scan, its licence then and now. Each scan is written down under
who scanned what when, before anything else is done: sent again, it gets the answer it got, and does nothing.
A code that was seen before, by whomever and wherever, is told as `double_use`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from identity import notices
from identity.clock import civil_date
from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId, new_id
from identity.notices import NoticeKind
from identity.orm import AnyRow, insert_or_skip
from identity.prepared import Prepared
from identity.principals import StaffMember
from wallet import licences
from wallet.kinds import Profile, all_kinds
from wallet.licences import Freshness
from wallet.showing.jws import PublicKeys, Untrusted
from wallet.showing.models import AccessRecordRow, Mode, OfflineScanRow, OutcomeWord, ShowTokenRow, TokenState
from wallet.showing.offline import offline_codec, scan_times
from wallet.showing.offline.offline_codec import OfflineClaims
from wallet.showing.reasons import Reason, of_status
from wallet.showing.records import access_records, chain
from wallet.showing.records.access_records import Scan
from wallet.showing.shown import shown_by, shown_licence, with_grant
from wallet.status import LicenceStatus, status_on
from wallet.status_lists import blocks, history
from wallet.status_lists.encoding import ListStatus

_SHOWN = Prepared(
    with_grant(
        shown_licence()
        .add_columns(ShowTokenRow.withdrawn_at)
        .where(ShowTokenRow.jti == bindparam("jti"), ShowTokenRow.mode == Mode.OFFLINE),
        bindparam("organisation_id"),
    ),
)
_USE_UP = Prepared(
    update(ShowTokenRow)
    .where(
        ShowTokenRow.id == bindparam("token_id"),
        # One that was withdrawn after its scan was good when it was scanned.
        or_(ShowTokenRow.state == TokenState.ACTIVE, ShowTokenRow.state == TokenState.WITHDRAWN),
    )
    .values(state=TokenState.USED)
    .returning(ShowTokenRow.id),
)


@dataclass(frozen=True, slots=True)
class OfflineScan:
    """What a device scanned, and when by the server's time as it knows it."""

    unverified_text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What became of a scan. Statuses are None where there is no such licence."""

    verification_id: str
    outcome: OutcomeWord
    reason: Reason | None
    status_then: LicenceStatus | None
    status_now: LicenceStatus | None
    double_use: bool


@dataclass(frozen=True, slots=True)
class _Scanned:
    """A scan to judge: its token's claims, or what is wrong with it; `digest` is the token's."""

    claims: OfflineClaims | None
    fault: Reason | None
    digest: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class ReconcileDesk:
    """Reconciles scans: the keys of offline tokens, the cipher, and the prefix before a token."""

    keys: PublicKeys
    cipher: PiiCipher
    qr_prefix: str

    def reconcile(
        self,
        session: Session,
        verifier: StaffMember,
        scans: Sequence[OfflineScan],
        now: datetime,
    ) -> list[Reconciled]:
        """Return what became of each scan; of one code's scans the earliest comes first."""
        opened = [self._opened(scan) for scan in scans]
        holders = _hold(session, [one.claims.jti for one in opened if one.claims])

        def turn(one: _Scanned) -> tuple[int, datetime]:
            holder = holders.get(one.claims.jti) if one.claims else None
            return chain.shard_of(holder or verifier.staff_id), one.at

        # Chain by chain, as `chain.append` asks; of one holder's, in the order of the scans.
        in_turn = sorted(range(len(opened)), key=lambda place: turn(opened[place]))
        fresh = _write_down(session, verifier, opened, {place: new_id() for place in in_turn})
        done = {
            place: self._one(session, verifier, opened[place], fresh.get(place), now) for place in in_turn
        }
        return _repeats_told(opened, [done[place] for place in range(len(opened))])

    def _opened(self, scan: OfflineScan) -> _Scanned:
        text = scan.unverified_text.strip().removeprefix(self.qr_prefix)
        digest = hashlib.sha256(text.encode()).digest()
        try:
            return _Scanned(offline_codec.open_token(text, self.keys), None, digest, scan.at)
        except Untrusted as untrusted:
            return _Scanned(None, untrusted.reason, digest, scan.at)

    def _one(
        self, session: Session, verifier: StaffMember, scan: _Scanned, fresh_id: str | None, now: datetime
    ) -> Reconciled:
        row = None
        if scan.claims is not None:
            row = _SHOWN.first(session, jti=scan.claims.jti, organisation_id=verifier.organisation_id)
        if fresh_id is None:
            return _as_before(session, verifier, scan, row, now)
        done = _judge(session, fresh_id, scan, row, now)
        self._keep(session, verifier, row, done, scan_times.credible(scan.at, now))
        return done

    def _keep(
        self,
        session: Session,
        verifier: StaffMember,
        row: AnyRow | None,
        done: Reconciled,
        at: datetime,
    ) -> None:
        scan = Scan(
            id=done.verification_id,
            person_id=PersonId(row.person_id) if row else None,
            licence_id=row.licence_id if row else None,
            show_token_id=row.token_id if row else None,
            actor=shown_by(row) if row else None,
            profile=None if done.reason else Profile.BASIC,
            outcome=done.outcome,
            reason=done.reason,
            freshness=licences.freshness_of(row, at) if row else Freshness.UNKNOWN,
            as_of=row.as_of if row else None,
        )
        access_records.append(session, self.cipher, verifier, scan, purpose=None, now=at)
        session.execute(
            update(OfflineScanRow)
            .where(OfflineScanRow.id == done.verification_id)
            .values(
                outcome=done.outcome,
                reason=done.reason,
                status_then=done.status_then,
                double_use=done.double_use,
            )
            .execution_options(synchronize_session=False),
        )
        if row is not None and (done.double_use or not done.reason):
            self._tell(session, verifier, row, at, double_use=done.double_use)

    def _tell(
        self, session: Session, verifier: StaffMember, row: AnyRow, at: datetime, *, double_use: bool
    ) -> None:
        notices.tell(
            session,
            self.cipher,
            person_id=PersonId(row.person_id),
            kind=NoticeKind.CODE_SCANNED_TWICE if double_use else NoticeKind.CODE_SCANNED_OFFLINE,
            about={"organisation": verifier.organisation_name, "licence": all_kinds()[row.kind].title},
            now=at,
        )


def _judge(session: Session, scan_id: str, scan: _Scanned, row: AnyRow | None, now: datetime) -> Reconciled:
    claims, at = scan.claims, scan.at
    if claims is None or row is None:
        why = scan.fault or scan_times.fault_of(claims, at, now) or Reason.UNKNOWN_CODE
        return Reconciled(scan_id, OutcomeWord.REJECTED, why, None, None, double_use=False)
    double_use = _was_seen(session, row.token_id)
    then = _status_then(session, row, at)
    reason = (
        scan_times.fault_of(claims, at, now)
        or _token_fault(row, at)
        or _fault_then(session, claims, row, then, at)
        or (None if _USE_UP.first(session, token_id=row.token_id) else Reason.USED)
    )
    word = OutcomeWord.REJECTED if reason else OutcomeWord.ACCEPTED
    return Reconciled(scan_id, word, reason, then, _status_now(row, now), double_use)


def _as_before(
    session: Session, verifier: StaffMember, scan: _Scanned, row: AnyRow | None, now: datetime
) -> Reconciled:
    kept = session.scalars(select(OfflineScanRow).filter_by(**_key(verifier, scan))).one()
    return Reconciled(
        verification_id=kept.id,
        outcome=OutcomeWord(kept.outcome or OutcomeWord.REJECTED),
        reason=Reason(kept.reason) if kept.reason else None,
        status_then=LicenceStatus(kept.status_then) if kept.status_then else None,
        status_now=_status_now(row, now) if row and kept.status_then else None,
        double_use=kept.double_use,
    )


def _repeats_told(scans: Sequence[_Scanned], answers: Sequence[Reconciled]) -> list[Reconciled]:
    """Return the answers; a scan that stands in its batch twice was a second use, whatever its device says.

    Sent again in another batch it is the same scan brought in anew, and keeps the answer that it got.
    """
    told: list[Reconciled] = []
    seen: set[tuple[bytes, datetime]] = set()
    for scan, answer in zip(scans, answers, strict=True):
        repeated = (scan.digest, scan.at) in seen and answer.status_then is not None
        seen.add((scan.digest, scan.at))
        told.append(_as_second_use(answer) if repeated else answer)
    return told


def _as_second_use(answer: Reconciled) -> Reconciled:
    return replace(answer, outcome=OutcomeWord.REJECTED, reason=answer.reason or Reason.USED, double_use=True)


def _key(verifier: StaffMember, scan: _Scanned) -> dict[str, object]:
    return {"staff_id": verifier.staff_id, "digest": scan.digest, "scanned_at": scan.at}


def _write_down(
    session: Session, verifier: StaffMember, scans: Sequence[_Scanned], ids: Mapping[int, str]
) -> dict[int, str]:
    """Write scans down under their ids; return those that were not brought in before, by their place.

    In one order for everybody: batches at once wait for each other in no circle.
    """
    fresh: dict[int, str] = {}
    for place in sorted(range(len(scans)), key=lambda place: (scans[place].digest, scans[place].at)):
        row = _key(verifier, scans[place]) | {"id": ids[place], "double_use": False}
        if insert_or_skip(session, OfflineScanRow, row):
            fresh[place] = ids[place]
    return fresh


def _hold(session: Session, jtis: Sequence[str]) -> dict[str, PersonId]:
    """Lock the tokens of a batch before any chain, as scans online do; return whose each of them is."""
    query = select(ShowTokenRow.jti, ShowTokenRow.person_id).where(
        ShowTokenRow.jti.in_(jtis), ShowTokenRow.mode == Mode.OFFLINE
    )
    rows = session.execute(query.order_by(ShowTokenRow.id).with_for_update(key_share=True))
    return {row.jti: PersonId(row.person_id) for row in rows}


def _was_seen(session: Session, token_id: str) -> bool:
    seen = select(AccessRecordRow.id).where(AccessRecordRow.show_token_id == token_id).limit(1)
    return session.scalar(seen) is not None


def _token_fault(row: AnyRow, at: datetime) -> Reason | None:
    state = TokenState(row.state)
    if state is TokenState.WITHDRAWN and (row.withdrawn_at is None or row.withdrawn_at <= at):
        return Reason.WITHDRAWN
    return Reason.USED if state is TokenState.USED else None


def _fault_then(
    session: Session, claims: OfflineClaims, row: AnyRow, then: LicenceStatus, at: datetime
) -> Reason | None:
    if row.granted is None:
        return Reason.NOT_PERMITTED
    listed = blocks.status_at(session, claims.list_id, claims.place, at)
    if then is LicenceStatus.VALID and listed is ListStatus.SUSPENDED:
        # The licence was in order; its holder had frozen the wallet.
        return Reason.WALLET_FROZEN
    if then is LicenceStatus.VALID and listed is ListStatus.INVALID:
        return Reason.LICENCE_TRANSFERRED
    return of_status(then)


def _status_then(session: Session, row: AnyRow, at: datetime) -> LicenceStatus:
    registered = history.status_at(session, row.licence_id, LicenceStatus(row.registry_status), at)
    return status_on(civil_date(at), registered, row.valid_from, row.valid_to)


def _status_now(row: AnyRow, now: datetime) -> LicenceStatus:
    return LicenceStatus.TRANSFERRED if row.held is None else licences.current_status(row, now)
