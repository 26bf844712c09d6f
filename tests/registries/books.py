"""What the stand-in's registries hold: the fictitious licences, written as such registries write them."""

import base64
import hashlib
import json
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

from wallet.kinds import all_kinds
from wallet.registries import portrait
from wallet.registries.http.mapping import all_mappings
from wallet.registries.sandbox import source

JSON = dict[str, Any]
PINYIN = {"traffic-police", "exit-entry"}
STATUS_CODES = {
    "valid": "01",
    "suspended": "02",
    "revoked": "03",
    "cancelled": "04",
    "expired": "01",
    "transferred": "06",
}
TYPE_PART = 5


def mapping_of(code: str) -> str:
    """Return in whose words a registry writes."""
    return "pinyin" if code in PINYIN else "national"


def type_code_of(identifier: str) -> str:
    """Return the part of an identifier that tells the type."""
    return identifier.removeprefix("1.2.156.3005.2.").split(".")[0]


def kinds_of(code: str) -> dict[str, str]:
    """Return a registry's type codes and the kinds that they are here."""
    return {
        type_code_of(licence["identifier"]): licence["kind"]
        for licence in source()["licences"]
        if licence["registry"] == code
    }


class Books:
    """The licences of every registry; tests write in them. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._licences: list[JSON] = json.loads(json.dumps(source()["licences"]))

    def of_holder(self, code: str, number: str) -> list[JSON]:
        """Return a holder's records."""
        return [as_written(licence) for licence in self.held_by(code, number)]

    def held_by(self, code: str, number: str) -> list[JSON]:
        """Return a holder's licences."""
        return self._licences_that(
            lambda licence: licence["registry"] == code and number in licence["holders"]
        )

    def of_identifier(self, code: str, identifier: str) -> list[JSON]:
        """Return a licence's record, or none."""
        found = self._licences_that(
            lambda licence: licence["registry"] == code and licence["identifier"] == identifier
        )
        return [as_written(licence) for licence in found]

    def change(self, identifier: str, **changed: Any) -> None:
        """Write something else of a licence."""
        with self._lock:
            for licence in self._licences:
                if licence["identifier"] == identifier:
                    licence.update(changed)

    def add(self, like: str, **changed: Any) -> None:
        """Write a licence like another, but for what is said."""
        with self._lock:
            (model,) = [one for one in self._licences if one["identifier"] == like]
            self._licences.append(json.loads(json.dumps(model)) | changed)

    def _licences_that(self, fits: Callable[[JSON], bool]) -> list[JSON]:
        with self._lock:
            return [dict(licence) for licence in self._licences if fits(licence)]


def as_written(licence: JSON, words: str | None = None) -> JSON:
    """Return a licence as its registry writes it, or in the words of a mapping."""
    words = words or mapping_of(licence["registry"])
    mapping = all_mappings()[words]
    face_names = {
        ours: theirs
        for names in (mapping.faces.get("*", {}), mapping.faces.get(licence["kind"], {}))
        for theirs, ours in names.items()
    }
    fields = dict(licence["fields"])
    photo = all_kinds()[licence["kind"]].photo_field
    if photo and photo in fields:
        data = _picture(fields[photo].removeprefix("photo/"))
        fields[photo] = {"file_suffix": ".png", "file_data": data} if words == "guangdong" else data
    face = {face_names.get(key, key): value for key, value in fields.items()}
    pinyin = words != "national"
    values = {
        "identifier": license_code_of(licence) if words == "guangdong" else licence["identifier"],
        "type_code": type_code_of(licence["identifier"]),
        "number": licence["number"],
        "holders": ",".join(licence["holders"]),
        "issuer": licence["issuer"],
        "issued_on": _day(licence["issued_on"], pinyin),
        "valid_from": _day(licence["valid_from"], pinyin),
        "valid_to": _day(licence["valid_to"], pinyin) or "长期",
        "version": f"{licence['version']:03}",
        "status": STATUS_CODES.get(licence["status"], licence["status"]),
        "face": face if pinyin else json.dumps(face, ensure_ascii=False),
    }
    return {mapping.members[name]: value for name, value in values.items() if name in mapping.members}


def license_code_of(licence: JSON) -> str:
    """Return the code of a licence in Guangdong: division, year, and a serial in base 36."""
    serial = hashlib.sha256(licence["identifier"].encode()).hexdigest()[:8].upper()
    return f"440300{licence['issued_on'][:4]}{serial}"


@cache
def _picture(person: str) -> str:
    return base64.b64encode(portrait.draw(person)).decode()


def _day(text: str | None, pinyin: bool) -> str:
    if not text:
        return ""
    return f"{text} 00:00:00" if pinyin else text.replace("-", "")
