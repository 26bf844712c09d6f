"""Licence kinds (证照目录): 27 of them, data in `data/licence_kinds.json`.

A kind says what its fields are called, which are sensitive, how each is masked, and whose each is:
`party` names a person other than the holder unless that party's number (kind's `parties`) is the holder's.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from identity.numbers.masks import Mask


class Profile(StrEnum):
    """How much of a licence is disclosed."""

    BASIC = "basic"
    STANDARD = "standard"
    FULL = "full"

    @property
    def rank(self) -> int:
        """Order: what a smaller profile shows, a larger one shows too."""
        return _RANKS[self]


_RANKS = {Profile.BASIC: 0, Profile.STANDARD: 1, Profile.FULL: 2}


def smaller(one: Profile, other: Profile) -> Profile:
    """Return the profile that discloses less."""
    return min(one, other, key=lambda profile: profile.rank)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a kind. `profile` is the smallest one that shows the holder's own value in clear."""

    key: str
    label: str
    type: str
    sensitive: bool
    profile: Profile
    mask: Mask = Mask.HIDE
    party: str | None = None

    @property
    def is_image(self) -> bool:
        """Tell whether the value is a picture, fetched from a path of its own."""
        return self.type == "image"


@dataclass(frozen=True, slots=True)
class LicenceKind:
    """A kind of licence. `max_staleness` is how old its data may be and still count as fresh.

    `consent_level` is the assurance level that consenting to its being pulled asks for: 3 where a kind tells of
    health, money, family or children (PIPL art. 28, GB/T 45574), else `min_level`.
    """

    code: str
    title: str
    issuer: str
    holder_type: str
    offline_allowed: bool
    min_level: int
    consent_level: int
    max_staleness: timedelta
    name_field: str
    number_field: str
    photo_field: str | None
    fields: tuple[Field, ...]
    parties: MappingProxyType[str, str] = field(default_factory=lambda: MappingProxyType({}))


@cache
def all_kinds() -> MappingProxyType[str, LicenceKind]:
    """Return every kind by its code, in catalogue order."""
    source = resources.files("wallet") / "data" / "licence_kinds.json"
    return MappingProxyType({entry["code"]: _kind(entry) for entry in json.loads(source.read_bytes())})


def _kind(entry: dict[str, Any]) -> LicenceKind:
    return LicenceKind(
        code=entry["code"],
        title=entry["title"],
        issuer=entry["issuer"],
        holder_type=entry["holder_type"],
        offline_allowed=entry["offline_allowed"],
        min_level=entry["min_level"],
        consent_level=entry.get("consent_level", entry["min_level"]),
        max_staleness=timedelta(seconds=entry["max_staleness_seconds"]),
        name_field=entry["name_field"],
        number_field=entry["number_field"],
        photo_field=entry.get("photo_field"),
        fields=tuple(_field(raw, entry["name_field"]) for raw in entry["fields"]),
        parties=MappingProxyType(entry.get("parties", {})),
    )


def _field(raw: dict[str, Any], name_field: str) -> Field:
    return Field(
        key=raw["key"],
        label=raw["label"],
        type=raw["type"],
        sensitive=raw["sensitive"],
        profile=_clear_from(raw, name_field),
        mask=Mask(raw.get("mask", Mask.HIDE)),
        party=raw.get("party"),
    )


def _clear_from(raw: dict[str, Any], name_field: str) -> Profile:
    if not raw["sensitive"] or raw["type"] == "image":
        return Profile.BASIC
    return Profile.STANDARD if raw["key"] == name_field else Profile.FULL
