"""Logging in, and staying logged in."""

from typing import Any

from api import guessing, tokens
from api.admitting import refresh_claims
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import PUBLIC, REFRESH_TOKEN
from api.idempotency import ONE_MINUTE
from api.limits import LOGINS, address
from api.presenters import staff_answer
from api.schemas.sessions import LoginRequest, StaffLoginRequest, TokensSchema
from identity import accounts, principals, refreshing, sessions, staff
from identity.devices import Device, Login, SealedDevice
from identity.errors import (
    LoginRefused,
    PlatformBusy,
    PlatformRateLimited,
    PlatformUserBlocked,
    ProviderNotConfigured,
    RefreshTokenReused,
    SessionEnded,
    StaffCredentialsRefused,
    StaffLocked,
    TotpRefused,
    TotpRequired,
)
from identity.ids import SessionId, new_id
from identity.refreshing import Reused
from identity.sessions import Lifetimes
from identity.staff import StaffAccount
from identity.staffing import desk
from identity.staffing.desk import Credentials

blp = Blueprint("sessions", __name__, url_prefix="/v1", description="登录 · Login")


@blp.post(
    "/sessions",
    guard=PUBLIC,
    summary=Summary("登录", "Log in"),
    body=LoginRequest,
    answer=Answer(201, TokensSchema),
    refuses=(
        LoginRefused,
        ProviderNotConfigured,
        PlatformBusy,
        PlatformRateLimited,
        PlatformUserBlocked,
    ),
    limit=LOGINS,
)
def log_in(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    provider = call.services.providers.get(body["provider"])
    if provider is None:
        raise ProviderNotConfigured
    subject = provider.subject(body["code"])
    session_id = SessionId(new_id())
    opened = accounts.log_in(
        call.session,
        call.services.index,
        provider=provider.name,
        subject=subject,
        now=call.now,
    )
    sessions.open_for_account(
        call.session,
        opened.account_id,
        session_id=session_id,
        login=Login.sealed(call.services.cipher, session_id, opened.id, provider.name, subject),
        device=SealedDevice.of(call.services.cipher, session_id, Device(**(body["device"] or {}))),
        now=call.now,
        lifetimes=lifetimes_of(call, tokens.CITIZEN),
    )
    pair = _issue(call, opened.account_id, tokens.CITIZEN, session_id, 1)
    account = accounts.view(call.session, call.services.cipher, opened.account_id, call.now)
    return _citizen_tokens(pair, account)


@blp.post(
    "/staff/sessions",
    guard=PUBLIC,
    summary=Summary("工作人员登录", "Log in as staff"),
    body=StaffLoginRequest,
    answer=Answer(201, TokensSchema),
    refuses=(StaffCredentialsRefused, TotpRequired, TotpRefused, StaffLocked),
    limit=LOGINS,
)
def log_in_staff(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    guessing.admit(call, body["organisation_code"], body["staff_number"])
    admitted = call.services.staff.admit(Credentials(**body, address=address()), call.now)
    member = desk.hold_still(call.session, admitted)
    lifetimes = lifetimes_of(call, tokens.STAFF)
    session_id = sessions.open_for_staff(
        call.session, member.id, call.now, lifetimes, address_index=guessing.place(call)
    )
    return _staff_tokens(_issue(call, member.id, tokens.STAFF, session_id, 1), member)


@blp.post(
    "/sessions/refresh",
    guard=REFRESH_TOKEN,
    summary=Summary("刷新登录", "Refresh a login"),
    answer=Answer(200, TokensSchema),
    refuses=(SessionEnded, RefreshTokenReused),
    once=ONE_MINUTE,
)
def refresh_session(call: Call, _body: dict[str, Any]) -> dict[str, Any]:
    claims = refresh_claims(call)
    lifetimes = lifetimes_of(call, claims.role)
    rotated = refreshing.rotate(call.session, claims.session_id, claims.generation, call.now, lifetimes)
    if isinstance(rotated, Reused):
        with call.lasting() as session:
            sessions.revoke(session, claims.session_id, call.now)
        raise RefreshTokenReused
    if claims.role == tokens.STAFF:
        caller = principals.staff_member(call.session, claims.session_id, call.now)
        pair = _issue(call, caller.staff_id, claims.role, claims.session_id, rotated.generation)
        return _staff_tokens(pair, staff.view(call.session, caller.staff_id))
    return tokens_of_session(call, claims.session_id, rotated.generation)


def tokens_of_session(call: Call, session_id: SessionId, generation: int) -> dict[str, Any]:
    """Return tokens of a citizen's session, and the account with whom it acts for. Raises SessionEnded."""
    cipher = call.services.cipher
    citizen = principals.citizen(call.session, cipher, session_id, call.now)
    pair = _issue(call, citizen.account_id, tokens.CITIZEN, session_id, generation)
    account = accounts.view(call.session, cipher, citizen.account_id, call.now, citizen.acting_for)
    return _citizen_tokens(pair, account)


def lifetimes_of(call: Call, role: str) -> Lifetimes:
    """Return how long sessions of a role live here."""
    config = call.services.config
    return config.staff_sessions if role == tokens.STAFF else config.citizen_sessions


def _issue(call: Call, subject: str, role: str, session_id: SessionId, generation: int) -> tokens.TokenPair:
    idle = lifetimes_of(call, role).idle
    keys = call.services.session_keys
    return tokens.issue(keys, subject, role, session_id, generation, now=call.now, refresh_lifetime=idle)


def _citizen_tokens(pair: tokens.TokenPair, account: accounts.Account) -> dict[str, Any]:
    return _tokens(pair) | {"account": account}


def _staff_tokens(pair: tokens.TokenPair, member: StaffAccount) -> dict[str, Any]:
    return _tokens(pair) | {"account": None, "staff": staff_answer(member)}


def _tokens(pair: tokens.TokenPair) -> dict[str, Any]:
    return {
        "access_token": pair.access_token,
        "refresh_token": pair.refresh_token,
        "token_type": pair.token_type,
        "expires_in": pair.expires_in,
    }
