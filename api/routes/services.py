"""Services (事项): searching them, one of them, and their themes."""

from typing import Any

from api import known, search_pages, usage
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import MAYBE_CITIZEN, PUBLIC
from api.schemas.services import ServiceList, ServiceQuery, ServiceSchema, ThemeList
from hotservices import bundles, hot_list, preferences
from hotservices.errors import ServiceNotFound
from hotservices.search.searching import Order, Search
from identity.clock import civil_date
from identity.errors import InvalidField
from identity.principals import Citizen

# How much of a person's hot list orders what matches equally well, and how much of that use has learnt.
HOT_LIST_LENGTH, RANKED = 50, 20

blp = Blueprint("services", __name__, url_prefix="/v1", description="事项 · Services")


@blp.get(
    "/services",
    guard=MAYBE_CITIZEN,
    summary=Summary("查找事项", "Find services"),
    description="按匹配程度排序；同等匹配时，登录后先列您最可能需要的，再按办理热度。 · "
    "The best match first; among equals what the caller is most likely to need, then what most people need.",
    query=ServiceQuery,
    answer=Answer(200, ServiceList),
    refuses=(InvalidField,),
)
def list_services(call: Call, query: dict[str, Any]) -> dict[str, Any]:
    search = Search(query["q"], query["theme"], query["audience"], query["department"])
    if query["theme"] is not None and query["theme"] not in {theme.name for theme in call.catalogue.themes}:
        raise InvalidField(field="theme", message_zh="没有这个主题", message_en="There is no such theme.")
    finder, paged = call.services.catalogue.finder(), {"limit": query["limit"], "cursor": query["cursor"]}
    return search_pages.page(finder, call.catalogue, search, lambda: _own_order(call), **paged)


@blp.get(
    "/services/<string:code>",
    guard=MAYBE_CITIZEN,
    summary=Summary("事项详情", "A service"),
    answer=Answer(200, ServiceSchema),
    refuses=(ServiceNotFound,),
)
def get_service(call: Call, code: str) -> dict[str, Any]:
    service = call.catalogue.get(code)
    usage.note_opened(call, code)
    marks = None
    if isinstance(call.principal, Citizen):
        with call.lookup() as connection:
            marks = preferences.marks(connection, call.principal.account_id, code)
    return {
        "code": service.code,
        "name": service.name,
        "department": service.department,
        "theme": service.theme,
        "audience": service.audience,
        "channel": service.channel,
        "keywords": service.keywords,
        "requires": known.requirements(bundles.requirements(service, known.kinds_held(call))),
        "favourite": marks and marks.favourite,
        "hidden": marks and marks.hidden,
    }


@blp.get(
    "/themes",
    guard=PUBLIC,
    summary=Summary("事项主题", "Themes"),
    answer=Answer(200, ThemeList),
)
def list_themes(call: Call) -> dict[str, Any]:
    return {"items": call.catalogue.themes, "next_cursor": None}


def _own_order(call: Call) -> Order:
    """Return what comes first among equal matches: the caller's hot list, then what people can ask for."""
    person = known.person_ranked(call)
    if person is None:
        return Order()
    ranked, _ = usage.ranked(call, person, RANKED)
    hot = hot_list.hot_list(call.catalogue, person, civil_date(call.now), HOT_LIST_LENGTH, ranked)
    return Order([item.service.code for item in hot], person.audience)
