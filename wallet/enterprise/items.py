"""Items: which fields of which kinds somebody asks for, consents to, or pulls. Kinds and keys name nobody."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from identity.clients.purposes import PurposeItem
from identity.errors import InvalidField
from wallet.kinds import Field, all_kinds

Item = PurposeItem
Items = tuple[PurposeItem, ...]


def read(said: Iterable[Mapping[str, Any]], where: str = "items") -> Items:
    """Return what somebody sent as `[{kind, fields}]`, fields in the kind's order. Raises InvalidField."""
    found: dict[str, Item] = {}
    for place, one in enumerate(said):
        name, kind = f"{where}.{place}", all_kinds().get(one["kind"])
        if kind is None:
            raise InvalidField(
                field=f"{name}.kind", message_zh="没有这种证照", message_en="There is no such kind."
            )
        if kind.code in found:
            raise InvalidField(
                field=f"{name}.kind",
                message_zh="同一种证照只能出现一次",
                message_en="A kind may stand here once.",
            )
        known = [field.key for field in kind.fields]
        if not set(one["fields"]) <= set(known):
            raise InvalidField(
                field=f"{name}.fields",
                message_zh="该证照没有其中的字段",
                message_en="The kind does not have all of these fields.",
            )
        found[kind.code] = Item(kind.code, tuple(key for key in known if key in one["fields"]))
    return tuple(found.values())


def covers(wide: Sequence[Item], narrow: Sequence[Item]) -> bool:
    """Tell whether everything of one list is in another."""
    allowed = {item.kind: set(item.fields) for item in wide}
    return all(item.kind in allowed and set(item.fields) <= allowed[item.kind] for item in narrow)


def written(items: Sequence[Item]) -> str:
    """Return items as a row keeps them."""
    return json.dumps([{"kind": item.kind, "fields": item.fields} for item in items], separators=(",", ":"))


def from_row(text: str) -> Items:
    """Return the items of a row. A kind that there is no more is left out."""
    return tuple(
        Item(one["kind"], tuple(one["fields"])) for one in json.loads(text) if one["kind"] in all_kinds()
    )


def fields_of(item: Item) -> list[Field]:
    """Return the fields of an item as its kind describes them."""
    return [field for field in all_kinds()[item.kind].fields if field.key in item.fields]


def level_of(items: Sequence[Item]) -> int:
    """Return the assurance level at which these may be consented to."""
    return max((all_kinds()[item.kind].consent_level for item in items), default=2)
