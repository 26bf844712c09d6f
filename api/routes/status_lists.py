"""Status lists, for verifiers whom the network has left."""

from flask import Response

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import PUBLIC
from wallet.errors import StatusListNotFound
from wallet.status_lists.publishing import TTL, PublishedList

blp = Blueprint("status-lists", __name__, url_prefix="/v1", description="离线核验 · Offline verification")

STATUS_LIST_JWT = "application/statuslist+jwt"


@blp.get(
    "/status-lists/<string:list_id>",
    guard=PUBLIC,
    summary=Summary("状态列表", "A status list"),
    description="IETF Token Status List，JWT 形式，每项2位。 · An IETF Token Status List as a JWT, 2 bits an entry.",
    answer=Answer(200, content_type=STATUS_LIST_JWT),
    refuses=(StatusListNotFound,),
)
def get_status_list(call: Call, list_id: str) -> Response:
    published = call.services.status_lists.publish(call.session, list_id, call.now)
    response = Response(published.jwt, content_type=STATUS_LIST_JWT)
    # Each worker signs for itself, and no two signatures are alike: the same list, in other bytes.
    response.set_etag(published.tag, weak=True)
    response.cache_control.public = True
    response.cache_control.max_age = _still_fresh(call, published)
    return response


def _still_fresh(call: Call, published: PublishedList) -> int:
    return max(0, int((published.issued_at + TTL - call.now).total_seconds()))
