"""Purposes (用途) of a client: for what it may ask, and for which fields of which kinds of licences at most.

Which kinds and fields there are, the wallet knows; here they are words.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PurposeItem:
    """Fields of a kind of licence."""

    kind: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a client may ask for under a code. `text` is what a holder reads."""

    code: str
    text: str
    items: tuple[PurposeItem, ...]

    def allows(self, asked: Iterable[PurposeItem]) -> bool:
        """Tell whether what is asked lies within this purpose."""
        most = {item.kind: frozenset(item.fields) for item in self.items}
        return all(item.kind in most and most[item.kind].issuperset(item.fields) for item in asked)


def written(purposes: Sequence[Purpose]) -> str:
    """Return purposes as a row keeps them."""
    return json.dumps(
        [
            {
                "code": purpose.code,
                "text": purpose.text,
                "items": [{"kind": item.kind, "fields": item.fields} for item in purpose.items],
            }
            for purpose in purposes
        ],
        ensure_ascii=False,
    )


def read(text: str) -> tuple[Purpose, ...]:
    """Return the purposes of a row, in the order in which they were given."""
    return tuple(
        Purpose(
            raw["code"],
            raw["text"],
            tuple(PurposeItem(item["kind"], tuple(item["fields"])) for item in raw["items"]),
        )
        for raw in json.loads(text)
    )
