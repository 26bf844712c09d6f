"""Comments are read by everybody: what would tell who somebody is, or how to reach them, is taken out before it is kept."""

import re
import unicodedata

from identity.numbers.masks import HIDDEN, mask_name

MAX_COMMENT = 500

# Digits, letters and signs as wide as a Chinese character; Chinese commas and brackets stay what they are.
_WIDE = (*range(0xFF10, 0xFF1A), *range(0xFF20, 0xFF3B), *range(0xFF41, 0xFF5B), 0xFF0D, 0xFF0E)
_HALF_WIDTH = {wide: chr(wide - 0xFEE0) for wide in _WIDE}

# Whatever is a number of a person, a phone, a card or an account; years, amounts and dates are shorter. Digits may be
# parted by blanks or dashes, as people write them.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){6,}[Xx]?(?![0-9A-Za-z])")
_MIXED = re.compile(r"(?<![0-9A-Za-z])(?=[A-Za-z]*[0-9])[0-9A-Za-z]{12,}(?![0-9A-Za-z])")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_LINK = re.compile(r"(?:https?://|www\.)[!-~]+", re.IGNORECASE)


def cleaned(comment: str, name: str) -> str:
    """Return a comment without numbers, addresses of mail, links and its writer's name."""
    plain = unicodedata.normalize("NFC", comment).translate(_HALF_WIDTH)
    visible = "".join(c for c in plain if c.isspace() or unicodedata.category(c)[0] != "C")
    text = " ".join(visible.split())
    for pattern in (_LINK, _MAIL, _NUMBER, _MIXED):
        text = pattern.sub(HIDDEN, text)
    if len(name) > 1:
        text = text.replace(name, mask_name(name))
    return text[:MAX_COMMENT].strip()
