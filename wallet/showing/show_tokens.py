"""Issuing, watching and ending show tokens (亮证码), from the holder's side."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, true, update
from sqlalchemy.orm import Session

from identity.acting import Actor
from identity.acting_notices import tell_principal
from identity.clock import to_whole_seconds
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.crypto.signer import Signer
from identity.errors import InvalidField
from identity.ids import PersonId, new_id
from identity.notices import NoticeKind
from identity.people import PersonRow
from identity.prepared import Prepared, prepared_insert
from wallet import licences
from wallet.errors import (
    LicenceNotFound,
    LicenceTooStale,
    OfflineNotAllowed,
    ShowTokenEnded,
    ShowTokenNotFound,
    WalletFrozen,
)
from wallet.kinds import Profile, all_kinds
from wallet.licences import Freshness
from wallet.models import HoldingRow, LicenceRow
from wallet.showing import check_codes, token_codec
from wallet.showing.models import Mode, ShowTokenRow, TokenState
from wallet.showing.offline.offline_tokens import OfflineSealer
from wallet.status_lists import entries

DEFAULT_LIFETIME = timedelta(seconds=60)
REFRESH_AFTER = timedelta(seconds=45)
MAX_LIVE_PER_LICENCE = 3
# Older data is not shown at all.
MAX_AGE_TO_SHOW = timedelta(days=7)
LIVE_STATES = (TokenState.ACTIVE, TokenState.AWAITING_CONFIRMATION)


class RefreshFirst(Exception):
    """The licence's data is older than its kind bears; `licence_id` should be refreshed first."""


_LIVE = and_(
    ShowTokenRow.licence_id == bindparam("licence_id"),
    ShowTokenRow.person_id == bindparam("person_id"),
    ShowTokenRow.expires_at > bindparam("now"),
    ShowTokenRow.state == TokenState.ACTIVE,
)
# The holding's row is locked, so that shows of one licence follow one another, and each counts those before.
_TO_SHOW = Prepared(
    select(
        LicenceRow.kind,
        LicenceRow.registry_status,
        LicenceRow.valid_from,
        LicenceRow.valid_to,
        LicenceRow.as_of,
        LicenceRow.changed_at,
        PersonRow.wallet_frozen_at,
    )
    .join(HoldingRow, HoldingRow.licence_id == LicenceRow.id)
    .join(PersonRow, PersonRow.id == HoldingRow.person_id)
    .where(LicenceRow.id == bindparam("licence_id"), HoldingRow.person_id == bindparam("person_id"))
    .with_for_update(of=HoldingRow, key_share=True),
)
# UUIDv7 ids are ordered by birth: the newest that may stay beside the coming one bounds the others.
_WITHDRAW_OLDEST = Prepared(
    update(ShowTokenRow)
    .where(
        _LIVE,
        ShowTokenRow.id
        <= select(ShowTokenRow.id)
        .where(_LIVE)
        .order_by(ShowTokenRow.id.desc())
        .offset(MAX_LIVE_PER_LICENCE - 1)
        .limit(1)
        .scalar_subquery(),
    )
    .values(state=TokenState.WITHDRAWN, withdrawn_at=bindparam("now")),
)
_INSERT = prepared_insert(ShowTokenRow)


@dataclass(frozen=True, slots=True)
class ShowRequest:
    """What a holder asks for. `lifetime` is in whole seconds, 30 to 300."""

    mode: Mode = Mode.ONLINE
    disclose: Profile = Profile.BASIC
    lifetime: timedelta = DEFAULT_LIFETIME
    check_code: bool = False

    @property
    def effective_mode(self) -> Mode:
        """`full` shows everything, and a code read aloud is overheard: the holder has to see first who asks."""
        return Mode.CONFIRM if self.disclose is Profile.FULL or self.check_code else self.mode


@dataclass(frozen=True, slots=True)
class ShowToken:
    """A show token as its holder gets it, once."""

    id: str
    jti: str
    token: str
    qr_text: str
    mode: Mode
    disclose: Profile
    issued_at: datetime
    expires_at: datetime
    refresh_after_seconds: int
    freshness: Freshness
    check_code: str | None = None


@dataclass(frozen=True, slots=True)
class ShowDesk:
    """Issues show tokens: cipher, signer, and what `SHOW_URL_PREFIX` puts in front of a token."""

    cipher: PiiCipher
    index: BlindIndex
    signer: Signer
    offline: OfflineSealer
    qr_prefix: str

    def issue(
        self,
        session: Session,
        *,
        person_id: PersonId,
        actor: Actor,
        licence_id: str,
        request: ShowRequest,
        now: datetime,
        accept_stale: bool = False,
    ) -> ShowToken:
        """Issue a single-use show token; who is acted for is told.

        Raises InvalidField, LicenceNotFound, WalletFrozen, LicenceNotShowable, OfflineNotAllowed, RefreshFirst (unless
        `accept_stale`), LicenceTooStale.
        """
        _require_basic_offline(request)
        place = {"person_id": person_id, "licence_id": licence_id}
        if request.mode is Mode.OFFLINE:
            entries.hold_still(session, person_id, licence_id)
        row = _TO_SHOW.first(session, **place)
        if row is None:
            raise LicenceNotFound
        if row.wallet_frozen_at is not None:
            raise WalletFrozen
        licences.require_showable(row, now)
        kind = all_kinds()[row.kind]
        if request.mode is Mode.OFFLINE and not kind.offline_allowed:
            raise OfflineNotAllowed(kind.title)
        freshness = licences.freshness_of(row, now)
        if freshness is not Freshness.FRESH and not accept_stale:
            raise RefreshFirst
        if now - row.as_of > MAX_AGE_TO_SHOW:
            raise LicenceTooStale
        _WITHDRAW_OLDEST.run(session, **place, now=now)
        token = self._new_token(session, place, request, freshness, now)
        acted = {"actor": actor.word, "actor_person_id": actor.person_id}
        _INSERT.run(session, **place, **acted, **self._columns(token))
        told = {"licence": kind.title}
        tell_principal(
            session, self.cipher, actor, person_id=person_id, kind=NoticeKind.HELPER_USED, about=told, now=now
        )
        if request.check_code:
            return replace(token, check_code=check_codes.give_out(session, self.index, token.id, now))
        return token

    def _new_token(
        self,
        session: Session,
        place: dict[str, Any],
        request: ShowRequest,
        freshness: Freshness,
        now: datetime,
    ) -> ShowToken:
        jti, issued_at = token_codec.new_jti(), to_whole_seconds(now)
        expires_at = issued_at + request.lifetime
        if request.mode is Mode.OFFLINE:
            token = self.offline.seal(session, **place, jti=jti, issued_at=issued_at, expires_at=expires_at)
        else:
            token = token_codec.seal(jti, expires_at, self.signer)
        return ShowToken(
            id=new_id(),
            jti=jti,
            token=token,
            qr_text=self.qr_prefix + token,
            mode=request.effective_mode,
            disclose=request.disclose,
            issued_at=issued_at,
            expires_at=expires_at,
            refresh_after_seconds=int(min(REFRESH_AFTER, request.lifetime * 3 / 4).total_seconds()),
            freshness=freshness,
        )

    def _columns(self, token: ShowToken) -> dict[str, Any]:
        return {
            "id": token.id,
            "jti": token.jti,
            "mode": token.mode,
            "disclose": token.disclose,
            "state": TokenState.ACTIVE,
            "issued_at": token.issued_at,
            "expires_at": token.expires_at,
            "confirm_by": None,
            "withdrawn_at": None,
            "qr_sealed": self.cipher.seal(token.qr_text, _qr_place(token.id)),
        }


def _require_basic_offline(request: ShowRequest) -> None:
    if request.mode is Mode.OFFLINE and request.check_code:
        field, en = "check_code", "Offline, nobody can look a check code up."
        raise InvalidField(field, "离线亮证不能使用核验口令", en)
    if request.mode is Mode.OFFLINE and request.disclose is not Profile.BASIC:
        field, en = "disclose", "Offline, no more than the basic profile can be shown."
        raise InvalidField(field, "离线亮证只能出示基本信息（basic）", en)


def withdraw(session: Session, person_id: PersonId, token_id: str, now: datetime) -> None:
    """End a live token. Raises ShowTokenNotFound, ShowTokenEnded."""
    if state_of(held_by(session, person_id, token_id), now) not in LIVE_STATES:
        raise ShowTokenEnded
    withdrawn = session.scalar(
        update(ShowTokenRow)
        .where(ShowTokenRow.id == token_id, ShowTokenRow.state.in_(LIVE_STATES))
        .values(state=TokenState.WITHDRAWN, withdrawn_at=now)
        .returning(ShowTokenRow.id)
        .execution_options(synchronize_session=False),
    )
    if withdrawn is None:
        raise ShowTokenEnded


def withdraw_all(session: Session, person_id: str, now: datetime, *, shown_by: str | None = None) -> None:
    """End a person's live tokens, also one whose scan waits; only those of one actor where `shown_by` names them."""
    session.execute(
        update(ShowTokenRow)
        .where(
            # By the licences held: the index leads with them.
            ShowTokenRow.licence_id.in_(
                select(HoldingRow.licence_id).where(HoldingRow.person_id == person_id)
            ),
            ShowTokenRow.person_id == person_id,
            ShowTokenRow.actor_person_id == shown_by if shown_by else true(),
            ShowTokenRow.state.in_(LIVE_STATES),
            or_(ShowTokenRow.expires_at > now, ShowTokenRow.confirm_by > now),
        )
        .values(state=TokenState.WITHDRAWN, withdrawn_at=now)
        .execution_options(synchronize_session=False),
    )


def held_by(session: Session, person_id: PersonId, token_id: str) -> ShowTokenRow:
    """Return one of a person's tokens. Raises ShowTokenNotFound."""
    row = session.get(ShowTokenRow, token_id)
    if row is None or row.person_id != person_id:
        raise ShowTokenNotFound
    return row


def state_of(row: ShowTokenRow, now: datetime) -> TokenState:
    """Return a token's state at an instant."""
    state = TokenState(row.state)
    ends = row.confirm_by if state is TokenState.AWAITING_CONFIRMATION else row.expires_at
    if state in LIVE_STATES and ends is not None and ends <= now:
        return TokenState.EXPIRED
    return state


def qr_text(
    session: Session,
    cipher: PiiCipher,
    person_id: PersonId,
    token_id: str,
    now: datetime,
) -> str:
    """Return the text of a live token's QR. Raises ShowTokenNotFound, ShowTokenEnded."""
    row = held_by(session, person_id, token_id)
    if state_of(row, now) not in LIVE_STATES:
        raise ShowTokenEnded
    return cipher.open_text(row.qr_sealed, _qr_place(row.id))


def forget_qr(cipher: PiiCipher, row: ShowTokenRow) -> None:
    """Destroy the text of a token's QR; the row stays, for the record of who scanned it."""
    row.qr_sealed = cipher.seal("", _qr_place(row.id))


def _qr_place(token_id: str) -> str:
    return f"show_tokens.qr:{token_id}"
