"""Services as somebody writes them, checked: every fault is told, each with the line it is in."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from hotservices.catalogue import Popularity, Service
from hotservices.errors import Fault, ServicesFaulty

AUDIENCES = ("personal", "enterprise", "both")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
# What a spreadsheet would take for a formula (CWE-1236).
FORMULA = ("=", "+", "-", "@")
MAX_NAME, MAX_WORDS, MAX_WORD, MAX_SERVICES = 100, 30, 50, 20_000
# Faults told at once: a file of another form altogether is faulty in every line.
MAX_FAULTS = 1_000

FIELDS = tuple(field.name for field in fields(Service))


@dataclass(frozen=True, slots=True)
class Entry:
    """A service as it was written, in a line (from 1); None where what stands there has no fields."""

    line: int
    values: Mapping[str, Any] | None


def checked(
    entries: Iterable[Entry], kinds: Collection[str], done: Callable[[int], object] = lambda _: None
) -> list[Service]:
    """Return the services that were written; `kinds` are the licences there are. Raises ServicesFaulty."""
    services: list[Service] = []
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    for entry in entries:
        found = list(_faults(entry.line, entry.values, kinds, lines))
        faults += found
        if entry.values is not None and not found:
            services.append(_service(entry.values))
        done(1)
        if len(services) > MAX_SERVICES:
            faults.append(
                Fault(entry.line, None, f"事项超过{MAX_SERVICES}个", f"More than {MAX_SERVICES} services")
            )
        if len(faults) >= MAX_FAULTS or len(services) > MAX_SERVICES:
            break
    if faults:
        raise ServicesFaulty(faults)
    return services


def _faults(
    line: int, values: Mapping[str, Any] | None, kinds: Collection[str], lines: dict[str, int]
) -> Iterable[Fault]:
    if values is None:
        yield Fault(line, None, "不是一个事项，或列数不对", "No service, or a wrong number of columns")
        return
    for name in values:
        if name not in FIELDS:
            yield Fault(line, str(name)[:50], "没有这一项", "There is no such field")
    for name in FIELDS:
        if name not in values:
            yield Fault(line, name, "必填", "Missing")
            continue
        wrong = _CHECKS[name](values[name], kinds)
        if wrong is not None:
            yield Fault(line, name, *wrong)
    code = values.get("code")
    if isinstance(code, str):
        if code in lines:
            yield Fault(line, "code", f"与第{lines[code]}行重复", f"The same as in line {lines[code]}")
        lines.setdefault(code, line)


Wrong = tuple[str, str] | None


def _code(value: Any, _kinds: Collection[str]) -> Wrong:
    if isinstance(value, str) and CODE.fullmatch(value):
        return None
    return "须为1至32位字母、数字、-或_", "1 to 32 letters, digits, - or _"


def _name(maximum: int) -> Callable[[Any, Collection[str]], Wrong]:
    def check(value: Any, _kinds: Collection[str]) -> Wrong:
        if not isinstance(value, str) or not 1 <= len(value) <= maximum or value != value.strip():
            return f"须为1至{maximum}个字，首尾无空格", f"1 to {maximum} characters, no blanks around"
        if value.startswith(FORMULA) or any(unicodedata.category(sign)[0] == "C" for sign in value):
            return "含不能使用的字符", "Holds a character that can't be used"
        return None

    return check


def _one_of(words: Sequence[str]) -> Callable[[Any, Collection[str]], Wrong]:
    said = ", ".join(words)

    def check(value: Any, _kinds: Collection[str]) -> Wrong:
        known = isinstance(value, str) and value in words
        return None if known else (f"须为以下之一：{said}", f"One of: {said}")

    return check


def _words(value: Any, _kinds: Collection[str]) -> Wrong:
    word = _name(MAX_WORD)
    if (
        not isinstance(value, list | tuple)
        or len(value) > MAX_WORDS
        or len(set(map(str, value))) < len(value)
    ):
        return f"须为至多{MAX_WORDS}个不同的词", f"At most {MAX_WORDS} different words"
    return next((wrong for one in value if (wrong := word(one, ())) is not None), None)


def _requires(value: Any, kinds: Collection[str]) -> Wrong:
    wrong = _words(value, kinds)
    if wrong is not None:
        return wrong
    unknown = next((kind for kind in value if kind not in kinds), None)
    return None if unknown is None else (f"没有这种证照：{unknown}", f"No such kind of licence: {unknown}")


def _truth(value: Any, _kinds: Collection[str]) -> Wrong:
    return None if isinstance(value, bool) else ("须为 true 或 false", "true or false")


_CHECKS: Mapping[str, Callable[[Any, Collection[str]], Wrong]] = {
    "code": _code,
    "name": _name(MAX_NAME),
    "department": _name(MAX_WORD),
    "theme": _name(MAX_WORD),
    "audience": _one_of(AUDIENCES),
    "channel": _name(MAX_WORD),
    "keywords": _words,
    "requires": _requires,
    "popularity": _one_of(list(Popularity)),
    "listed": _truth,
}


def _service(values: Mapping[str, Any]) -> Service:
    return Service(
        **{name: values[name] for name in FIELDS if name not in {"keywords", "requires", "popularity"}},
        keywords=tuple(values["keywords"]),
        requires=tuple(values["requires"]),
        popularity=Popularity(values["popularity"]),
    )
