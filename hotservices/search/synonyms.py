"""Everyday words for what the catalogue calls otherwise, from `data/synonyms.json`."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from hotservices.search.words import compact


@dataclass(frozen=True, slots=True)
class Synonyms:
    """`fillers` say nothing of what is looked for; the words of a group say the same; `phrases` by service."""

    fillers: re.Pattern[str]
    groups: tuple[tuple[str, ...], ...]
    phrases: dict[str, tuple[str, ...]]

    def without_fillers(self, text: str) -> str:
        """Return a normal text without the words around what is looked for, unless nothing else is there."""
        return " ".join(self.fillers.sub(" ", text).split()) or text

    def variants(self, phrase: str) -> Iterator[str]:
        """Yield a compact phrase with one of its words said otherwise, each way."""
        for group in self.groups:
            said = next((word for word in group if word in phrase), None)
            if said:
                yield from (phrase.replace(said, word) for word in group if word not in phrase)


@cache
def synonyms() -> Synonyms:
    """Return the synonyms that the project knows."""
    source = resources.files("hotservices") / "data" / "synonyms.json"
    data = json.loads(source.read_bytes())
    longest_first = sorted(data["fillers"], key=len, reverse=True)
    return Synonyms(
        fillers=re.compile("|".join(map(re.escape, longest_first))),
        # Longest first: of 驾驶证 and 证 in one group, the longer is what a phrase says.
        groups=tuple(tuple(sorted(map(compact, group), key=len, reverse=True)) for group in data["groups"]),
        phrases={code: tuple(said) for code, said in data["phrases"].items()},
    )
