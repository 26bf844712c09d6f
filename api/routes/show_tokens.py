"""Showing a licence (亮证): tokens, their QR, and the holder's word."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response

from api import admitting
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import SHOWS_LICENCES
from api.idempotency import ONE_DAY
from api.limits import SHOWS
from api.presenters import json_response, show_token
from api.routes.licences import actor_of, person_of, refresh
from api.schemas.showing import QrQuery, ShowTokenRequest, ShowTokenSchema, ShowTokenStateSchema
from api.texts import QR_LABEL
from identity.clock import to_whole_seconds
from identity.errors import RegistryUnavailable
from wallet.errors import (
    LicenceNotFound,
    LicenceNotShowable,
    LicenceTooStale,
    NotAwaitingConfirmation,
    OfflineNotAllowed,
    ShowTokenEnded,
    ShowTokenNotFound,
    WalletFrozen,
)
from wallet.showing import confirmation, qr, show_tokens
from wallet.showing.confirmation import ShowTokenView
from wallet.showing.show_tokens import RefreshFirst, ShowRequest

blp = Blueprint("show-tokens", __name__, url_prefix="/v1", description="亮证 · Showing a licence")

SVG, PNG = "image/svg+xml", "image/png"


@blp.post(
    "/licences/<uuid:licence_id>/show-tokens",
    guard=SHOWS_LICENCES,
    summary=Summary("亮证", "Show a licence"),
    description=(
        "一次有效，默认60秒；full 自动改为 confirm；offline 仅限目录允许的证照，且只出示 basic。 · "
        "Used once, 60 s by default; full forces confirm; offline is for the kinds that allow it, and basic only."
    ),
    body=ShowTokenRequest,
    answer=Answer(201, ShowTokenSchema),
    refuses=(LicenceNotFound, LicenceNotShowable, OfflineNotAllowed, LicenceTooStale, WalletFrozen),
    once=ONE_DAY,
    limit=SHOWS,
)
def show_licence(call: Call, body: dict[str, Any], licence_id: UUID) -> Response:
    lifetime = _within_tie(call, timedelta(seconds=body["lifetime_seconds"]))
    request = ShowRequest(body["mode"], body["disclose"], lifetime, body["check_code"])
    try:
        return _issued(call, str(licence_id), request, accept_stale=False)
    except RefreshFirst:
        call.roll_back()
    try:
        refresh(call, str(licence_id))
    except RegistryUnavailable:
        call.roll_back()
    return _issued(call, str(licence_id), request, accept_stale=True)


@blp.get(
    "/show-tokens/<uuid:token_id>",
    guard=SHOWS_LICENCES,
    summary=Summary("亮证码状态", "A show token's state"),
    answer=Answer(200, ShowTokenStateSchema),
    refuses=(ShowTokenNotFound,),
)
def get_show_token(call: Call, token_id: UUID) -> ShowTokenView:
    return _watch(call, token_id)


@blp.get(
    "/show-tokens/<uuid:token_id>/qr.svg",
    guard=SHOWS_LICENCES,
    summary=Summary("亮证二维码（SVG）", "The QR as SVG"),
    query=QrQuery,
    answer=Answer(200, content_type=SVG),
    refuses=(ShowTokenNotFound, ShowTokenEnded),
)
def get_qr_svg(call: Call, query: dict[str, Any], token_id: UUID) -> Response:
    label = QR_LABEL.in_language(call.language)
    return Response(qr.svg(_qr_text(call, token_id), label=label, **query), content_type=SVG)


@blp.get(
    "/show-tokens/<uuid:token_id>/qr.png",
    guard=SHOWS_LICENCES,
    summary=Summary("亮证二维码（PNG）", "The QR as PNG"),
    query=QrQuery,
    answer=Answer(200, content_type=PNG),
    refuses=(ShowTokenNotFound, ShowTokenEnded),
)
def get_qr_png(call: Call, query: dict[str, Any], token_id: UUID) -> Response:
    return Response(qr.png(_qr_text(call, token_id), **query), content_type=PNG)


@blp.post(
    "/show-tokens/<uuid:token_id>/confirm",
    guard=SHOWS_LICENCES,
    summary=Summary("同意出示", "Confirm a scan"),
    answer=Answer(200, ShowTokenStateSchema),
    refuses=(ShowTokenNotFound, NotAwaitingConfirmation),
    once=ONE_DAY,
)
def confirm_show_token(call: Call, _body: dict[str, Any], token_id: UUID) -> ShowTokenView:
    _settle(call, confirmation.confirm, token_id)
    return _watch(call, token_id)


@blp.post(
    "/show-tokens/<uuid:token_id>/decline",
    guard=SHOWS_LICENCES,
    summary=Summary("拒绝出示", "Decline a scan"),
    answer=Answer(200, ShowTokenStateSchema),
    refuses=(ShowTokenNotFound, NotAwaitingConfirmation),
    once=ONE_DAY,
)
def decline_show_token(call: Call, _body: dict[str, Any], token_id: UUID) -> ShowTokenView:
    _settle(call, confirmation.decline, token_id)
    return _watch(call, token_id)


@blp.post(
    "/show-tokens/<uuid:token_id>/withdraw",
    guard=SHOWS_LICENCES,
    summary=Summary("撤回亮证码", "Withdraw a show token"),
    answer=Answer(200, ShowTokenStateSchema),
    refuses=(ShowTokenNotFound, ShowTokenEnded),
    once=ONE_DAY,
)
def withdraw_show_token(call: Call, _body: dict[str, Any], token_id: UUID) -> ShowTokenView:
    show_tokens.withdraw(call.session, person_of(call), str(token_id), call.now)
    return _watch(call, token_id)


def _issued(call: Call, licence_id: str, request: ShowRequest, *, accept_stale: bool) -> Response:
    admitting.hold(call)
    token = call.services.show.issue(
        call.session,
        person_id=person_of(call),
        actor=actor_of(call),
        licence_id=licence_id,
        request=request,
        now=call.now,
        accept_stale=accept_stale,
    )
    return json_response(201, show_token(token))


def _within_tie(call: Call, lifetime: timedelta) -> timedelta:
    """Return how long a code may live that is shown now: an agent's ends with their last day at the latest."""
    acting = call.citizen.acting_for
    if acting is None or acting.ends_at is None:
        return lifetime
    return min(lifetime, acting.ends_at - to_whole_seconds(call.now))


def _settle(call: Call, by: Callable[..., None], token_id: UUID) -> None:
    admitting.hold(call)
    who = {"person_id": person_of(call), "actor": actor_of(call)}
    by(call.session, call.services.cipher, str(token_id), **who, now=call.now)


def _watch(call: Call, token_id: UUID) -> ShowTokenView:
    cipher = call.services.cipher
    return confirmation.watch(call.session, cipher, person_of(call), str(token_id), call.now)


def _qr_text(call: Call, token_id: UUID) -> str:
    cipher = call.services.cipher
    return show_tokens.qr_text(call.session, cipher, person_of(call), str(token_id), call.now)
