"""What a service is found by: the pieces of its name, keywords and everyday phrases."""

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from hotservices.catalogue import Service
from hotservices.search import sounds
from hotservices.search.grams import Numbers, Said
from hotservices.search.synonyms import Synonyms
from hotservices.search.words import compact, grams

SEPARATOR = "|"
# What pieces there are of a phrase.
SORTS = ("characters", "syllables", "letters", "initials")
DIGEST_BYTES = 16


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
    """All that a service is found by: pieces of each of the SORTS.

    `exact` says what typing just one of these forms is worth.
    """

    sorts: tuple[Said, ...]
    exact: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Pieces:
    """What a phrase is found by; `forms` are its characters, letters and initials as wholes."""

    sorts: tuple[Sequence[str], Sequence[str], Sequence[str], Sequence[str]]
    forms: tuple[str, str, str]


class Speaker:
    """Tells what services are found by, and remembers it as long as it is asked for it again."""

    def __init__(
        self,
        synonyms: Synonyms,
        numbers: tuple[Numbers, ...] | None = None,
        kept: Mapping[bytes, Spoken] | None = None,
    ) -> None:
        """Begin from nothing, or from what was kept of services by their digests, and its numbers."""
        self._synonyms = synonyms
        self._numbers = numbers or tuple(Numbers() for _ in SORTS)
        self._kept = kept or {}
        self._spoken: dict[Service, Spoken] = {}
        # How many services had to be worked out when last asked.
        self.learnt = 0

    @property
    def numbers(self) -> tuple[Numbers, ...]:
        """The numbers of pieces of each of the SORTS."""
        return self._numbers

    @property
    def spoken(self) -> Mapping[Service, Spoken]:
        """What the services are found by that were asked for last."""
        return self._spoken

    def of(self, services: Iterable[Service]) -> list[Spoken]:
        """Return what each service is found by; what was asked for before and is not now is forgotten."""
        before, self._spoken, self.learnt = self._spoken, {}, 0
        for service in services:
            known = before.get(service) or (self._kept.get(digest_of(service)) if self._kept else None)
            if known is None:
                known, self.learnt = self._speak(service), self.learnt + 1
                # Requests that wait for the interpreter go first: an index is made in the background.
                time.sleep(0)
            self._spoken[service] = known
        self._kept = {}
        return list(self._spoken.values())

    def _speak(self, service: Service) -> Spoken:
        sorts: tuple[dict[str, float], ...] = ({}, {}, {}, {})
        exact = {compact(service.code): NAME.exact}
        # The plainest comes last, and stays.
        for phrase, standing in reversed(list(self._said_of(service))):
            said = _pieces_of(phrase)
            for known, pieces in zip(sorts, said.sorts, strict=True):
                known.update(dict.fromkeys(pieces, standing.weight))
            if standing.exact:
                for form, share in zip(said.forms, (1.0, EXACT_SOUND, EXACT_INITIALS), strict=True):
                    exact[form] = max(exact.get(form, 0.0), share * standing.exact)
        numbered = zip(self._numbers, sorts, strict=True)
        return Spoken(tuple(numbers.said(known) for numbers, known in numbered), exact)

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
        forms=(phrase, letters, initials),
    )


def pairs(said: Sequence[str]) -> list[str]:
    """Return the syllables and the pairs of neighbouring syllables of a word."""
    neighbours = [f"{first}{SEPARATOR}{second}" for first, second in pairwise(said)]
    return list(dict.fromkeys([*said, *neighbours]))


def digest_of(service: Service) -> bytes:
    """Return what tells a service, as it is, from every other."""
    return hashlib.blake2b(repr(service).encode(), digest_size=DIGEST_BYTES).digest()
