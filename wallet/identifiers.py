"""Licence identifiers (电子证照标识), GB/T 36904-2018: read leniently, minted strictly.

    1.2.156.3005.2 . type (21) . issuer (18) . serial . version (3) . check (1)

The check character is ISO 7064 MOD 37,36 over type, issuer, serial and version without the dots.
"""

import re
from dataclasses import dataclass

from identity.numbers import uscc

ROOT = "1.2.156.3005.2"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_TYPE = re.compile(r"[0-9A-Z]{18}[0-9]{3}")
_SERIAL = re.compile(r"[0-9A-Z]{1,32}")
_VERSION = re.compile(r"[0-9]{3}")
# Guangdong's own licence codes, DB44/T 2167: division, year, serial. They count no versions, and check nothing.
_LICENCE_CODE = re.compile(r"[0-9]{10}[0-9A-Z]{8}")
MAX_VERSION = 999
# Type, issuer, serial, version, check; an underscore in a serial makes more of them.
FEWEST_PARTS = 5


class IdentifierMalformed(ValueError):
    """Not a licence identifier."""


@dataclass(frozen=True, slots=True)
class LicenceIdentifier:
    """The parts of an identifier."""

    type_code: str
    issuer: str
    serial: str
    version: str
    check: str

    def __str__(self) -> str:
        """Return the identifier as it is printed."""
        return f"{ROOT}.{self.type_code}.{self.issuer}.{self.serial}.{self.version}.{self.check}"


def is_licence_code(text: str) -> bool:
    """Tell whether a text looks like a licence code of Guangdong, which stands for an identifier there."""
    return _LICENCE_CODE.fullmatch(text) is not None


def check_character(text: str) -> str:
    """Return the ISO 7064 MOD 37,36 check character of upper-case letters and digits."""
    product = 36
    for character in text:
        product = ((product + ALPHABET.index(character)) % 36 or 36) * 2 % 37
    return ALPHABET[(37 - product) % 36]


def parse(unverified: str) -> LicenceIdentifier:
    """Read an identifier of any length real systems use. Raises IdentifierMalformed.

    Lenient in what it takes: issuers are sometimes a division code, serials hold an underscore.
    Strict in the check character, over the letters and digits.
    """
    prefix = ROOT + "."
    parts = unverified.removeprefix(prefix).replace("_", ".").split(".")
    if not unverified.startswith(prefix) or len(parts) < FEWEST_PARTS or not all(parts):
        raise IdentifierMalformed(unverified)
    *body, check = parts
    text = "".join(body)
    if not re.fullmatch(r"[0-9A-Z]+", text) or check != check_character(text):
        raise IdentifierMalformed(unverified)
    type_code, issuer, *serial, version = body
    return LicenceIdentifier(type_code, issuer, "".join(serial), version, check)


def mint(*, type_code: str, issuer: str, serial: str, version: int) -> LicenceIdentifier:
    """Make an identifier whose every part has its standard form. Raises IdentifierMalformed."""
    well_formed = (
        _TYPE.fullmatch(type_code)
        and uscc.is_valid(issuer)
        and _SERIAL.fullmatch(serial)
        and 1 <= version <= MAX_VERSION
    )
    if not well_formed:
        raise IdentifierMalformed(type_code)
    text = f"{version:03}"
    check = check_character(type_code + issuer + serial + text)
    return LicenceIdentifier(type_code, issuer, serial, text, check)


def earlier_versions(identifier: str) -> list[str]:
    """Return how the versions before this one are written; none for what can't be read as an identifier.

    A new version keeps type, issuer and serial, and counts on from the one before (GB/T 36904).
    """
    return [_of_version(identifier, version) for version in range(1, version_of(identifier))]


def of_version(identifier: str, version: int) -> str:
    """Return how another version of the same licence is written. Raises IdentifierMalformed."""
    parse(identifier)
    if not 1 <= version <= MAX_VERSION:
        raise IdentifierMalformed(identifier)
    return _of_version(identifier, version)


def lineage_of(identifier: str) -> str:
    """Return what all versions of a licence have in common; the text itself if it is no identifier."""
    return identifier.rsplit(".", 2)[0] if version_of(identifier) else identifier


def version_of(identifier: str) -> int:
    """Return the version that an identifier carries, 0 if it can't be read as one."""
    try:
        version = parse(identifier).version
    except IdentifierMalformed:
        return 0
    return int(version) if _VERSION.fullmatch(version) else 0


def _of_version(identifier: str, version: int) -> str:
    body = f"{lineage_of(identifier)}.{version:03}"
    return f"{body}.{check_character(re.sub('[._]', '', body.removeprefix(ROOT)))}"
