"""What people type, in one form: simplified characters, half width, lower case, nothing but words."""

import re
import unicodedata
from functools import cache
from itertools import chain

from opencc import OpenCC

_HAN = "\u3400-\u9fff"
_NO_WORD = re.compile(f"[^{_HAN}a-z0-9]+")
_LATIN = re.compile(r"[a-z]+")
_RUN = re.compile(f"[a-z]+|[{_HAN}0-9]+")


@cache
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


def normal(text: str) -> str:
    """Return a text's words parted by single blanks, in simplified characters and lower case."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("ü", "v")
    return _NO_WORD.sub(" ", _to_simplified().convert(plain)).strip()


def compact(text: str) -> str:
    """Return a text's words without what parts them."""
    return normal(text).replace(" ", "")


def is_latin(run: str) -> bool:
    """Tell whether a run of `runs` is of letters: pinyin, initials or a foreign word."""
    return _LATIN.fullmatch(run) is not None


def runs(text: str) -> list[str]:
    """Part a normal text into runs of characters and runs of letters; letters typed apart are one run.

    >>> runs("办gong ji jin 提取")
    ['办', 'gongjijin', '提取']
    """
    found = list(chain.from_iterable(_RUN.findall(word) for word in text.split()))
    joined: list[str] = []
    for run in found:
        if joined and is_latin(run) and is_latin(joined[-1]):
            joined[-1] += run
        else:
            joined.append(run)
    return joined


def grams(text: str, *sizes: int) -> list[str]:
    """Return the different pieces of some sizes of a text, in order."""
    pieces = (text[i : i + size] for size in sizes for i in range(len(text) - size + 1))
    return list(dict.fromkeys(pieces))
