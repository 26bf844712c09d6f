"""Licence kinds, the wallet, and bringing it up to date."""

from typing import Any
from uuid import UUID

from flask import Response

from api import admitting
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import PUBLIC, READS_LICENCES
from api.idempotency import ONE_DAY
from api.paging import page_of
from api.schemas.licences import (
    LicenceKindList,
    LicenceList,
    LicenceQuery,
    LicenceSchema,
    PreferencesRequest,
    SyncSchema,
)
from identity import people, standing
from identity.acting import Actor
from identity.errors import AssuranceLevelRequired, RegistryUnavailable
from identity.ids import PersonId
from wallet import licences, syncing
from wallet.errors import LicenceNotFound, PhotoNotFound
from wallet.kinds import all_kinds
from wallet.licences import Licence, Preferences

blp = Blueprint("licences", __name__, url_prefix="/v1", description="证照 · Licences")


@blp.get(
    "/licence-kinds",
    guard=PUBLIC,
    summary=Summary("证照目录", "Licence kinds"),
    answer=Answer(200, LicenceKindList),
)
def list_licence_kinds(_call: Call) -> dict[str, Any]:
    return {"items": all_kinds().values(), "next_cursor": None}


@blp.post(
    "/wallet/sync",
    guard=READS_LICENCES,
    summary=Summary("同步我的证照", "Sync my wallet"),
    description="同时询问全部部门，每个最多等三秒。 · All departments are asked side by side, 3 s each at most.",
    answer=Answer(200, SyncSchema),
    repeatable=ONE_DAY,
)
def sync_wallet(call: Call, _body: dict[str, Any]) -> dict[str, Any]:
    parts, person_id = call.services, person_of(call)
    with parts.database.read() as session:
        number = people.number_of(session, parts.cipher, person_id)
    answers = parts.registries.ask_all(number)
    admitting.hold(call)
    syncing.store_answers(call.session, parts.cipher, person_id, answers, call.now)
    held = licences.list_held(call.session, parts.cipher, person_id, now=call.now)
    return {"registries": answers, "licences": held}


@blp.get(
    "/licences",
    guard=READS_LICENCES,
    summary=Summary("我的证照", "My licences"),
    query=LicenceQuery,
    answer=Answer(200, LicenceList),
)
def list_licences(call: Call, query: dict[str, Any]) -> dict[str, Any]:
    held = licences.list_held(
        call.session,
        call.services.cipher,
        person_of(call),
        now=call.now,
        kind=query["kind"],
        status=query["status"],
    )
    cursor = str(query["cursor"]) if query["cursor"] else None
    return page_of(held, lambda licence: licence.id, limit=query["limit"], cursor=cursor)


@blp.get(
    "/licences/<uuid:licence_id>",
    guard=READS_LICENCES,
    summary=Summary("证照详情", "A licence"),
    answer=Answer(200, LicenceSchema),
    refuses=(LicenceNotFound,),
)
def get_licence(call: Call, licence_id: UUID) -> Licence:
    return _held(call, licence_id)


@blp.get(
    "/licences/<uuid:licence_id>/photo",
    guard=READS_LICENCES,
    summary=Summary("证照照片", "A licence's photo"),
    answer=Answer(200, content_type="image/png"),
    refuses=(PhotoNotFound,),
)
def get_licence_photo(call: Call, licence_id: UUID) -> Response:
    png = licences.photo(call.session, call.services.cipher, person_of(call), str(licence_id))
    return Response(png, content_type="image/png")


@blp.post(
    "/licences/<uuid:licence_id>/refresh",
    guard=READS_LICENCES,
    summary=Summary("更新证照数据", "Refresh a licence"),
    answer=Answer(200, LicenceSchema),
    refuses=(LicenceNotFound, RegistryUnavailable),
    repeatable=ONE_DAY,
)
def refresh_licence(call: Call, _body: dict[str, Any], licence_id: UUID) -> Licence:
    refresh(call, str(licence_id))
    return _held(call, licence_id)


@blp.post(
    "/licences/<uuid:licence_id>/preferences",
    guard=READS_LICENCES,
    summary=Summary("证照的排序与显示", "Order and visibility"),
    body=PreferencesRequest,
    answer=Answer(200, LicenceSchema),
    refuses=(LicenceNotFound,),
    once=ONE_DAY,
)
def set_licence_preferences(call: Call, body: dict[str, Any], licence_id: UUID) -> Licence:
    admitting.hold(call)
    licences.set_preferences(call.session, person_of(call), str(licence_id), Preferences(**body))
    return _held(call, licence_id)


def person_of(call: Call) -> PersonId:
    """Return the person behind an account of level 2 or more. Raises AssuranceLevelRequired."""
    person_id = call.citizen.person_id
    if person_id is None:
        raise AssuranceLevelRequired(2)
    return person_id


def actor_of(call: Call) -> Actor:
    """Return who acts, for themselves or for whose wallet it is. Raises AssuranceLevelRequired."""
    actor = call.citizen.actor
    if actor is None:
        raise AssuranceLevelRequired(2)
    return actor


def refresh(call: Call, licence_id: str) -> None:
    """Ask a licence's registry and write what it says. Raises LicenceNotFound, RegistryUnavailable.

    A licence that has another holder by now, or that its registry knows no more, leaves the wallet.
    """
    parts, person_id = call.services, person_of(call)
    with parts.database.read() as session:
        source = syncing.source_of(session, person_id, licence_id)
        number = people.number_of(session, parts.cipher, person_id)
    record = parts.registries.ask_one(source.registry_code, source.identifier, holder_number=number)
    if record is not None and number in record.holder_numbers:
        admitting.hold(call)
        syncing.store_record(call.session, parts.cipher, record, call.now)
        return
    # Kept although the request ends in a refusal.
    with call.lasting() as session:
        standing.hold(session, parts.cipher, call.citizen, call.now)
        if record is None:
            syncing.forget_holding(session, parts.cipher, person_id, source, call.now)
        else:
            syncing.store_record(session, parts.cipher, record, call.now)
    raise LicenceNotFound


def _held(call: Call, licence_id: UUID) -> Licence:
    return licences.get_held(
        call.session,
        call.services.cipher,
        person_of(call),
        str(licence_id),
        call.now,
    )
