"""REGISTRIES_FILE: which registries there are over HTTP, where, and how they are asked.

    {"registries": [{"code": "traffic-police", "name": "…", "base_url": "https://…",
      "access_id": "…", "access_token_env": "TRAFFIC_POLICE_TOKEN", "mapping": "national",
      "kinds": {"11100000MB00D001X7002": "DRIVING_LICENCE"},
      "use_item": {"code": "…", "name": "…"}, "event_keys": {"keys": [{…}]}}]}

`access_token_file` may stand in place of `access_token_env`; `use_item` and `event_keys` may be left out.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wallet.kinds import all_kinds
from wallet.registries.http.mapping import all_mappings
from wallet.registries.http.settings import RegistrySettings, UseItem
from wallet.registries.keys import RegistryKeyError, read_jwks

CODE = re.compile(r"[a-z][a-z0-9-]{0,31}")
SECRET = re.compile(r"[!-~]{1,512}")
MAX_NAME, MAX_ITEM_TEXT = 100, 200
NEEDED = {"code", "name", "base_url", "access_id", "mapping", "kinds"}
OPTIONAL = {"access_token_env", "access_token_file", "use_item", "event_keys"}


class RegistriesFileError(ValueError):
    """The file is wrong; the text is a sentence for the operator, and holds no secret."""


def read(path: Path, env: Mapping[str, str], *, is_sandbox: bool) -> tuple[RegistrySettings, ...]:
    """Read and check the file. Raises RegistriesFileError."""
    try:
        entries = json.loads(path.read_bytes())["registries"]
    except OSError as error:
        msg = f"REGISTRIES_FILE must name a file that can be read ({error.strerror})."
        raise RegistriesFileError(msg) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        msg = "REGISTRIES_FILE must hold a JSON object with a list 'registries'."
        raise RegistriesFileError(msg) from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        msg = "REGISTRIES_FILE: 'registries' must be a list of objects."
        raise RegistriesFileError(msg)
    read_ones = tuple(_registry(entry, env, is_sandbox) for entry in entries)
    codes = [one.code for one in read_ones]
    for code in codes:
        if codes.count(code) > 1:
            msg = f"REGISTRIES_FILE names the registry {code!r} twice."
            raise RegistriesFileError(msg)
    return read_ones


def _registry(entry: dict[str, Any], env: Mapping[str, str], is_sandbox: bool) -> RegistrySettings:
    code = entry.get("code")
    _require(isinstance(code, str) and CODE.fullmatch(code), "?", "code", "a word such as 'traffic-police'")
    code = str(code)
    odd = sorted(set(entry) - NEEDED - OPTIONAL) + sorted(NEEDED - set(entry))
    _require(not odd, code, ", ".join(map(str, odd)), "there if needed, and absent if unknown")
    name, mapping, kinds = entry["name"], entry["mapping"], entry["kinds"]
    _require(isinstance(name, str) and 0 < len(name) <= MAX_NAME, code, "name", f"1 to {MAX_NAME} characters")
    mappings = all_mappings()
    _require(
        isinstance(mapping, str) and mapping in mappings, code, "mapping", f"one of {', '.join(mappings)}"
    )
    fine = isinstance(kinds, dict) and kinds and all(kind in all_kinds() for kind in map(str, kinds.values()))
    _require(fine, code, "kinds", "type codes of the registry, each with the kind that it is here")
    return RegistrySettings(
        code=code,
        name=name,
        base_url=_base_url(entry["base_url"], code, is_sandbox),
        access_id=_word(entry["access_id"], code, "access_id"),
        access_token=_access_token(entry, env, code),
        mapping=mappings[mapping],
        kinds=kinds,
        use_item=_use_item(entry.get("use_item"), code),
        event_keys=_event_keys(entry.get("event_keys"), code),
    )


def _require(fine: Any, code: str, name: str, what: str) -> None:
    if not fine:
        msg = f"REGISTRIES_FILE, registry {code!r}: {name} must be {what}."
        raise RegistriesFileError(msg)


def _word(value: Any, code: str, name: str) -> str:
    _require(isinstance(value, str) and SECRET.fullmatch(value), code, name, "visible ASCII characters")
    return str(value)


def _base_url(url: Any, code: str, is_sandbox: bool) -> str:
    schemes = ("https", "http") if is_sandbox else ("https",)
    what = f"an {' or '.join(schemes)} address without user, query or fragment"
    _require(isinstance(url, str) and SECRET.fullmatch(url), code, "base_url", what)
    try:
        parts = urlsplit(url)
        fine = parts.scheme in schemes and parts.hostname and parts.port != 0 and parts.username is None
        fine = fine and not parts.query and not parts.fragment
    except ValueError:
        fine = False
    _require(fine, code, "base_url", what)
    return str(url)


def _access_token(entry: dict[str, Any], env: Mapping[str, str], code: str) -> str:
    named = [name for name in ("access_token_env", "access_token_file") if name in entry]
    _require(
        len(named) == 1 and isinstance(entry[named[0]], str),
        code,
        "access_token_env or access_token_file",
        "given, one of them",
    )
    (name,) = named
    if name == "access_token_env":
        value = env.get(entry[name], "")
    else:
        try:
            value = Path(entry[name]).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            value = ""
    _require(
        SECRET.fullmatch(value), code, name, "the name of where the token stands: 1 to 512 visible characters"
    )
    return value


def _use_item(value: Any, code: str) -> UseItem | None:
    if value is None:
        return None
    fine = isinstance(value, dict) and set(value) == {"code", "name"} and all(map(_is_text, value.values()))
    _require(fine, code, "use_item", "an object with the code and the name of a service item")
    return UseItem(value["code"], value["name"])


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_ITEM_TEXT


def _event_keys(jwks: Any, code: str) -> Any:
    if jwks is None:
        return {}
    try:
        return read_jwks(jwks)
    except RegistryKeyError as error:
        msg = f"REGISTRIES_FILE, registry {code!r}: event_keys {error}."
        raise RegistriesFileError(msg) from error
