"""REGISTRIES_FILE: which registries there are over HTTP, where, and how they are asked.

    {"registries": [{"code": "traffic-police", "name": "…", "base_url": "https://…",
      "access_id": "…", "access_token_env": "TRAFFIC_POLICE_TOKEN", "mapping": "national",
      "kinds": {"11100000MB00D001X7002": "DRIVING_LICENCE"},
      "use_item": {"code": "…", "name": "…"}, "event_keys": {"keys": [{…}]}}]}

`access_token_file` may stand in place of `access_token_env`; `use_item` and `event_keys` may be left out.
A registry of DB44/T 2167.3-2019 says so, and has a login and an operator in place of an access token:

    {"code": …, "name": …, "base_url": …, "flavour": "guangdong", "mapping": "guangdong", "kinds": {…},
     "use_item": {"code": "…", "name": "…"},
     "login": {"app_key": "…", "account": "…", "org_code": "…",
               "app_secret_env": "TRAFFIC_POLICE_SECRET", "password_env": "TRAFFIC_POLICE_PASSWORD"},
     "operator": {"account": "…", "name": "…", "role": "…", "identity_num": "…", "division": "…",
                  "division_code": "…", "service_org": "…", "service_org_code": "…"}}

(`flavour` is otherwise `gbt36906`; `app_secret_file` and `password_file` may stand in place of `…_env`.)
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wallet.kinds import all_kinds
from wallet.registries.http.mapping import all_mappings
from wallet.registries.http.settings import (
    Flavour,
    Gbt36906Settings,
    GuangdongSettings,
    Login,
    RegistrySettings,
    UseItem,
)
from wallet.registries.keys import RegistryKeyError, read_jwks

CODE = re.compile(r"[a-z][a-z0-9-]{0,31}")
SECRET = re.compile(r"[!-~]{1,512}")
MAX_NAME, MAX_ITEM_TEXT = 100, 200
NEEDED = {"code", "name", "base_url", "mapping", "kinds"}
OPTIONAL = {"flavour", "event_keys"}
# Which of them a flavour needs besides, and which it may have.
OF_FLAVOUR = {
    Flavour.GBT36906: ({"access_id"}, {"access_token_env", "access_token_file", "use_item"}),
    Flavour.GUANGDONG: ({"login", "operator", "use_item"}, set[str]()),
}
LOGIN = ("app_key", "account", "org_code")
OPERATOR = {
    "account",
    "name",
    "role",
    "identity_num",
    "division",
    "division_code",
    "service_org",
    "service_org_code",
}


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
    flavour = _flavour(entry.get("flavour", Flavour.GBT36906), code)
    needed, optional = OF_FLAVOUR[flavour]
    _require_members(entry, code, NEEDED | needed, OPTIONAL | optional)
    shared = _shared(entry, code, is_sandbox)
    if flavour is Flavour.GUANGDONG:
        return GuangdongSettings(
            **shared,
            login=_login(entry["login"], env, code),
            use_item=_use_item(entry["use_item"], code),
            operator=_operator(entry["operator"], code),
        )
    return Gbt36906Settings(
        **shared,
        access_id=_word(entry["access_id"], code, "access_id"),
        access_token=_secret(entry, env, code, "access_token"),
        use_item=_use_item(entry["use_item"], code) if entry.get("use_item") is not None else None,
    )


def _flavour(value: Any, code: str) -> Flavour:
    known = isinstance(value, str) and value in set(Flavour)
    _require(known, code, "flavour", f"one of {', '.join(Flavour)}")
    return Flavour(value)


def _require_members(value: dict[str, Any], code: str, needed: set[str], optional: set[str]) -> None:
    odd = sorted(set(value) - needed - optional) + sorted(needed - set(value))
    _require(not odd, code, ", ".join(map(str, odd)), "there if needed, and absent if unknown")


def _shared(entry: dict[str, Any], code: str, is_sandbox: bool) -> dict[str, Any]:
    """Return what every registry has."""
    name, mapping, kinds = entry["name"], entry["mapping"], entry["kinds"]
    _require(isinstance(name, str) and 0 < len(name) <= MAX_NAME, code, "name", f"1 to {MAX_NAME} characters")
    mappings = all_mappings()
    _require(
        isinstance(mapping, str) and mapping in mappings, code, "mapping", f"one of {', '.join(mappings)}"
    )
    fine = isinstance(kinds, dict) and kinds and all(kind in all_kinds() for kind in map(str, kinds.values()))
    _require(fine, code, "kinds", "type codes of the registry, each with the kind that it is here")
    return {
        "code": code,
        "name": name,
        "base_url": _base_url(entry["base_url"], code, is_sandbox),
        "mapping": mappings[mapping],
        "kinds": kinds,
        "event_keys": _event_keys(entry.get("event_keys"), code),
    }


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


def _secret(entry: dict[str, Any], env: Mapping[str, str], code: str, secret: str) -> str:
    """Read a secret from where `<secret>_env` or `<secret>_file` says."""
    from_env, from_file = f"{secret}_env", f"{secret}_file"
    named = [name for name in (from_env, from_file) if name in entry]
    fine = len(named) == 1 and isinstance(entry[named[0]], str)
    _require(fine, code, f"{from_env} or {from_file}", "given, one of them")
    (name,) = named
    if name == from_env:
        value = env.get(entry[name], "")
    else:
        try:
            value = Path(entry[name]).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            value = ""
    where = f"the name of where the {secret.rpartition('_')[2]} stands: 1 to 512 visible characters"
    _require(SECRET.fullmatch(value), code, name, where)
    return value


def _login(value: Any, env: Mapping[str, str], code: str) -> Login:
    secrets = {f"{name}_{place}" for name in ("app_secret", "password") for place in ("env", "file")}
    _require(isinstance(value, dict), code, "login", "an object")
    _require_members(value, code, set(LOGIN), secrets)
    app_key, account, org_code = (_word(value[name], code, f"login {name}") for name in LOGIN)
    return Login(
        app_key=app_key,
        account=account,
        org_code=org_code,
        app_secret=_secret(value, env, code, "app_secret"),
        password=_secret(value, env, code, "password"),
    )


def _operator(value: Any, code: str) -> dict[str, str]:
    fine = isinstance(value, dict) and set(value) == OPERATOR and all(map(_is_text, value.values()))
    _require(fine, code, "operator", f"an object of the texts {', '.join(sorted(OPERATOR))}")
    return dict(value)


def _use_item(value: Any, code: str) -> UseItem:
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
