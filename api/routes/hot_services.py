"""The hot list, and what people choose for it: favourites, hidden services, personal ranking on or off."""

from typing import Any

from flask import Response

from api import admitting, known, texts, usage
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import LEVEL_1, MAYBE_CITIZEN
from api.idempotency import ONE_DAY
from api.presenters import instant, polled_response
from api.schemas.hot_services import (
    HotServiceList,
    HotServiceQuery,
    ServiceEventsRequest,
    ServiceEventsSchema,
)
from api.schemas.preferences import MarksSchema, PersonalisationSchema, SwitchRequest
from hotservices import hot_list, preferences
from hotservices.errors import ServiceNotFound
from hotservices.preferences import Marks
from hotservices.usage.events import Event
from identity.clock import civil_date

blp = Blueprint("hot-services", __name__, url_prefix="/v1", description="热门服务 · Hot services")


@blp.get(
    "/hot-services",
    guard=MAYBE_CITIZEN,
    summary=Summary("热门服务", "Hot services"),
    description="登录后收藏在前、隐藏不列；按您持有的证照、您与大家的使用情况排序，每项附真实理由。 · "
    "Favourites first, hidden ones left out; ordered by the licences you hold, your use and everybody's; "
    "every item carries its true reason. region（行政区划代码）与 audience 登录前也有效；代企业办事时只列企业可办的。 · "
    "`region` and `audience` work without a login too; who acts for an enterprise sees what those can ask for.",
    query=HotServiceQuery,
    answer=Answer(200, HotServiceList),
    ahead=known.ranked_ahead,
)
def list_hot_services(call: Call, query: dict[str, Any]) -> Response:
    person = known.person_ranked(call)
    limit, audience = query["limit"], query["audience"]
    ranked, from_own_use = usage.ranked(call, person, limit, region=query["region"], audience=audience)
    today = civil_date(call.now)
    hot = hot_list.hot_list(call.catalogue, person, today, limit, ranked, audience=audience)
    items = [
        {
            "code": item.service.code,
            "name": item.service.name,
            "department": item.service.department,
            "theme": item.service.theme,
            "reason": {
                "code": item.reason.code,
                "text": texts.hot_reason(item.reason, call.language),
            },
        }
        for item in hot
    ]
    personalised = from_own_use or (person is not None and person.is_told)
    body = {"items": items, "personalised": personalised, "as_of": instant(call.now)}
    return polled_response(body, [items, personalised])


@blp.post(
    "/services/<string:code>/favourite",
    guard=LEVEL_1,
    summary=Summary("收藏或取消收藏事项", "Make a service a favourite, or no longer"),
    description="收藏即取消隐藏。 · A favourite is no longer hidden.",
    body=SwitchRequest,
    answer=Answer(200, MarksSchema),
    refuses=(ServiceNotFound,),
)
def set_favourite(call: Call, body: dict[str, Any], code: str) -> Marks:
    admitting.hold(call)
    return preferences.set_favourite(
        call.session, call.catalogue, call.citizen.account_id, code, on=body["on"], now=call.now
    )


@blp.post(
    "/services/<string:code>/hide",
    guard=LEVEL_1,
    summary=Summary("隐藏或恢复事项", "Hide a service from one's list, or no longer"),
    description="隐藏即取消收藏；仍可搜索到。 · A hidden service is no favourite; searching still finds it.",
    body=SwitchRequest,
    answer=Answer(200, MarksSchema),
    refuses=(ServiceNotFound,),
)
def set_hidden(call: Call, body: dict[str, Any], code: str) -> Marks:
    admitting.hold(call)
    return preferences.set_hidden(
        call.session, call.catalogue, call.citizen.account_id, code, on=body["on"], now=call.now
    )


@blp.get(
    "/account/personalisation",
    guard=LEVEL_1,
    summary=Summary("个性化推荐是否开启", "Whether ranking is personal"),
    answer=Answer(200, PersonalisationSchema),
)
def get_personalisation(call: Call) -> dict[str, Any]:
    return {"on": usage.is_personal(call)}


@blp.post(
    "/account/personalisation",
    guard=LEVEL_1,
    summary=Summary("开启或关闭个性化推荐", "Turn personal ranking on or off"),
    description="关闭后排序不读取您的任何数据，收藏与隐藏保留。 · "
    "When off, ranking reads nothing of yours; favourites and hidden services are kept.",
    body=SwitchRequest,
    answer=Answer(200, PersonalisationSchema),
)
def set_personalisation(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    admitting.hold(call)
    preferences.set_personal(call.session, call.citizen.account_id, body["on"], call.now)
    return {"on": body["on"]}


@blp.post(
    "/service-events",
    guard=LEVEL_1,
    summary=Summary("上报事项使用", "Tell what was used"),
    description="每个 id 只计一次；七天内的补报照计；下一次热门服务即已生效。 · "
    "An id counts once; what is told up to seven days late still counts; the next hot list knows it.",
    body=ServiceEventsRequest,
    answer=Answer(202, ServiceEventsSchema),
    once=ONE_DAY,
    ahead=usage.record_ahead,
)
def take_service_events(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    events = [Event(**event) for event in body["events"]]
    rejected = usage.record(call, events)
    return {"accepted": len(events) - len(rejected), "rejected": rejected}
