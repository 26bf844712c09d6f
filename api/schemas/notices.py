"""Notices on the wire."""

from marshmallow import fields

from api.schemas.common import Instant, PageQuery, Response, items_of, next_cursor, one_of
from identity.notices import NoticeKind


class NoticeSchema(Response):
    """Something that a person is told. `about` holds what its words are made of, such as ids to open."""

    id = fields.String(required=True)
    kind = one_of(NoticeKind, required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    about = fields.Dict(
        keys=fields.String(), values=fields.String(allow_none=True, required=True), required=True
    )
    at = Instant(required=True)
    read_at = Instant(required=True, allow_none=True)


class NoticeList(Response):
    """What a person was told, newest first."""

    items = items_of(NoticeSchema)
    next_cursor = next_cursor()


class NoticeQuery(PageQuery):
    """Which notices."""

    unread = fields.Boolean(
        load_default=False,
        metadata={"description": "只看未读 · only those that are not read yet"},
    )
