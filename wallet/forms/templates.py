"""Form templates (表单模板), data in `wallet/data/forms.json`: materials, and fields in sections.

A field's sources are tried in their order. One is written `KIND.field`, of the licence that the form's material of
that kind links, or `party.field`, of somebody's proved identity (see `wallet.forms.parties`).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from wallet.forms.errors import FormNotFound
from wallet.forms.parties import Party
from wallet.kinds import LicenceKind, all_kinds
from wallet.status import LicenceStatus


class Audience(StrEnum):
    """For whom a form is."""

    PERSON = "person"
    ENTERPRISE = "enterprise"


class FieldType(StrEnum):
    """What may stand in a field. All are text on the wire but `number` and `yes_no`."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    PHONE = "phone"
    BANK_ACCOUNT = "bank_account"
    ID_NUMBER = "id_number"
    USCC = "uscc"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when another field has one of some values, or contains one of some words."""

    field: str
    among: tuple[str, ...]
    contains: tuple[str, ...]

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Tell whether it holds for a form's values."""
        value = values.get(self.field)
        if value is None:
            return False
        return value in self.among or any(word in str(value) for word in self.contains)


@dataclass(frozen=True, slots=True)
class LicenceSource:
    """A field of the licence that is linked for a kind."""

    kind: str
    field: str


@dataclass(frozen=True, slots=True)
class IdentitySource:
    """A part of somebody's proved identity."""

    party: Party
    field: str


Source = LicenceSource | IdentitySource


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that a field may have."""

    code: str
    text: Words


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a value must keep to. Days are `YYYY-MM-DD` or `today`; `min_age` is in years, of a day of birth."""

    max_length: int
    pattern: str | None
    minimum: str | None
    maximum: str | None
    earliest: str | None
    latest: str | None
    min_age: int | None


@dataclass(frozen=True, slots=True)
class FormField:
    """A field. `lock`: what a source has filled may not be typed over. `when` None: it always applies."""

    key: str
    label: Words
    type: FieldType
    required: bool
    lock: bool
    sources: tuple[Source, ...]
    choices: tuple[Choice, ...]
    bounds: Bounds
    hint: Words | None
    when: Condition | None

    def applies(self, values: Mapping[str, Any]) -> bool:
        """Tell whether the field is asked for, given the values of the form."""
        return self.when is None or self.when.holds(values)


@dataclass(frozen=True, slots=True)
class Section:
    """Fields under one heading."""

    key: str
    title: Words
    fields: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """A licence that a form asks for, and whose it is.

    Without an `essential` one nothing can be handed in; what else is missing the department asks for afterwards
    (容缺受理). `statuses` are those in which it serves: a renewal takes an expired one.
    """

    kind: str
    party: Party
    essential: bool
    required: bool
    statuses: frozenset[LicenceStatus]
    service_code: str | None
    hint: Words | None
    when: Condition | None

    @property
    def title(self) -> str:
        """What the licence is called."""
        return self.licence_kind.title

    @property
    def licence_kind(self) -> LicenceKind:
        """The licence's kind."""
        return all_kinds()[self.kind]

    def applies(self, values: Mapping[str, Any]) -> bool:
        """Tell whether the licence is asked for, given the values of the form."""
        return self.when is None or self.when.holds(values)


@dataclass(frozen=True, slots=True)
class Form:
    """A template. `instant` tells that a case may be decided at once when all of it is locked and verified."""

    code: str
    title: Words
    about: Words | None
    service_code: str
    audience: Audience
    min_level: int
    instant: bool
    materials: tuple[Material, ...]
    sections: tuple[Section, ...]

    @property
    def fields(self) -> Iterator[FormField]:
        """Every field in order."""
        return (field for section in self.sections for field in section.fields)

    def field(self, key: str) -> FormField | None:
        """Return a field by its key."""
        return next((field for field in self.fields if field.key == key), None)

    def material(self, kind: str) -> Material:
        """Return the material of a kind, which the form has."""
        return next(material for material in self.materials if material.kind == kind)


@cache
def all_forms() -> MappingProxyType[str, Form]:
    """Return every form by its code, in order."""
    source = resources.files("wallet") / "data" / "forms.json"
    return MappingProxyType({entry["code"]: _form(entry) for entry in json.loads(source.read_bytes())})


def get(code: str) -> Form:
    """Return a form. Raises FormNotFound."""
    form = all_forms().get(code)
    if form is None:
        raise FormNotFound
    return form


def _form(entry: dict[str, Any]) -> Form:
    return Form(
        code=entry["code"],
        title=Words(**entry["title"]),
        about=_words(entry.get("about")),
        service_code=entry["service_code"],
        audience=Audience(entry["audience"]),
        min_level=entry["min_level"],
        instant=entry["instant"],
        materials=tuple(_material(raw) for raw in entry["materials"]),
        sections=tuple(
            Section(raw["key"], Words(**raw["title"]), tuple(_field(one) for one in raw["fields"]))
            for raw in entry["sections"]
        ),
    )


def _material(raw: dict[str, Any]) -> Material:
    return Material(
        kind=raw["kind"],
        party=Party(raw["of"]),
        essential=raw.get("essential", False),
        required=raw.get("required", True),
        statuses=frozenset(LicenceStatus(word) for word in raw.get("statuses", ["valid"])),
        service_code=raw.get("service_code"),
        hint=_words(raw.get("hint")),
        when=_condition(raw.get("when")),
    )


def _field(raw: dict[str, Any]) -> FormField:
    return FormField(
        key=raw["key"],
        label=Words(**raw["label"]),
        type=FieldType(raw["type"]),
        required=raw["required"],
        lock=raw.get("lock", False),
        sources=tuple(_source(written) for written in raw.get("sources", [])),
        choices=tuple(Choice(one["code"], Words(**one["text"])) for one in raw.get("choices", [])),
        bounds=Bounds(
            max_length=raw.get("max", 200) if raw["type"] == FieldType.TEXT else 64,
            pattern=raw.get("pattern"),
            minimum=_bound(raw, "min"),
            maximum=_bound(raw, "max") if raw["type"] != FieldType.TEXT else None,
            earliest=raw.get("earliest"),
            latest=raw.get("latest"),
            min_age=raw.get("min_age"),
        ),
        hint=_words(raw.get("hint")),
        when=_condition(raw.get("when")),
    )


def _source(written: str) -> Source:
    owner, _, field = written.partition(".")
    return LicenceSource(owner, field) if owner in all_kinds() else IdentitySource(Party(owner), field)


def _condition(raw: dict[str, Any] | None) -> Condition | None:
    if raw is None:
        return None
    return Condition(raw["field"], tuple(raw.get("in", ())), tuple(raw.get("contains", ())))


def _words(raw: dict[str, str] | None) -> Words | None:
    return Words(**raw) if raw else None


def _bound(raw: dict[str, Any], name: str) -> str | None:
    return str(raw[name]) if name in raw else None
