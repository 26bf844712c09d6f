"""Pages of a search: the order of its first page holds for the pages that follow, whatever is used meanwhile.

A cursor says after which service a page begins, which codes came first among equal matches, and for whom.
"""

import base64
import binascii
from collections.abc import Callable
from typing import Any

import orjson

from api import paging
from hotservices.catalogue import ENTERPRISE, PERSONAL, Catalogue, Service
from hotservices.search.searching import Finder, Order, Search

# Fifty codes of 32 characters, as base64 of JSON, fit.
MAX_CURSOR_CHARACTERS = 4096


def page(
    finder: Finder,
    catalogue: Catalogue,
    search: Search,
    order: Callable[[], Order],
    *,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return a page of what a search finds; `order` is asked for the first page only. Raises InvalidField."""
    kept = None if cursor is None else _read(cursor)
    after, known = kept or (cursor, None)
    asked: list[Order] = [] if known is None else [known]

    def once() -> Order:
        if not asked:
            asked.append(order())
        return asked[0]

    found = finder.find(catalogue, search, once)
    answer = paging.page_of(found, lambda service: service.code, limit=limit, cursor=after)
    if answer["next_cursor"] is not None and asked:
        answer["next_cursor"] = _written(answer["next_cursor"], asked[0], found)
    return answer


def _written(after: str, order: Order, found: list[Service]) -> str:
    codes = {service.code for service in found}
    first = [code for code in order.first if code in codes]
    return base64.urlsafe_b64encode(orjson.dumps([after, first, order.audience])).decode().rstrip("=")


def _read(cursor: str) -> tuple[str, Order] | None:
    """Return what a cursor says; None for one that says nothing, which no list has either."""
    try:
        after, first, audience = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError):
        return None
    if (
        not isinstance(after, str)
        or not isinstance(first, list)
        or not all(isinstance(c, str) for c in first)
        or audience not in {None, PERSONAL, ENTERPRISE}
    ):
        return None
    return after, Order(tuple(first), audience)
