"""The hot list (热门服务), and the events of use that it learns from."""

from typing import Any

from flask import Response

from api import presenters, texts, usage
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import LEVEL_1, MAYBE_CITIZEN
from api.idempotency import ONE_DAY
from api.schemas.hot_services import (
    HotServiceList,
    HotServiceQuery,
    ServiceEventsRequest,
    ServiceEventsSchema,
)
from hotservices import hot_list
from hotservices.hot_list import HotService
from hotservices.usage import states
from hotservices.usage.events import Event
from identity.clock import civil_date
from identity.sessions import Citizen

blp = Blueprint("hot-services", __name__, url_prefix="/v1", description="热门服务 · Hot services")


@blp.get(
    "/hot-services",
    guard=MAYBE_CITIZEN,
    summary=Summary("热门服务", "Hot services"),
    description="按您持有的证照、您与大家的使用情况排序，每项附真实理由。 · "
    "Ordered by the licences you hold, by your use and by everybody's; every item carries its true reason.",
    query=HotServiceQuery,
    answer=Answer(200, HotServiceList),
)
def list_hot_services(call: Call, query: dict[str, Any]) -> Response:
    limit, region, desk = query["limit"], query["region"], call.services.ranking
    held, personalised = None, False
    if isinstance(call.principal, Citizen) and usage.is_personal(call):
        held = usage.held_licences(call, call.session)
        account_id = call.principal.account_id
        state = states.packed(call.session, call.services.cipher, account_id)
        known = usage.attributes(call, call.session, held) | ({"area": f"in{region[:4]}"} if region else {})
        hidden = frozenset() if held is None else hot_list.enterprise_services()
        ranked = desk.rank(account_id, state, known, limit, now=call.now, hidden=hidden)
        personalised = held is not None or state is not None
    else:
        ranked = desk.rank(None, None, {}, limit, now=call.now)
    hot = hot_list.hot_list(held, civil_date(call.now), limit, ranked)
    items = [_item(item, call.language) for item in hot]
    as_of = presenters.instant(call.now)
    return presenters.json_response(200, {"items": items, "personalised": personalised, "as_of": as_of})


@blp.post(
    "/service-events",
    guard=LEVEL_1,
    summary=Summary("上报事项使用", "Tell what was used"),
    description="每个 id 只计一次；七天内的补报照计；下一次热门服务即已生效。 · "
    "An id counts once; what is told up to seven days late still counts; the next hot list knows it.",
    body=ServiceEventsRequest,
    answer=Answer(202, ServiceEventsSchema),
    once=ONE_DAY,
)
def take_service_events(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    events = [Event(**event) for event in body["events"]]
    if not usage.is_personal(call):
        return {"accepted": len(events), "rejected": []}
    desk, account_id = call.services.ranking, call.citizen.account_id
    # Before the transaction: it may need one of its own.
    recorder = desk.recorder()
    session = call.session
    rejected = recorder.record(session, account_id, events, usage.knowing(call, session), call.now)
    return {"accepted": len(events) - len(rejected), "rejected": rejected}


def _item(item: HotService, language: str) -> dict[str, Any]:
    service = item.service
    return {
        "code": service.code,
        "name": service.name,
        "department": service.department,
        "theme": service.theme,
        "reason": {
            "code": item.reason.code,
            "text": texts.hot_reason(item.reason).in_language(language),
        },
    }
