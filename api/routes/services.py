"""Services (事项), themes, and the hot list."""

from typing import Any

from api import texts
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import MAYBE_CITIZEN, PUBLIC
from api.schemas.services import (
    HotServiceList,
    HotServiceQuery,
    ServiceList,
    ServiceQuery,
    ServiceSchema,
    ThemeList,
)
from hotservices import catalogue, hot_list
from hotservices.catalogue import Search
from hotservices.errors import ServiceNotFound
from hotservices.hot_list import HeldLicence
from identity.clock import civil_date
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


@blp.get(
    "/hot-services",
    guard=MAYBE_CITIZEN,
    summary=Summary("热门服务", "Hot services"),
    description="登录并实名后按您持有的证照排序，每项附真实理由。 · "
    "With a real name, ordered by the licences you hold; every item carries its true reason.",
    query=HotServiceQuery,
    answer=Answer(200, HotServiceList),
)
def list_hot_services(call: Call, query: dict[str, Any]) -> dict[str, Any]:
    held = _held(call)
    known = None if held is None else [_signal(licence) for licence in held]
    hot = hot_list.hot_list(known, civil_date(call.now), query["limit"])
    items = [
        {
            "code": item.service.code,
            "name": item.service.name,
            "department": item.service.department,
            "theme": item.service.theme,
            "reason": {
                "code": item.reason.code,
                "text": texts.hot_reason(item.reason).in_language(call.language),
            },
        }
        for item in hot
    ]
    return {"items": items, "personalised": held is not None, "as_of": call.now}


def _held(call: Call) -> list[Licence] | None:
    principal = call.principal
    if not isinstance(principal, Citizen) or principal.person_id is None:
        return None
    return licences.list_held(call.session, call.services.cipher, principal.person_id, now=call.now)


def _signal(licence: Licence) -> HeldLicence:
    return HeldLicence(licence.kind, licence.title, licence.valid_to, licence.showable)
