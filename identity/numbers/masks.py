"""Masks: how much of a personal value may be seen where the whole may not (DESIGN.md section 6).

| value      | shown                      | example                        |
|------------|----------------------------|--------------------------------|
| name       | the last character         | `*伟`, `*********N`            |
| number     | first 4, last 4 (2 and 2 below 12 characters) | `1000**********0119` |
| phone      | first 3, last 4            | `138****1234`                  |
| bank card  | last 4                     | `***************8540`          |
| plate      | first 3, last 2            | `粤BT**01`                     |
| date       | the year                   | `1990-**-**`                   |
| address    | down to the county         | `广东省深圳市南山区****`       |
| anything   | nothing                    | `****`                         |

A mask never shows the whole of a value, however short it is.
"""

import re
from collections.abc import Callable
from enum import StrEnum

HIDDEN = "****"
SHORT_NUMBER = 12
SHORTEST_DATE = len("19900517")

_COUNTY = re.compile(
    r"^(?:.{2,8}?(?:省|自治区|特别行政区))?(?:.{1,8}?(?:市|自治州|地区|盟))?(?:.{1,6}?(?:区|县|旗|市))?"
)


class Mask(StrEnum):
    """The ways of masking."""

    NAME = "name"
    NUMBER = "number"
    PHONE = "phone"
    BANK_CARD = "bank_card"
    PLATE = "plate"
    DATE = "date"
    ADDRESS = "address"
    HIDE = "hide"


def _keep(value: str, first: int, last: int) -> str:
    if len(value) <= first + last:
        return "*" * len(value)
    return value[:first] + "*" * (len(value) - first - last) + value[len(value) - last :]


def mask_name(name: str) -> str:
    """Keep a name's last character."""
    return _keep(name, 0, 1)


def mask_number(number: str) -> str:
    """Keep first and last 4, of a number shorter than 12 characters first and last 2."""
    return _keep(number, 2, 2) if len(number) < SHORT_NUMBER else _keep(number, 4, 4)


def mask_phone(phone: str) -> str:
    """Keep first 3 and last 4."""
    return _keep(phone, 3, 4)


def mask_bank_card(number: str) -> str:
    """Keep the last 4."""
    return _keep(number, 0, 4)


def mask_plate(plate: str) -> str:
    """Keep first 3 and last 2."""
    return _keep(plate, 3, 2)


def mask_date(value: str) -> str:
    """Keep the year of a whole date."""
    return HIDDEN if len(value) < SHORTEST_DATE else value[:4] + "-**-**"


def mask_address(address: str) -> str:
    """Keep the address down to the county."""
    match = _COUNTY.match(address)
    county = match.group() if match else ""
    return HIDDEN if county == address else county + HIDDEN


def _hide(_value: str) -> str:
    return HIDDEN


_MASKS: dict[Mask, Callable[[str], str]] = {
    Mask.NAME: mask_name,
    Mask.NUMBER: mask_number,
    Mask.PHONE: mask_phone,
    Mask.BANK_CARD: mask_bank_card,
    Mask.PLATE: mask_plate,
    Mask.DATE: mask_date,
    Mask.ADDRESS: mask_address,
    Mask.HIDE: _hide,
}


def apply(mask: Mask, value: str) -> str:
    """Mask a value; what is empty stays empty."""
    return _MASKS[mask](value) if value else value


def mask_staff_number(number: str) -> str:
    """Keep a staff number's first and last character, as a holder sees who looked (`V**1`)."""
    return _keep(number, 1, 1)
