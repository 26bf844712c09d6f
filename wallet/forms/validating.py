"""What may stand in a field of a form: reading what somebody typed or a registry said, and judging it.

A case worker opens what was handed in with a spreadsheet. A text that a spreadsheet would take for a formula is
refused when it is typed (OWASP, CSV injection): changing it in silence would hand in what nobody wrote.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from identity.clock import age_on
from identity.numbers import resident_id, uscc
from wallet.forms.errors import Fault
from wallet.forms.templates import FieldType, FormField

Value = str | int | float | bool

TODAY = "today"
FORMULA_BEGINS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DECIMAL = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}", re.ASCII)
_ACCOUNT = re.compile(r"\d{8,30}", re.ASCII)
_FILLERS = re.compile(r"[\s-]")

REQUIRED = Fault("必填", "Missing data for required field.")
UNKNOWN = Fault("未知字段", "Unknown field.")
LOCKED = Fault("该项由证照带入，不能修改", "Filled from a licence, and locked.")
NOT_TEXT = Fault("须为文字", "Not a valid string.")
CONTROL = Fault("不能包含控制字符", "Control characters are not allowed.")
FORMULA = Fault("不能以 = + - @ 开头", "Must not begin with = + - or @.")
FORM = Fault("格式不正确", "String does not match expected pattern.")
CHOICE = Fault("请从选项中选择", "Must be one of the choices.")
NUMBER = Fault("须为数字，最多两位小数", "Not a number of at most two decimals.")
DAY = Fault("须为 YYYY-MM-DD 格式的日期", "Not a day of the form YYYY-MM-DD.")
YES_NO = Fault("请选择是或否", "Not a valid boolean.")
PHONE = Fault("电话号码格式不正确", "Not a phone number.")
ACCOUNT = Fault("银行账号须为8至30位数字", "A bank account has 8 to 30 digits.")
USCC = Fault("统一社会信用代码不正确", "Not a unified social credit code.")


@dataclass(frozen=True, slots=True)
class Terms:
    """What judging depends on: the day in China, and whether fictitious people may be named."""

    today: date
    fictitious_allowed: bool


def read_typed(field: FormField, raw: Any, terms: Terms) -> Value | Fault:
    """Return what somebody typed as the form keeps it, or what is wrong with it."""
    value = _READERS[field.type](field, raw)
    if isinstance(value, Fault):
        return value
    return judge(field, value, terms) or value


def read_source(field: FormField, raw: Any) -> Value | None:
    """Return what a registry says as the form keeps it, None for nothing that would fit."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, list):
        raw = "；".join(str(one) for one in raw)
    if field.type in _TAKEN_AS_WRITTEN:
        return str(raw)
    if field.type is FieldType.DATE:
        raw = str(raw)[:10]
    value = _READERS[field.type](field, raw)
    return None if isinstance(value, Fault) else value


def judge(field: FormField, value: Value, terms: Terms) -> Fault | None:
    """Return what is wrong with a value that can be read, if anything."""
    match field.type:
        case FieldType.NUMBER | FieldType.MONEY:
            return _out_of_range(field, Decimal(str(value)))
        case FieldType.DATE:
            return _out_of_time(field, date.fromisoformat(str(value)), terms.today)
        case FieldType.ID_NUMBER:
            return _wrong_number(str(value), terms)
        case FieldType.TEXT if field.bounds.pattern and not re.fullmatch(field.bounds.pattern, str(value)):
            return FORM
    return None


def _text(field: FormField, raw: Any) -> Value | Fault:
    if not isinstance(raw, str):
        return NOT_TEXT
    if _UNPRINTABLE.search(raw):
        return CONTROL
    value = unicodedata.normalize("NFC", raw).strip()
    if len(value) > field.bounds.max_length:
        most = field.bounds.max_length
        return Fault(f"不能超过{most}个字", f"Longer than maximum length {most}.")
    return FORMULA if value.startswith(FORMULA_BEGINS) else value


def _digits(
    pattern: re.Pattern[str], fault: Fault, prefix: str = ""
) -> Callable[[FormField, Any], Value | Fault]:
    def read(_field: FormField, raw: Any) -> Value | Fault:
        if not isinstance(raw, str) or len(raw) > 64:  # noqa: PLR2004
            return fault
        value = _FILLERS.sub("", unicodedata.normalize("NFKC", raw)).removeprefix(prefix)
        return value if pattern.fullmatch(value) else fault

    return read


def _decimal(raw: Any) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None
    written = str(raw)
    try:
        return Decimal(written) if _DECIMAL.fullmatch(written) else None
    except InvalidOperation:
        return None


def _number(_field: FormField, raw: Any) -> Value | Fault:
    value = _decimal(raw)
    if value is None:
        return NUMBER
    return int(value) if value == value.to_integral_value() else float(value)


def _money(_field: FormField, raw: Any) -> Value | Fault:
    value = _decimal(raw)
    return NUMBER if value is None else f"{value:.2f}"


def _day(_field: FormField, raw: Any) -> Value | Fault:
    if not isinstance(raw, str) or not _DAY.fullmatch(raw):
        return DAY
    try:
        return date.fromisoformat(raw).isoformat()
    except ValueError:
        return DAY


def _choice(field: FormField, raw: Any) -> Value | Fault:
    return raw if isinstance(raw, str) and raw in {one.code for one in field.choices} else CHOICE


def _yes_no(_field: FormField, raw: Any) -> Value | Fault:
    return raw if isinstance(raw, bool) else YES_NO


def _id_number(_field: FormField, raw: Any) -> Value | Fault:
    return resident_id.normalise(raw) if isinstance(raw, str) and 0 < len(raw) <= 64 else FORM  # noqa: PLR2004


def _uscc(_field: FormField, raw: Any) -> Value | Fault:
    value = raw.strip().upper() if isinstance(raw, str) else ""
    return value if uscc.is_valid(value) else USCC


_READERS: dict[FieldType, Callable[[FormField, Any], Value | Fault]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.MONEY: _money,
    FieldType.DATE: _day,
    FieldType.CHOICE: _choice,
    FieldType.PHONE: _digits(_PHONE, PHONE, "+86"),
    FieldType.BANK_ACCOUNT: _digits(_ACCOUNT, ACCOUNT),
    FieldType.ID_NUMBER: _id_number,
    FieldType.USCC: _uscc,
    FieldType.YES_NO: _yes_no,
}
# A registry's own words stand as it wrote them.
_TAKEN_AS_WRITTEN = {
    FieldType.TEXT,
    FieldType.PHONE,
    FieldType.BANK_ACCOUNT,
    FieldType.ID_NUMBER,
    FieldType.USCC,
}


def _out_of_range(field: FormField, value: Decimal) -> Fault | None:
    least, most = field.bounds.minimum, field.bounds.maximum
    if least is not None and value < Decimal(least):
        return Fault(f"不能小于{least}", f"Must not be less than {least}.")
    if most is not None and value > Decimal(most):
        return Fault(f"不能大于{most}", f"Must not be more than {most}.")
    return None


def _out_of_time(field: FormField, value: date, today: date) -> Fault | None:
    bounds = field.bounds
    if bounds.earliest and value < _bound_day(bounds.earliest, today):
        return Fault("日期不能早于今天", "Must not be before today.")
    if bounds.latest and value > _bound_day(bounds.latest, today):
        return Fault("日期不能晚于今天", "Must not be after today.")
    if bounds.min_age is not None and age_on(value, today) < bounds.min_age:
        return Fault(f"须年满{bounds.min_age}周岁", f"Must be {bounds.min_age} years of age.")
    return None


def _bound_day(written: str, today: date) -> date:
    return today if written == TODAY else date.fromisoformat(written)


def _wrong_number(value: str, terms: Terms) -> Fault | None:
    kind = resident_id.document_of(value)
    found = resident_id.fault(kind, value, today=terms.today, fictitious_allowed=terms.fictitious_allowed)
    return Fault(*resident_id.FAULTS[found]) if found else None
