"""Unified social credit codes, GB 32100-2015, with the inner organisation code of GB 11714.

Position 1 registration authority, 2 kind of entity, 3-8 division, 9-17 organisation code, 18 check.
"""

import re

# 31 characters: no I, O, S, V, Z.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
REGISTRATION_AUTHORITIES = "123456789ANY"

_FORM = re.compile(rf"[{REGISTRATION_AUTHORITIES}][{ALPHABET}][0-9]{{6}}[{ALPHABET}]{{9}}[{ALPHABET}]")
_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_character(first_17: str) -> str:
    """Return the check character of the first 17 characters."""
    total = sum(ALPHABET.index(c) * w for c, w in zip(first_17, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check_character(first_8: str) -> str:
    """Return the check character of an organisation code's first 8 characters (GB 11714)."""
    total = sum(_BASE_36.index(c) * w for c, w in zip(first_8, INNER_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def is_valid(code: str) -> bool:
    """Tell whether form and both check characters of an upper-case code hold."""
    return (
        _FORM.fullmatch(code) is not None
        and check_character(code[:17]) == code[17]
        and organisation_check_character(code[8:16]) == code[16]
    )


def division_of(code: str) -> str:
    """Return the division (GB/T 2260, six digits) whose authority registered the holder of a valid code."""
    return code[2:8]
