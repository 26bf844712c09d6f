"""Registries' records into ours. Which of their fields is which of ours is data: `registry_mappings.json`.

A mapping names the member that holds each thing (`identifier`, `type_code`, `number`, `holders`, `issuer`,
`issued_on`, `valid_from`, `valid_to`, `version`, `status`, `face`), what its statuses mean, how its dates are
written, what stands for "no end", and what the fields on the licence's face are called: of all kinds (`*`)
or of one. A field that has our own name needs no entry; one that nobody knows is left out.

A mapping may be `like` another but for what it says. Identifiers are those of GB/T 36904 unless it says what
else they look like (`identifier_form`); where no member holds the version, each licence is its first.
`refusals` says what the error codes of a registry mean, where those are not in its standard.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

from wallet import identifiers
from wallet.identifiers import IdentifierMalformed
from wallet.kinds import Field, LicenceKind, all_kinds
from wallet.registries.protocol import RegistryRecord
from wallet.status import LicenceStatus

MAX_TEXT_CHARACTERS = 500
MAX_PHOTO_BYTES = 96 * 1024
MAX_HOLDERS = MAX_LINES = 50
MAX_IDENTIFIER_CHARACTERS = 128
PNG = b"\x89PNG\r\n\x1a\n"
# Licences older than the republic, or of the next century, are slips of somebody's keyboard.
FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2200, 1, 1)

_NUMBER = re.compile(r"[0-9A-Z]{1,32}")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class RecordUnreadable(ValueError):
    """A record can't be read; the text is a word for the log, without anything out of the record."""


class KindUnknown(RecordUnreadable):
    """It is of a kind that this installation does not take from that registry."""


@dataclass(frozen=True, slots=True)
class RecordMapping:
    """How a registry's records are written."""

    members: Mapping[str, str]
    statuses: Mapping[str, LicenceStatus]
    date_formats: tuple[str, ...]
    no_end: frozenset[str]
    holder_separators: re.Pattern[str]
    faces: Mapping[str, Mapping[str, str]]
    identifier_form: re.Pattern[str] | None = None
    refusals: Mapping[str, str] = field(default_factory=dict)

    def record(self, raw: Any, *, registry: str, kinds: Mapping[str, str]) -> RegistryRecord:
        """Return one record of a registry as ours. Raises RecordUnreadable."""
        if not isinstance(raw, dict):
            msg = "shape"
            raise RecordUnreadable(msg)
        kind = self._kind(raw, kinds)
        face = self._face(raw, kind)
        identifier = self._identifier(raw)
        valid_from, valid_to = self._day(raw, "valid_from"), self._day(raw, "valid_to", end=True)
        issued_on = self._day(raw, "issued_on") or valid_from
        if issued_on is None or (valid_from and valid_to and valid_to < valid_from):
            msg = "dates"
            raise RecordUnreadable(msg)
        return RegistryRecord(
            registry=registry,
            kind=kind.code,
            identifier=identifier,
            number=self._text(raw, "number"),
            holder_numbers=self._holders(raw),
            issuer_name=self._text(raw, "issuer"),
            issued_on=issued_on,
            valid_from=valid_from,
            valid_to=valid_to,
            status=self._status(raw),
            version=self._version(raw),
            fields=self._fields(face, kind),
            photo_png=_photo(face, kind),
        )

    def _member(self, raw: Mapping[str, Any], name: str) -> Any:
        return raw.get(self.members.get(name, ""))

    def _text(self, raw: Mapping[str, Any], name: str, most: int = MAX_TEXT_CHARACTERS) -> str:
        text = _line(self._member(raw, name), most)
        if not text:
            raise RecordUnreadable(name)
        return text

    def _kind(self, raw: Mapping[str, Any], kinds: Mapping[str, str]) -> LicenceKind:
        code = kinds.get(self._text(raw, "type_code"))
        kind = all_kinds().get(code) if code else None
        if kind is None:
            msg = "kind"
            raise KindUnknown(msg)
        return kind

    def _identifier(self, raw: Mapping[str, Any]) -> str:
        identifier = self._text(raw, "identifier", MAX_IDENTIFIER_CHARACTERS)
        if self.identifier_form is not None and self.identifier_form.fullmatch(identifier):
            return identifier
        try:
            identifiers.parse(identifier)
        except IdentifierMalformed:
            msg = "identifier"
            raise RecordUnreadable(msg) from None
        return identifier

    def _holders(self, raw: Mapping[str, Any]) -> tuple[str, ...]:
        text = self._text(raw, "holders", MAX_HOLDERS * 33)
        numbers = tuple(
            number.strip().upper() for number in self.holder_separators.split(text) if number.strip()
        )
        if not 0 < len(numbers) <= MAX_HOLDERS or not all(_NUMBER.fullmatch(number) for number in numbers):
            msg = "holders"
            raise RecordUnreadable(msg)
        return numbers

    def _status(self, raw: Mapping[str, Any]) -> LicenceStatus:
        status = self.statuses.get(self._text(raw, "status"))
        if status is None:
            msg = "status"
            raise RecordUnreadable(msg)
        return status

    def _version(self, raw: Mapping[str, Any]) -> int:
        if "version" not in self.members:
            return 1
        value = self._member(raw, "version")
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else _line(value, 8)
        if not re.fullmatch("[0-9]{1,3}", text) or int(text) == 0:
            msg = "version"
            raise RecordUnreadable(msg)
        return int(text)

    def _day(self, raw: Mapping[str, Any], name: str, *, end: bool = False) -> date | None:
        value = self._member(raw, name)
        if value is None or value == "":
            return None
        text = _line(value, 32)
        if end and text in self.no_end:
            return None
        day = self._date(text)
        if day is None or not FIRST_DAY <= day <= LAST_DAY:
            raise RecordUnreadable(name)
        return day

    def _date(self, text: str) -> date | None:
        for form in self.date_formats:
            try:
                # A civil day in China: it has no zone, and needs none.
                return datetime.strptime(text, form).date()  # noqa: DTZ007
            except ValueError:
                continue
        return None

    def _face(self, raw: Mapping[str, Any], kind: LicenceKind) -> dict[str, Any]:
        face = self._member(raw, "face")
        if isinstance(face, str):
            try:
                face = json.loads(face)
            except (ValueError, RecursionError):
                face = None
        if not isinstance(face, dict):
            msg = "face"
            raise RecordUnreadable(msg)
        names = {**self.faces.get("*", {}), **self.faces.get(kind.code, {})}
        return {names.get(str(name), str(name)): _picture_data(value) for name, value in face.items()}

    def _fields(self, face: Mapping[str, Any], kind: LicenceKind) -> dict[str, Any]:
        values = {field.key: self._value(face.get(field.key), field) for field in kind.fields}
        return {key: value for key, value in values.items() if value is not None}

    def _value(self, value: Any, field: Field) -> Any:
        """Return a field's value, None where there is none that can be shown."""
        if field.type == "int":
            return _whole(value)
        if field.is_image:
            # The picture is kept apart; here stands that there is one.
            return field.key if isinstance(value, str) and value else None
        if field.type == "list":
            return _lines(value)
        text = _line(value, MAX_TEXT_CHARACTERS)
        day = self._date(text) if field.type == "date" else None
        return day.isoformat() if day else text or None


def _line(value: Any, most: int) -> str:
    """Return a text of one printable line, empty for anything else."""
    fine = isinstance(value, str) and len(value) <= most and not _UNPRINTABLE.search(value)
    return str(value).strip() if fine else ""


def _lines(value: Any) -> list[str] | None:
    texts = [_line(one, MAX_TEXT_CHARACTERS) for one in value[:MAX_LINES]] if isinstance(value, list) else []
    return [text for text in texts if text] or None


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value)
    return int(text) if re.fullmatch("-?[0-9]{1,9}", text) else None


def _picture_data(value: Any) -> Any:
    """Return a picture's data where it comes with its file's ending (DB44/T 2167.3), any other value as it is."""
    return value["file_data"] if isinstance(value, dict) and "file_data" in value else value


def _photo(face: Mapping[str, Any], kind: LicenceKind) -> bytes | None:
    value = face.get(kind.photo_field) if kind.photo_field else None
    if not isinstance(value, str) or len(value) > MAX_PHOTO_BYTES * 4 // 3 + 4:
        return None
    try:
        picture = base64.b64decode(value, validate=True)
    except ValueError:
        return None
    return picture if picture.startswith(PNG) else None


@cache
def all_mappings() -> Mapping[str, RecordMapping]:
    """Return every mapping that registries may be configured with, by its name."""
    source = resources.files("wallet") / "data" / "registry_mappings.json"
    raws: dict[str, dict[str, Any]] = json.loads(source.read_bytes())
    return {name: _mapping(_complete(raw, raws)) for name, raw in raws.items()}


def _complete(raw: dict[str, Any], raws: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a mapping with what it takes over from the one that it is like; faces are put together."""
    if "like" not in raw:
        return raw
    model = raws[raw["like"]]
    faces = {kind: dict(names) for kind, names in model["faces"].items()}
    for kind, names in raw.get("faces", {}).items():
        faces[kind] = faces.get(kind, {}) | names
    return model | raw | {"faces": faces}


def _mapping(raw: dict[str, Any]) -> RecordMapping:
    form = raw.get("identifier_form")
    return RecordMapping(
        members=raw["members"],
        statuses={word: LicenceStatus(status) for word, status in raw["statuses"].items()},
        date_formats=tuple(raw["date_formats"]),
        no_end=frozenset(raw["no_end"]),
        holder_separators=re.compile(raw["holder_separators"]),
        faces=raw["faces"],
        identifier_form=re.compile(form) if form else None,
        refusals=raw.get("refusals", {}),
    )
