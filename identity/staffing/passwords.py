"""Passwords of staff: argon2id, and rules without silly ones (NIST SP 800-63B-4 §3.1.1.2).

Length counts, composition does not. What everybody tries first is refused: common passwords, and one's own
number or organisation with a little around it.
"""

import secrets
from functools import cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from identity.errors import InvalidField

MIN_CHARACTERS, MAX_CHARACTERS = 12, 256
# What is left of a password besides somebody's own number or organisation has to be worth something.
MIN_BESIDES = 8
MIN_DIFFERENT = 3
# 32 of them: five bits each.
UNMISTAKABLE = "23456789abcdefghijkmnpqrstuvwxyz"


class Passwords:
    """Hashes and verifies. Costs about a tenth of a second: never inside a write transaction."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        # argon2-cffi's defaults are RFC 9106 §4's second recommended option (argon2id, 64 MiB).
        self._hasher = hasher or PasswordHasher()
        # Verified against when nobody has that number, so that both refusals take the same time.
        self._nobodys = self._hasher.hash("nobody's password")

    def hash(self, password: str) -> str:
        """Return the salted hash of a password, with its parameters."""
        return self._hasher.hash(password)

    def matches(self, password_hash: str | None, unverified_password: str) -> bool:
        """Tell whether a password is the one of a hash; None takes as long, and never matches."""
        try:
            self._hasher.verify(password_hash or self._nobodys, unverified_password)
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None


def fresh() -> str:
    """Return an initial password: 80 random bits in letters and digits that are not mistaken for others."""
    drawn = "".join(secrets.choice(UNMISTAKABLE) for _ in range(16))
    return "-".join(drawn[at : at + 4] for at in range(0, 16, 4))


def require_good(field: str, password: str, *, staff_number: str, organisation: tuple[str, str]) -> None:
    """Refuse a password that is too short or easily guessed; `organisation` is its code and name.

    Raises InvalidField.
    """
    if not MIN_CHARACTERS <= len(password) <= MAX_CHARACTERS:
        raise InvalidField(
            field=field,
            message_zh=f"密码须为{MIN_CHARACTERS}至{MAX_CHARACTERS}个字符",
            message_en=f"A password has {MIN_CHARACTERS} to {MAX_CHARACTERS} characters.",
        )
    said = password.casefold()
    for word in (staff_number, *organisation):
        said = said.replace(word.casefold(), "")
    if len(said) < MIN_BESIDES:
        raise InvalidField(
            field=field,
            message_zh="密码不能由工号或机构名称组成",
            message_en="A password must not be made of the staff number or the organisation.",
        )
    if password.casefold() in _common() or len(set(said)) < MIN_DIFFERENT:
        raise InvalidField(
            field=field,
            message_zh="该密码过于常见，容易被猜到",
            message_en="This password is among the most common ones.",
        )


@cache
def _common() -> frozenset[str]:
    words = resources.files("identity") / "data" / "common_passwords.txt"
    return frozenset(words.read_text(encoding="utf-8").split())
