"""Pulls: a client gets what a holder has consented to, signed, once for every use."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response
from sqlalchemy.orm import Session

from api import parts_of_requests
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import ClientWith
from api.idempotency import ONE_DAY
from api.presenters import instant, json_response
from api.problems.answering import said_of
from api.schemas.pulls import PULLED, REFUSED, PullBatchRequest, PullBatchSchema, PullRequest, PullSchema
from identity.errors import DomainError
from identity.organisations.scopes import Scope
from wallet.enterprise import items, pulled_photos
from wallet.enterprise.current import Refresher
from wallet.enterprise.errors import (
    ConsentExpired,
    ConsentRequired,
    ConsentUsedUp,
    ConsentWithdrawn,
    PurposeExceeded,
)
from wallet.enterprise.pulls import Pull, Wanted
from wallet.errors import PhotoNotFound, WalletFrozen

blp = Blueprint("pulls", __name__, url_prefix="/v1", description="调取 · Pulls")

PULLS = ClientWith(Scope.PULLS_CREATE)
UNCONSENTED = (
    ConsentRequired,
    ConsentWithdrawn,
    ConsentExpired,
    ConsentUsedUp,
    PurposeExceeded,
    WalletFrozen,
)


@blp.post(
    "/pulls",
    guard=PULLS,
    summary=Summary("凭授权调取", "Pull by consent"),
    description="返回授权范围内的最新数据，证照库不可用时注明数据时间；每次计一次使用。 · "
    "Current data within what was consented to, or as of when the registry last answered; each counts as a use.",
    body=PullRequest,
    answer=Answer(200, PullSchema),
    refuses=UNCONSENTED,
    once=ONE_DAY,
)
def pull(call: Call, body: dict[str, Any]) -> Response:
    wanted, refresher = _wanted(body), _refresher(call)
    refresher.bring_up_to_date(call.client.client_id, wanted.consent_id, wanted.items, call.now)
    return json_response(200, _said(_made(call, call.session, wanted, refresher)))


@blp.post(
    "/pulls/batch",
    guard=PULLS,
    summary=Summary("批量调取", "Pull many at once"),
    description="至多100项，逐项独立办理，各有结果。 · Up to 100, each made or refused by itself.",
    body=PullBatchRequest,
    answer=Answer(200, PullBatchSchema),
    repeatable=ONE_DAY,
)
def pull_batch(call: Call, body: dict[str, Any]) -> Response:
    refresher = _refresher(call)
    outcomes = [_outcome(call, one, place, refresher) for place, one in enumerate(body["pulls"])]
    return json_response(200, {"items": outcomes})


@blp.get(
    "/pulls/<uuid:pull_id>/photos/<int:place>",
    guard=PULLS,
    summary=Summary("调取的照片", "A photo that was pulled"),
    description="调取后十分钟内、授权未撤回时可取。 · For ten minutes after the pull, while the consent stands.",
    answer=Answer(200, content_type="image/png"),
    refuses=(PhotoNotFound,),
)
def get_pulled_photo(call: Call, pull_id: UUID, place: int) -> Response:
    png = pulled_photos.photo(
        call.session, call.services.cipher, call.client, pull_id=str(pull_id), place=place, now=call.now
    )
    return Response(png, content_type="image/png")


def _outcome(call: Call, said: dict[str, Any], place: int, refresher: Refresher) -> dict[str, Any]:
    """Make one pull of a batch in a transaction of its own, once however often the batch is repeated."""
    outcome = {"consent_id": str(said["consent_id"]), "outcome": REFUSED, "pull": None, "problem": None}
    try:
        wanted = _wanted(said)
        refresher.bring_up_to_date(call.client.client_id, wanted.consent_id, wanted.items, call.now)
        with call.services.database.write() as session:
            part = parts_of_requests.part_of(call, session, place, orjson.dumps(said, default=str), ONE_DAY)
            made = part.before or orjson.dumps(_said(_made(call, session, wanted, refresher)))
            part.keep(made)
    except DomainError as refusal:
        return outcome | {"problem": said_of(refusal)}
    return outcome | {"outcome": PULLED, "pull": orjson.loads(made)}


def _made(call: Call, session: Session, wanted: Wanted, refresher: Refresher) -> Pull:
    down = bool(refresher.down)
    return call.services.pulls.pull(session, call.client, wanted, call.now, registries_down=down)


def _refresher(call: Call) -> Refresher:
    parts = call.services
    return Refresher(parts.registries, parts.cipher, parts.database.read, parts.database.write)


def _wanted(said: dict[str, Any]) -> Wanted:
    asked = said.get("items")
    return Wanted(str(said["consent_id"]), None if asked is None else items.read(asked), said["encrypt"])


def _said(made: Pull) -> dict[str, Any]:
    return {
        "id": made.id,
        "data": made.data,
        "jws": made.jws,
        "jwe": made.jwe,
        "as_of": made.as_of and instant(made.as_of),
    }
