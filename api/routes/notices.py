"""Notices: what the app tells a person."""

from typing import Any
from uuid import UUID

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import READS_NOTICES
from api.idempotency import ONE_DAY
from api.notice_texts import notice_text
from api.schemas.notices import NoticeList, NoticeQuery, NoticeSchema
from identity import notices
from identity.errors import NoticeNotFound
from identity.notices import Notice

blp = Blueprint("notices", __name__, url_prefix="/v1", description="通知 · Notices")


@blp.get(
    "/notices",
    guard=READS_NOTICES,
    summary=Summary("我的通知", "My notices"),
    description="最新的在前；未实名的账号没有通知。 · Newest first; an account without a real name has none.",
    query=NoticeQuery,
    answer=Answer(200, NoticeList),
)
def list_notices(call: Call, query: dict[str, Any]) -> dict[str, Any]:
    person_id = call.citizen.person_id
    if person_id is None:
        return {"items": [], "next_cursor": None}
    cursor = query["cursor"]
    page = notices.of_person(
        call.session,
        call.services.cipher,
        person_id,
        limit=query["limit"],
        cursor=str(cursor) if cursor else None,
        unread_only=query["unread"],
    )
    return {"items": [_said(notice, call.language) for notice in page.items], "next_cursor": page.next_cursor}


@blp.post(
    "/notices/<uuid:notice_id>/read",
    guard=READS_NOTICES,
    summary=Summary("标为已读", "Mark a notice as read"),
    answer=Answer(200, NoticeSchema),
    refuses=(NoticeNotFound,),
    once=ONE_DAY,
)
def read_notice(call: Call, _body: dict[str, Any], notice_id: UUID) -> dict[str, Any]:
    person_id = call.citizen.person_id
    if person_id is None:
        raise NoticeNotFound
    notice = notices.mark_read(call.session, call.services.cipher, person_id, str(notice_id), call.now)
    return _said(notice, call.language)


def _said(notice: Notice, language: str) -> dict[str, Any]:
    title, text = notice_text(notice, language)
    return {
        "id": notice.id,
        "kind": notice.kind,
        "title": title,
        "text": text,
        "about": notice.about,
        "at": notice.at,
        "read_at": notice.read_at,
    }
