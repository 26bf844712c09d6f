"""Reviews (好差评): written once for a finished case, read by anybody, added up."""

from typing import Any
from uuid import UUID

from api import admitting
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import PUBLIC, SUBMITS_FORMS
from api.idempotency import ONE_DAY
from api.review_texts import review_view
from api.routes.licences import person_of
from api.schemas.common import PageQuery
from api.schemas.reviews import (
    ReviewList,
    ReviewRequest,
    ReviewSchema,
    ReviewStatistics,
    ReviewStatisticsQuery,
)
from hotservices.cases.errors import CaseNotFound
from hotservices.errors import ServiceNotFound
from hotservices.reviews import reading, scores, writing
from hotservices.reviews.errors import CaseNotReviewable, ReviewExists
from hotservices.reviews.scores import Scored
from hotservices.reviews.writing import Opinion

blp = Blueprint("reviews", __name__, url_prefix="/v1", description="好差评 · Reviews")


@blp.post(
    "/cases/<uuid:case_id>/review",
    guard=SUBMITS_FORMS,
    summary=Summary("评价办件", "Review a case"),
    description="办结后评价，一事一评，公开展示（姓名掩码）；评论中的号码、联系方式和本人姓名自动隐去。 · "
    "Once for a finished case; public with the name masked. Numbers, addresses and the writer's name are taken out.",
    body=ReviewRequest,
    answer=Answer(201, ReviewSchema),
    refuses=(CaseNotFound, CaseNotReviewable, ReviewExists),
    once=ONE_DAY,
)
def review_a_case(call: Call, body: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    admitting.hold(call)
    review = writing.write(
        call.session,
        call.services.cipher,
        str(case_id),
        Opinion(**body),
        account_id=call.citizen.account_id,
        person_id=person_of(call),
        now=call.now,
    )
    return review_view(review, call.language)


@blp.get(
    "/services/<string:code>/reviews",
    guard=PUBLIC,
    summary=Summary("事项的评价", "Reviews of a service"),
    description="少于十人评价时不公布得分。 · Of fewer than ten people no score is told.",
    query=PageQuery,
    answer=Answer(200, ReviewList),
    refuses=(ServiceNotFound,),
)
def list_reviews(call: Call, query: dict[str, Any], code: str) -> dict[str, Any]:
    service = call.catalogue.get(code)
    cursor = str(query["cursor"]) if query["cursor"] else None
    page = reading.of_service(
        call.session, call.services.cipher, service.code, limit=query["limit"], cursor=cursor
    )
    return {
        "items": [review_view(review, call.language) for review in page.items],
        "next_cursor": page.next_cursor,
        "score": scores.of_service(call.session, service.code),
    }


@blp.get(
    "/review-statistics",
    guard=PUBLIC,
    summary=Summary("好差评统计", "What reviews add up to"),
    description="按部门或事项；少于十人评价的不公布。 · By department or service; of fewer than ten people nothing is told.",
    query=ReviewStatisticsQuery,
    answer=Answer(200, ReviewStatistics),
)
def get_review_statistics(call: Call, query: dict[str, Any]) -> dict[str, Any]:
    page = scores.listed(
        call.session,
        query["by"],
        department=query["department"],
        limit=query["limit"],
        cursor=query["cursor"],
    )
    return {
        "items": [_scored(one) for one in page.items],
        "next_cursor": page.next_cursor,
        "total": scores.of_everything(call.session),
    }


def _scored(one: Scored) -> dict[str, Any]:
    service = {"code": one.service_code, "name": one.service_name} if one.service_code else None
    return {"department": one.department, "service": service, "score": one.score}
