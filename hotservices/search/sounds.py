"""How words sound: pinyin without tones, its initials, and which of the two somebody typed."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase

from pypinyin import lazy_pinyin
from pypinyin.seg import mmseg

# zhuang, chuang, shuang
LONGEST_SYLLABLE = 6
FIRST_HAN = "\u3400"
_HAN_OR_NOT = re.compile(f"[{FIRST_HAN}-\u9fff]+|[^{FIRST_HAN}-\u9fff]+")


def syllables(text: str) -> list[str]:
    """Return the syllables of a compact text; letters and digits in it stand for themselves."""
    said: list[str] = []
    for run in _HAN_OR_NOT.findall(text):
        if run[0] < FIRST_HAN:
            said += run
        else:
            for word in mmseg.seg.cut(run):
                said += _word(word)
    return said


# A word sounds the same wherever it stands, and a catalogue says the same words over and over.
@lru_cache(maxsize=20_000)
def _word(word: str) -> tuple[str, ...]:
    # A callable may return a list, one sound for each character; pypinyin's types don't say so.
    return tuple(lazy_pinyin(word, errors=list))  # type: ignore[arg-type]


def initials(sounds: list[str]) -> str:
    """Return the first letter of each syllable."""
    return "".join(sound[0] for sound in sounds)


@dataclass(frozen=True, slots=True)
class Spelling:
    """Typed letters, read as whole syllables and single initials: `gongjj` is gong, j, j."""

    tokens: tuple[str, ...]

    @property
    def initials(self) -> str:
        """The first letter of each syllable."""
        return "".join(token[0] for token in self.tokens)

    @property
    def whole(self) -> list[str]:
        """The stretches spelled in whole syllables, each as letters."""
        marked = "".join(token if len(token) > 1 else " " for token in self.tokens)
        return marked.split()


def spelled(letters: str, known: Collection[str]) -> Spelling:
    """Read letters as the fewest syllables of those known, and initials where there is none."""
    best: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    for end in range(1, len(letters) + 1):
        readings = [
            (best[start][0] + 1, (*best[start][1], letters[start:end]))
            for start in range(max(0, end - LONGEST_SYLLABLE), end)
            if start == end - 1 or letters[start:end] in known
        ]
        best.append(min(readings))
    return Spelling(best[-1][1])


def corrected(letters: str, known: Collection[str]) -> set[tuple[str, ...]]:
    """Return the readings in whole syllables that one typing error may have hidden.

    An error is a letter too many, too few, wrong, or changed with its neighbour, within one syllable.
    """
    heads = _whole_readings(letters, known)
    backwards = {syllable[::-1] for syllable in known}
    tails = [_reversed(reading) for reading in reversed(_whole_readings(letters[::-1], backwards))]
    return {
        (*head, syllable, *tail)
        for start, head in enumerate(heads)
        if head is not None
        for end in range(start + 1, min(len(letters), start + LONGEST_SYLLABLE + 1) + 1)
        if (tail := tails[end]) is not None
        for syllable in _one_error_away(letters[start:end])
        if syllable in known
    }


def _whole_readings(letters: str, known: Collection[str]) -> list[tuple[str, ...] | None]:
    """Return, for each beginning of `letters`, its reading in the fewest whole syllables, if it has one."""
    readings: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(letters) + 1):
        found = [
            (*before, letters[start:end])
            for start in range(max(0, end - LONGEST_SYLLABLE), end)
            if letters[start:end] in known and (before := readings[start]) is not None
        ]
        readings.append(min(found, key=len, default=None))
    return readings


def _reversed(reading: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if reading is None else tuple(syllable[::-1] for syllable in reversed(reading))


def _one_error_away(typed: str) -> set[str]:
    splits = [(typed[:i], typed[i:]) for i in range(len(typed) + 1)]
    dropped = {a + b[1:] for a, b in splits if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
    changed = {a + letter + b[1:] for a, b in splits if b for letter in ascii_lowercase}
    added = {a + letter + b for a, b in splits for letter in ascii_lowercase}
    return (dropped | swapped | changed | added) - {typed}
