"""Pages of lists that are put together in memory."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from identity.errors import InvalidField

Item = TypeVar("Item")


def page_of(
    items: Sequence[Item],
    key: Callable[[Item], str],
    *,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return the part of a list that follows the item whose key is `cursor`. Raises InvalidField.

    A cursor that has left the list is refused: to begin again in silence would show things twice.
    """
    keys = [key(item) for item in items]
    if cursor is not None and cursor not in keys:
        raise InvalidField(
            field="cursor",
            message_zh="翻页标识已失效，请从第一页重新开始",
            message_en="This cursor is not in the list (any more); begin at the first page.",
        )
    start = keys.index(cursor) + 1 if cursor is not None else 0
    shown = items[start : start + limit]
    more = start + len(shown) < len(items)
    return {"items": shown, "next_cursor": keys[start + len(shown) - 1] if shown and more else None}
