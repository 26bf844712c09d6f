"""Disclosure: which fields of a licence somebody gets to see, and how much of each.

| profile  | shows                                                                          |
|----------|--------------------------------------------------------------------------------|
| basic    | what is not sensitive, the holder's name and the licence's number masked, the photo |
| standard | the same with the holder's name in clear, and every other sensitive value masked |
| full     | everything                                                                     |

The values of another person (a spouse, a co-owner, a parent) stay masked in every profile, and in the
other holder's own wallet too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from identity.numbers.masks import HIDDEN, apply
from wallet.kinds import Field, LicenceKind, Profile

Value = str | int | float | list[Any] | None


@dataclass(frozen=True, slots=True)
class DisclosedField:
    """A field as it is shown. `masked` tells that the value is not whole."""

    key: str
    label: str
    type: str
    value: Value
    sensitive: bool
    masked: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """The holder in whose name a licence is shown, in clear."""

    name: str
    id_number: str


def disclose(
    kind: LicenceKind,
    values: Mapping[str, Value],
    holder: Holder,
    profile: Profile,
    photo_path: str | None,
) -> list[DisclosedField]:
    """Return the fields that a profile shows, in the kind's order.

    `photo_path` is where the picture can be fetched; images carry it as their value.
    """
    shown = []
    for field in kind.fields:
        if not _appears(kind, field, profile):
            continue
        value = photo_path if field.is_image else values.get(field.key)
        clear = field.is_image or _in_clear(kind, field, values, holder, profile)
        visible = value if clear else _masked(field, value)
        shown.append(
            DisclosedField(
                field.key,
                field.label,
                field.type,
                visible,
                field.sensitive,
                visible != value,
            ),
        )
    return shown


def own_view(
    kind: LicenceKind,
    values: Mapping[str, Value],
    holder: Holder,
    photo_path: str | None,
) -> list[DisclosedField]:
    """Return a licence's fields as its holder sees them."""
    return disclose(kind, values, holder, Profile.FULL, photo_path)


def field_keys(kind: LicenceKind, profile: Profile) -> list[str]:
    """Return the keys of the fields that a profile shows."""
    return [field.key for field in kind.fields if _appears(kind, field, profile)]


def _appears(kind: LicenceKind, field: Field, profile: Profile) -> bool:
    if profile is not Profile.BASIC or not field.sensitive or field.is_image:
        return True
    return field.key in {kind.name_field, kind.number_field}


def _in_clear(
    kind: LicenceKind,
    field: Field,
    values: Mapping[str, Value],
    holder: Holder,
    profile: Profile,
) -> bool:
    if not field.sensitive:
        return True
    return field.profile.rank <= profile.rank and _is_holders(kind, field, values, holder)


def _is_holders(
    kind: LicenceKind,
    field: Field,
    values: Mapping[str, Value],
    holder: Holder,
) -> bool:
    if field.party is None or values.get(field.key) in (holder.name, holder.id_number):
        # A value equal to the holder's own name or number tells nothing of anybody else.
        return True
    number_key = kind.parties.get(field.party)
    return number_key is not None and values.get(number_key) == holder.id_number


def _masked(field: Field, value: Value) -> Value:
    if value is None or value == "":
        return value
    return apply(field.mask, value) if isinstance(value, str) else HIDDEN
