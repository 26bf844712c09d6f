"""Services (事项) and themes."""

from typing import Any

from api import usage
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import MAYBE_CITIZEN, PUBLIC
from api.schemas.services import (
    ServiceList,
    ServiceQuery,
    ServiceSchema,
    ThemeList,
)
from hotservices import catalogue
from hotservices.catalogue import Search
from hotservices.errors import ServiceNotFound
from identity.sessions import Citizen
from wallet import licences
from wallet.kinds import all_kinds
from wallet.licences import Licence

blp = Blueprint("services", __name__, url_prefix="/v1", description="事项与热门服务 · Services")


@blp.get(
    "/services",
    guard=PUBLIC,
    summary=Summary("事项列表", "Services"),
    query=ServiceQuery,
    answer=Answer(200, ServiceList),
)
def list_services(_call: Call, query: dict[str, Any]) -> dict[str, Any]:
    search = Search(query["q"], query["theme"], query["audience"], query["department"])
    found = catalogue.find(search)
    codes = [service.code for service in found]
    cursor = query["cursor"]
    start = codes.index(cursor) + 1 if cursor in codes else 0
    items = found[start : start + query["limit"]]
    more = start + len(items) < len(found)
    return {"items": items, "next_cursor": items[-1].code if items and more else None}


@blp.get(
    "/services/<string:code>",
    guard=MAYBE_CITIZEN,
    summary=Summary("事项详情", "A service"),
    answer=Answer(200, ServiceSchema),
    refuses=(ServiceNotFound,),
)
def get_service(call: Call, code: str) -> dict[str, Any]:
    service = catalogue.get(code)
    usage.note_opened(call, code)
    held = _held(call)
    kinds = None if held is None else {licence.kind for licence in held if licence.showable}
    requires = [
        {"kind": kind, "title": all_kinds()[kind].title, "held": None if kinds is None else kind in kinds}
        for kind in service.requires
    ]
    return {
        "code": service.code,
        "name": service.name,
        "department": service.department,
        "theme": service.theme,
        "audience": service.audience,
        "channel": service.channel,
        "keywords": service.keywords,
        "requires": requires,
    }


@blp.get(
    "/themes",
    guard=PUBLIC,
    summary=Summary("事项主题", "Themes"),
    answer=Answer(200, ThemeList),
)
def list_themes(_call: Call) -> dict[str, Any]:
    return {"items": catalogue.themes(), "next_cursor": None}


def _held(call: Call) -> list[Licence] | None:
    principal = call.principal
    if not isinstance(principal, Citizen) or principal.person_id is None:
        return None
    return licences.list_held(call.session, call.services.cipher, principal.person_id, now=call.now)
