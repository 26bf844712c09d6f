"""Files of services: CSV as spreadsheets write it (UTF-8, words of a list parted by `|`), and JSON (an array)."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from hotservices.administration.checking import FIELDS, Entry
from hotservices.catalogue import Service
from hotservices.errors import Fault, ServicesFaulty

LISTS = ("keywords", "requires")
BETWEEN = "|"
TRUTHS = {"true": True, "false": False}


def as_csv(services: Iterable[Service]) -> str:
    """Return services as CSV, with the mark by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(FIELDS)
    for service in services:
        writer.writerow(_cell(getattr(service, name)) for name in FIELDS)
    return "\ufeff" + out.getvalue()


def as_json(services: Iterable[Service]) -> str:
    """Return services as JSON, one to a line."""
    lines = (json.dumps(asdict(service), ensure_ascii=False) for service in services)
    return "[\n" + ",\n".join(lines) + "\n]\n"


def from_csv(text: str) -> Iterator[Entry]:
    """Yield what a CSV text says, each with the line that it begins in. Raises ServicesFaulty."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        names = next(reader, [])
        if sorted(names) != sorted(FIELDS):
            said = ",".join(FIELDS)
            raise ServicesFaulty([Fault(1, None, f"首行须为：{said}", f"The first line has to be: {said}")])
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                whole = len(cells) == len(names)
                pairs = zip(names, cells, strict=False)
                yield Entry(line, {name: _value(name, cell) for name, cell in pairs} if whole else None)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ServicesFaulty(
            [Fault(reader.line_num, None, "CSV 格式有误", f"No good CSV: {error}")]
        ) from error


def from_json(text: str) -> Iterator[Entry]:
    """Yield what a JSON text says, each with the line that it begins in. Raises ServicesFaulty."""
    text = text.removeprefix("\ufeff")
    decoder, at = json.JSONDecoder(), _after(text, 0)
    sign = "," if text[at : at + 1] == "[" else ""
    line, counted = 1, 0
    first = _after(text, at + 1)
    if sign and text[first : first + 1] == "]":
        at, sign = first, "]"
    try:
        while sign == ",":
            at = _after(text, at + 1)
            line, counted = line + text.count("\n", counted, at), at
            value, at = decoder.raw_decode(text, at)
            yield Entry(line, value if isinstance(value, dict) else None)
            at = _after(text, at)
            sign = text[at : at + 1]
        if sign != "]" or text[at + 1 :].strip():
            expected = "an array of objects"
            raise json.JSONDecodeError(expected, text, at)
    except (json.JSONDecodeError, RecursionError) as error:
        at_line = getattr(error, "lineno", line)
        raise ServicesFaulty([Fault(at_line, None, "JSON 格式有误", f"No good JSON: {error}")]) from error


def _after(text: str, at: int) -> int:
    """Return where the blanks end that begin there."""
    while text[at : at + 1] in {" ", "\t", "\n", "\r"}:
        at += 1
    return at


def _cell(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return BETWEEN.join(value)
        case _:
            return str(value)


def _value(name: str, cell: str) -> Any:
    cell = cell.strip()
    if name in LISTS:
        return [word.strip() for word in cell.split(BETWEEN)] if cell else []
    if name == "listed":
        return TRUTHS.get(cell.lower(), cell)
    return cell
