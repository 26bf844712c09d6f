"""What a service is found by: the pieces of its name, keywords and everyday phrases."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from hotservices.catalogue import Service
from hotservices.search import sounds
from hotservices.search.grams import Numbers, Said
from hotservices.search.synonyms import Synonyms
from hotservices.search.words import compact, grams

SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Standing:
    """How plainly a phrase names a service (1 for its name alone), and what typing just that is worth beside."""

    weight: float
    exact: float


NAME, PHRASE = Standing(1.0, 0.6), Standing(0.95, 0.5)
# Catalogues give the same keyword to many services: typing it chooses none of them.
KEYWORD, VARIANT = Standing(0.95, 0.2), Standing(0.9, 0.0)
# The department and the theme.
CONTEXT = Standing(0.4, 0.0)
# What of an exact phrase's worth its sound and its initials have.
EXACT_SOUND, EXACT_INITIALS = 0.8, 0.4


@dataclass(frozen=True, slots=True)
class Spoken:
    """All that a service is found by. `exact` says what typing just one of these forms is worth."""

    characters: Said
    syllables: Said
    letters: Said
    initials: Said
    exact: dict[str, float]
    sounds: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Pieces:
    """What a phrase is found by; `forms` are its characters, letters and initials as wholes."""

    sorts: tuple[Sequence[str], Sequence[str], Sequence[str], Sequence[str]]
    sounds: Sequence[str]
    forms: tuple[str, str, str]


class Speaker:
    """Tells what services are found by, and remembers it as long as it is asked for it again."""

    def __init__(self, synonyms: Synonyms) -> None:
        self._synonyms = synonyms
        self._numbers = tuple(Numbers() for _ in range(4))
        self._spoken: dict[Service, Spoken] = {}

    @property
    def numbers(self) -> tuple[Numbers, ...]:
        """The numbers of pieces: characters, syllables, letters, initials."""
        return self._numbers

    def of(self, services: Iterable[Service]) -> list[Spoken]:
        """Return what each service is found by; what was asked for before and is not now is forgotten."""
        before, self._spoken = self._spoken, {}
        for service in services:
            known = before.get(service)
            if known is None:
                known = self._speak(service)
                # Requests that wait for the interpreter go first: an index is made in the background.
                time.sleep(0)
            self._spoken[service] = known
        return list(self._spoken.values())

    def _speak(self, service: Service) -> Spoken:
        sorts: tuple[dict[str, float], ...] = ({}, {}, {}, {})
        exact = {compact(service.code): NAME.exact}
        heard: set[str] = set()
        # The plainest comes last, and stays.
        for phrase, standing in reversed(list(self._said_of(service))):
            said = _pieces_of(phrase)
            heard.update(said.sounds)
            for known, pieces in zip(sorts, said.sorts, strict=True):
                known.update(dict.fromkeys(pieces, standing.weight))
            if standing.exact:
                for form, share in zip(said.forms, (1.0, EXACT_SOUND, EXACT_INITIALS), strict=True):
                    exact[form] = max(exact.get(form, 0.0), share * standing.exact)
        characters, syllables, letters, initials = (
            numbers.said(known) for numbers, known in zip(self._numbers, sorts, strict=True)
        )
        return Spoken(characters, syllables, letters, initials, exact, frozenset(heard))

    def _said_of(self, service: Service) -> Iterator[tuple[str, Standing]]:
        """Yield what a service is called, the plainest first."""
        name, keywords = compact(service.name), [_squeezed(word) for word in service.keywords]
        yield name, NAME
        for word in keywords:
            yield word, KEYWORD
        for phrase in self._synonyms.phrases.get(service.code, ()):
            yield _squeezed(phrase), PHRASE
        for word in (name, *keywords):
            for variant in self._synonyms.variants(word):
                yield variant, VARIANT
        yield _squeezed(service.department), CONTEXT
        yield _squeezed(service.theme), CONTEXT


# Many services share a keyword, a department or a theme.
@lru_cache(maxsize=10_000)
def _squeezed(text: str) -> str:
    return compact(text)


@lru_cache(maxsize=10_000)
def _pieces_of(phrase: str) -> _Pieces:
    said = sounds.syllables(phrase)
    letters, initials = "".join(said), sounds.initials(said)
    return _Pieces(
        sorts=(grams(phrase, 1, 2), pairs(said), grams(letters, 2, 3), grams(initials, 1, 2, 3)),
        sounds=[sound for sound in said if len(sound) > 1],
        forms=(phrase, letters, initials),
    )


def pairs(said: Sequence[str]) -> list[str]:
    """Return the syllables and the pairs of neighbouring syllables of a word."""
    neighbours = [f"{first}{SEPARATOR}{second}" for first, second in pairwise(said)]
    return list(dict.fromkeys([*said, *neighbours]))
