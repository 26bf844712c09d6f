"""Identity numbers of persons: GB 11643-1999 and the documents that share or replace it.

| id_type                      | form                                              | source          |
|------------------------------|---------------------------------------------------|-----------------|
| resident_id                  | 6 address, 8 birth date, 3 sequence, 1 check      | GB 11643-1999   |
| hk_mo_tw_residence_permit    | the same with address 81/82/83 0000 (Taiwan: 71)  | since 2018-09   |
| foreign_permanent_resident   | 2023: `9`, 16 digits, check; 2017: 3 letters, 12 digits | NIA guide |
| passport                     | 5 to 20 letters and digits, no check              | recalled        |

An address code is never held against a number: counties are abolished, numbers live on. Production
refuses only provinces that never were; the sandbox's people have the never-assigned prefix 10.
"""

import re
import unicodedata
from datetime import date
from enum import StrEnum

from identity.numbers import uscc

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ],
)
FICTITIOUS_PROVINCE = "10"

# Of the first generation, withdrawn in 2013.
_FIFTEEN = re.compile(r"[0-9]{15}")
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_PERMIT_REGIONS = ("810000", "820000", "830000", "710000")
_FOREIGNER_2023 = re.compile(r"9[0-9]{16}[0-9X]")
_FOREIGNER_2017 = re.compile(r"[A-Z]{3}[0-9]{12}")
_PASSPORT = re.compile(r"[A-Z0-9]{5,20}")
# The first and the second generation of resident's numbers.
_RESIDENT_LENGTHS = (15, 18)


class IdType(StrEnum):
    """What a person is known by: a natural person's documents, and a legal person's credit code."""

    RESIDENT_ID = "resident_id"
    HK_MO_TW_RESIDENCE_PERMIT = "hk_mo_tw_residence_permit"
    FOREIGN_PERMANENT_RESIDENT = "foreign_permanent_resident"
    PASSPORT = "passport"
    UNIFIED_SOCIAL_CREDIT_CODE = "unified_social_credit_code"


# A real name is a natural person's: nobody binds an enterprise.
REAL_NAME_TYPES = tuple(kind for kind in IdType if kind is not IdType.UNIFIED_SOCIAL_CREDIT_CODE)


class NumberFault(StrEnum):
    """What is wrong with a number."""

    FORM = "form"
    OLD = "old"
    DATE = "date"
    CHECK = "check"
    PROVINCE = "province"


# What a person reads of each, in Chinese and in English.
FAULTS = {
    NumberFault.FORM: ("证件号码格式不正确", "The number does not have the form of this document."),
    NumberFault.OLD: (
        "十五位旧号码已停用，请填写现行居民身份证的十八位号码",
        "Numbers of 15 digits are out of use: give the 18 digits of the present card.",
    ),
    NumberFault.DATE: (
        "证件号码中的出生日期不存在",
        "The number carries a date of birth that does not exist.",
    ),
    NumberFault.CHECK: ("证件号码校验位不正确，请核对", "The number's check digit is wrong."),
    NumberFault.PROVINCE: ("证件号码的地区代码不存在", "The number's province does not exist."),
}


def check_character(first_17: str) -> str:
    """Return the check character of 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, WEIGHTS, strict=True))
    return CHECK_CHARACTERS[total % 11]


def normalise(number: str) -> str:
    """Return a number as it is stored, however it was typed: half-width, without blanks, upper case (`x` is `X`)."""
    half_width = unicodedata.normalize("NFKC", number)
    return "".join(c for c in half_width if not c.isspace() and unicodedata.category(c) != "Cf").upper()


def birth_date(number: str) -> date | None:
    """Return the date of birth that an 18-character number carries, None for other documents."""
    if not _EIGHTEEN.fullmatch(number):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def fault(id_type: IdType, number: str, *, today: date, fictitious_allowed: bool) -> NumberFault | None:
    """Return what is wrong with a normalised number, or None.

    `today` is the day in China: nobody is born after it. `fictitious_allowed` lets prefix 10 pass.
    """
    match id_type:
        case IdType.RESIDENT_ID:
            return _resident_fault(number, today) or _province_fault(number, fictitious_allowed)
        case IdType.HK_MO_TW_RESIDENCE_PERMIT:
            if not number.startswith(_PERMIT_REGIONS):
                return NumberFault.FORM
            return _eighteen_fault(number, today)
        case IdType.FOREIGN_PERMANENT_RESIDENT:
            return _foreigner_fault(number, today)
        case IdType.PASSPORT:
            return None if _PASSPORT.fullmatch(number) else NumberFault.FORM
        case IdType.UNIFIED_SOCIAL_CREDIT_CODE:
            return None if uscc.is_valid(number) else NumberFault.FORM


def document_of(number: str) -> IdType:
    """Return which document a normalised number looks like, where nobody said which it is."""
    if number.startswith(_PERMIT_REGIONS):
        return IdType.HK_MO_TW_RESIDENCE_PERMIT
    if _FOREIGNER_2023.fullmatch(number) or _FOREIGNER_2017.fullmatch(number):
        return IdType.FOREIGN_PERMANENT_RESIDENT
    like_a_residents = len(number) in _RESIDENT_LENGTHS and number[:1].isdecimal()
    return IdType.RESIDENT_ID if like_a_residents else IdType.PASSPORT


def _resident_fault(number: str, today: date) -> NumberFault | None:
    return NumberFault.OLD if _FIFTEEN.fullmatch(number) else _eighteen_fault(number, today)


def _eighteen_fault(number: str, today: date) -> NumberFault | None:
    if not _EIGHTEEN.fullmatch(number):
        return NumberFault.FORM
    born = birth_date(number)
    if born is None or not date(1850, 1, 1) <= born <= today:
        return NumberFault.DATE
    return None if check_character(number[:17]) == number[17] else NumberFault.CHECK


def _province_fault(number: str, fictitious_allowed: bool) -> NumberFault | None:
    province = number[:2]
    if province in PROVINCES or (fictitious_allowed and province == FICTITIOUS_PROVINCE):
        return None
    return NumberFault.PROVINCE


def _foreigner_fault(number: str, today: date) -> NumberFault | None:
    if _FOREIGNER_2017.fullmatch(number):
        return None
    if not _FOREIGNER_2023.fullmatch(number):
        return NumberFault.FORM
    return _eighteen_fault(number, today)
